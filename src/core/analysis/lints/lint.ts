/**
 * Lints for GANs: documents that mean something, and train badly. Each says why and who showed it, and offers what mends it.
 * Asked only of documents without an error. Rules ask kinds for properties; what one node knows alone, its kind `advises`.
 */
import type { GanDocument } from "../../document/types.ts";
import type { Vocabulary } from "../../kind/kind.ts";
import { diagnose, type Diagnostic } from "../diagnostics.ts";
import { misfitDiagnostic, type NetworkAnalysis } from "../network.ts";
import { sequentialInput } from "../sequential.ts";
import type { TrainingAnalysis, TrainingNode } from "../training.ts";
import { lintCritics } from "./critics.ts";
import { boundsOfValue, layersBefore } from "./ranges.ts";
import { lintScores } from "./scores.ts";

export interface Linted {
  readonly document: GanDocument;
  readonly vocabulary: Vocabulary;
  readonly training: TrainingAnalysis;
  readonly networks: ReadonlyMap<string, NetworkAnalysis>;
  report(diagnostic: Diagnostic): void;
}

export function lint(linted: Linted): void {
  advise(linted);
  lintScores(linted);
  lintCritics(linted);
  lintDataRange(linted);
  lintSampledOutput(linted);
}

/** What a node's kind says of its own parameters. */
function advise({ training, networks, report }: Linted): void {
  for (const { layers } of networks.values())
    for (const { kind, params, inputs, place } of layers) {
      const types = inputs.map(({ type }) => type);
      for (const misfit of kind.advise?.(params, types) ?? []) report(misfitDiagnostic(misfit, place));
    }
  for (const node of training.nodes.values())
    if (node.role === "function")
      for (const misfit of node.kind.advise?.(node.params) ?? []) report(misfitDiagnostic(misfit, node.place));
}

/** A network that sees data in one range and samples in another. */
function lintDataRange({ training, networks, report }: Linted): void {
  const seen = new Map<string, { data?: TrainingNode; sample?: { range: readonly [number, number]; layer: string } }>();
  for (const node of training.nodes.values()) {
    if (node.role !== "call") continue;
    const drawn = sequentialInput(node);
    if (drawn) seen.set(`${node.network}.${drawn.name}`, { sample: { range: [0, 1], layer: "drawn value by value" } });
    for (const input of node.inputs) {
      const producer = input.node === null ? undefined : training.nodes.get(input.node);
      const bounds = boundsOfValue(producer, input.port, networks);
      if (!producer || !bounds || input.type?.type !== "image") continue;
      const port = `${node.network}.${input.name}`;
      const known = seen.get(port) ?? {};
      if (bounds.layer) known.sample ??= { range: bounds.range, layer: bounds.layer.kind.name };
      else known.data ??= producer;
      seen.set(port, known);
    }
  }
  for (const [at, { data, sample }] of seen) {
    if (data?.role !== "source" || !sample) continue;
    const found = data.kind.range!(data.params)!;
    const { range: wanted, layer } = sample;
    if (String(found) === String(wanted)) continue;
    const edit = { do: "set-param", graph: "training", node: data.id, param: "range", value: wanted } as const;
    const fix = { title: `Scale the data to ${wanted.join(" … ")}`, edits: [edit] };
    report(diagnose("lint-data-range", { ...data.place, param: "range" }, { found, layer, wanted, at }, fix)); // prettier-ignore
  }
}

/** A normalization over the batch as the last layer with a say in what the sampled network draws. */
function lintSampledOutput({ training, networks, report }: Linted): void {
  const call = training.sample === null ? undefined : training.nodes.get(training.sample);
  const network = call?.role === "call" ? networks.get(call.network) : undefined;
  if (!call || !network) return;
  for (const { name } of network.outputs)
    for (const layer of layersBefore(network, name)) {
      const { kind, place } = layer;
      if (kind.mixesSamples && !kind.keepsBounds) {
        const edits = [{ do: "remove-node", graph: place.graph!, node: place.node!, reconnect: true } as const];
        const facts = { layer: kind.name, network: network.name };
        report(diagnose("lint-normalized-output", place, facts, { title: `Remove ${kind.name}`, edits }));
      }
      if (!kind.keepsBounds && kind.shelf !== "Activation") break;
    }
}
