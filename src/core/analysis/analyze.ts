/**
 * Document → Analysis. Total: whatever a person has written so far gives types where they can be known, and diagnostics
 * for the rest. Needs no data and no tfjs; the same call serves editor, worker and command line.
 */
import type { GanDocument } from "../document/types.ts";
import type { DataSetLookup, Vocabulary } from "../kind/kind.ts";
import type { PortType } from "../kind/ports.ts";
import type { Code } from "./catalogue.ts";
import { diagnose, isError, type Diagnostic } from "./diagnostics.ts";
import { expand } from "./expand.ts";
import { lint } from "./lints/lint.ts";
import { analyzeNetwork, type NetworkAnalysis } from "./network.ts";
import { byId } from "./order.ts";
import { judgeParts, networkNamePattern } from "./parts.ts";
import { judgePenalties } from "./penalties.ts";
import { analyzeTraining, type TrainingAnalysis } from "./training.ts";
import { judgeUnrolling } from "./unrolling.ts";

export interface Analysis {
  readonly document: GanDocument;
  /** In the order of their names. */
  readonly networks: ReadonlyMap<string, NetworkAnalysis>;
  readonly training: TrainingAnalysis;
  /** Errors first, then by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @param dataSets what is known of the data sets that exist; with none, their ports stay untyped. */
export function analyze(document: GanDocument, vocabulary: Vocabulary, dataSets: DataSetLookup): Analysis {
  const found = new Map<string, Diagnostic>();
  const report = (diagnostic: Diagnostic) => {
    const { code, at, facts } = diagnostic;
    const key = JSON.stringify([code, at, severalAtOnePlace.has(code) ? facts : null]);
    if (!found.has(key)) found.set(key, diagnostic); // a block's mistake is told once, not once a copy
  };
  judgeParts(document, report);
  judgeNames(document, report);

  const networks = new Map<string, NetworkAnalysis>();
  const analyst = (name: string, feeds: ReadonlyMap<string, PortType | null>) => {
    const earlier = networks.get(name);
    if (earlier && earlier.inputs.every((input) => input.type || !feeds.get(input.name))) return earlier;
    const analysis = analyzeNetwork(document, name, vocabulary, feeds, report);
    networks.set(name, analysis);
    return analysis;
  };
  const training = analyzeTraining(document, vocabulary, dataSets, analyst, report);
  for (const name of Object.keys(document.networks)) if (!networks.has(name)) analyst(name, new Map());
  judgeUnrolling(training, networks, report);
  const standing = new Set([...networks.values()].flatMap(({ blocks }) => [...blocks]));
  for (const name of Object.keys(document.blocks))
    if (!standing.has(name)) expand(document, `blocks.${name}`, vocabulary, report);
  if (![...found.values()].some(isError)) judgePenalties(training, networks, report);
  if (![...found.values()].some(isError)) judgeWeights(training, networks, report);
  if (![...found.values()].some(isError)) lint({ document, vocabulary, training, networks, report });

  const rank = { error: 0, warning: 1 };
  const place = ({ at }: Diagnostic) => `${at.graph ?? ""}/${at.node ?? ""}/${at.param ?? at.port ?? ""}`;
  const diagnostics = [...found.values()].sort(
    (a, b) => rank[a.severity] - rank[b.severity] || byId(place(a), place(b)) || byId(a.code, b.code),
  );
  return { document, networks: new Map([...networks].sort(([a], [b]) => byId(a, b))), training, diagnostics };
}

/** Codes of which one place may hold several, told apart by their facts. */
const severalAtOnePlace: ReadonlySet<Code> = new Set([
  "unknown-part",
  "edge-node",
  "edge-port",
  "block-argument",
  "trains-unknown",
  "trains-unreached",
]);

function judgeNames(document: GanDocument, report: (diagnostic: Diagnostic) => void): void {
  for (const section of ["networks", "blocks"] as const)
    for (const name of Object.keys(document[section]))
      if (!new RegExp(networkNamePattern).test(name))
        report(diagnose("network-name", { graph: `${section}.${name}` }, { found: name }));
}

/** Asked only of a document that is sound otherwise: weights that are not known yet may still come. */
function judgeWeights(
  training: TrainingAnalysis,
  networks: ReadonlyMap<string, NetworkAnalysis>,
  report: (diagnostic: Diagnostic) => void,
): void {
  for (const sink of training.nodes.values()) {
    if (sink.role !== "sink") continue;
    const trains = sink.kind.trains(sink.params);
    if (trains.every((name) => networks.get(name)?.parameters === 0))
      report(diagnose("trains-weightless", { ...sink.place, param: "trains" }, { networks: trains }));
  }
}
