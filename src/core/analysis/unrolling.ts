/**
 * Whether what optimizers unroll can be: another optimizer, of networks that this one does not train and that its loss depends
 * on, of layers that can be differentiated twice.
 */
import { diagnose, nearest, type Diagnostic } from "./diagnostics.ts";
import type { NetworkAnalysis } from "./network.ts";
import { byId, depthFirst } from "./order.ts";
import type { TrainingAnalysis, TrainingNode } from "./training.ts";

type Report = (diagnostic: Diagnostic) => void;
type Nodes = TrainingAnalysis["nodes"];
type SinkNode = Extract<TrainingNode, { role: "sink" }>;

export function judgeUnrolling(
  { nodes }: TrainingAnalysis,
  networks: ReadonlyMap<string, NetworkAnalysis>,
  report: Report,
): void {
  const sinks = [...nodes.values()].filter((node): node is SinkNode => node.role === "sink");
  for (const sink of sinks) {
    const unroll = sink.kind.unroll(sink.params);
    if (!unroll) continue;
    const other = sinks.find(({ id }) => id === unroll.optimizer);
    if (other) judge(sink, other, nodes, networks, report);
    else reportUnknown(sink, unroll, sinks, report);
  }
}

function reportUnknown(
  { id, place }: SinkNode,
  unroll: { readonly optimizer: string; readonly steps: number },
  sinks: readonly SinkNode[],
  report: Report,
): void {
  const optimizers = sinks.map((sink) => sink.id).filter((name) => name !== id).sort(byId); // prettier-ignore
  const near = nearest(unroll.optimizer, optimizers) ?? (optimizers.length === 1 ? optimizers[0] : null);
  const value = { ...unroll, optimizer: near };
  const edit = { do: "set-param", graph: "training", node: id, param: "unroll", value } as const;
  const fix = near === null ? undefined : { title: `Unroll ${near}`, edits: [edit] };
  const facts = { optimizer: unroll.optimizer, optimizers };
  report(diagnose("unroll-unknown", { ...place, param: "unroll" }, facts, fix));
}

function judge(
  sink: SinkNode,
  other: SinkNode,
  nodes: Nodes,
  networks: ReadonlyMap<string, NetworkAnalysis>,
  report: Report,
): void {
  const at = { ...sink.place, param: "unroll" };
  const trains = other.kind.trains(other.params);
  const own = sink.kind.trains(sink.params);
  const common = trains.filter((network) => own.includes(network));
  if (other === sink || common.length > 0) {
    report(diagnose("unroll-own", at, { optimizer: other.id, itself: other === sink, networks: common }));
    return;
  }
  if (sink.inputs[0]?.value && evaluatedFor(sink, trains, nodes).size === 0)
    report(diagnose("unroll-unreached", at, { optimizer: other.id, networks: trains }));
  for (const name of evaluatedFor(other, trains, nodes))
    for (const { kind, place, used } of networks.get(name)?.layers ?? [])
      if (used && !kind.twiceDifferentiable)
        report(diagnose("unroll-once", place, { layer: kind.name, optimizer: other.id }));
}

/** The networks evaluated for an optimizer's loss that are among these, or depend on one that is. */
function evaluatedFor(sink: SinkNode, networks: readonly string[], nodes: Nodes): Set<string> {
  const live = (id: string) =>
    nodes.get(id)!.inputs.flatMap(({ node, constant }) => (node && !constant && nodes.has(node) ? [node] : []));
  const reached = new Set<string>();
  const found = new Set<string>();
  for (const id of depthFirst([sink.id], live).order) {
    const node = nodes.get(id)!;
    const own = node.role === "call" && networks.includes(node.network);
    if (!own && !live(id).some((input) => reached.has(input))) continue;
    reached.add(id);
    if (node.role === "call") found.add(node.network);
  }
  return found;
}
