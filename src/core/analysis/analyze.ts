/**
 * Document → Analysis. Total: whatever a person has written so far gives types where they can be known, and diagnostics
 * for the rest. Needs no data and no tfjs; the same call serves editor, worker and command line.
 */
import type { GanDocument } from "../document/types.ts";
import type { DataSetLookup, Vocabulary } from "../kind/kind.ts";
import type { PortType } from "../kind/ports.ts";
import { diagnose, type Diagnostic } from "./diagnostics.ts";
import { analyzeNetwork, type NetworkAnalysis } from "./network.ts";
import { byId } from "./order.ts";
import { analyzeTraining, type TrainingAnalysis } from "./training.ts";

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
    const key = JSON.stringify([diagnostic.code, diagnostic.at, diagnostic.code === "unknown-param" || diagnostic.code === "edge-node" ? diagnostic.facts : null]);
    if (!found.has(key)) found.set(key, diagnostic); // a block's mistake is told once, not once a copy
  };
  for (const name of [...Object.keys(document.networks), ...Object.keys(document.blocks)])
    if (!/^[A-Za-z0-9_-]+$/.test(name))
      report(diagnose("network-name", { graph: Object.hasOwn(document.networks, name) ? `networks.${name}` : `blocks.${name}` }, { found: name }));

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

  const rank = { error: 0, warning: 1 };
  const place = ({ at }: Diagnostic) => `${at.graph ?? ""}/${at.node ?? ""}/${at.param ?? at.port ?? ""}`;
  const diagnostics = [...found.values()].sort((a, b) => rank[a.severity] - rank[b.severity] || byId(place(a), place(b)));
  return { document, networks: new Map([...networks].sort(([a], [b]) => byId(a, b))), training, diagnostics };
}
