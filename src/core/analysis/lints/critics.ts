/** Critics: penalties on gradients that batch statistics spoil, and distances that nothing bounds. */
import { diagnose } from "../diagnostics.ts";
import { depthFirst } from "../order.ts";
import type { TrainingNode } from "../training.ts";
import type { Linted } from "./lint.ts";

export function lintCritics(linted: Linted): void {
  for (const node of linted.training.nodes.values()) {
    if (node.role === "function" && node.kind.differentiates) lintPenalty(linted, node, node.kind.differentiates);
    if (node.role === "sink") lintDistance(linted, node);
  }
}

type FunctionNode = Extract<TrainingNode, { role: "function" }>;
type SinkNode = Extract<TrainingNode, { role: "sink" }>;

/** Layers that mix samples between what is differentiated and what it is differentiated by. */
function lintPenalty(
  { training, networks, report }: Linted,
  penalty: FunctionNode,
  ports: { readonly output: string; readonly wrt: string },
): void {
  const [output, wrt] = [ports.output, ports.wrt].map((name) => penalty.inputs.find((input) => input.name === name));
  if (!output?.node || !wrt?.node) return;
  const before = (id: string) =>
    id === wrt.node ? [] : training.nodes.get(id)!.inputs.flatMap((input) => (input.node && !input.constant ? [input.node] : [])); // prettier-ignore
  for (const id of depthFirst([output.node], before).order) {
    const call = training.nodes.get(id)!;
    if (call.role !== "call" || id === wrt.node || call.kind.mode(call.params) === "eval") continue;
    for (const { kind, place } of networks.get(call.network)?.layers ?? []) {
      if (!kind.mixesSamples) continue;
      const instead = kind.samplewise ?? null;
      const facts = { layer: kind.name, penalty: penalty.kind.name, instead };
      const [graph, node] = [place.graph!, place.node!];
      const fix = instead
        ? { title: `Use ${instead}`, edits: [{ do: "set-kind", graph, node, kind: instead } as const] }
        : { title: `Remove ${kind.name}`, edits: [{ do: "remove-node", graph, node, reconnect: true } as const] };
      report(diagnose("lint-penalty-mixes", place, facts, fix));
    }
  }
}

/** A critic that must not rise faster than its input, with nothing that sees to it. */
function lintDistance({ training, networks, report }: Linted, sink: SinkNode): void {
  const before = (id: string) => training.nodes.get(id)!.inputs.flatMap(({ node }) => node ?? []);
  const above = depthFirst([sink.id], before).order.map((id) => training.nodes.get(id)!);
  const distance = above.find(
    (node): node is FunctionNode =>
      node.role === "function" && !!node.kind.needsLipschitz?.(node.params) && !!node.kind.critic?.(node.params),
  );
  if (!distance || sink.kind.clipsWeights?.of(sink.params)) return;
  if (above.some((node) => node.role === "function" && node.kind.differentiates)) return;
  for (const name of sink.kind.trains(sink.params)) {
    const layers = networks.get(name)?.layers ?? [];
    if (layers.some(({ kind, params }) => kind.lipschitz?.(params))) continue;
    const clip = sink.kind.clipsWeights;
    const edits = clip
      ? [{ do: "set-param", graph: "training", node: sink.id, param: clip.param, value: clip.value } as const]
      : [];
    const fix = clip ? { title: `Clip its weights to ±${clip.value}`, edits } : undefined;
    report(diagnose("lint-unbounded-critic", sink.place, { loss: distance.id, network: name }, fix));
  }
}
