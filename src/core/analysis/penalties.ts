/**
 * Whether the gradients that functions hold (penalties) are gradients of something: what is differentiated must depend on what
 * it is differentiated by, all that lies between must belong to the optimizer whose loss this is, for other evaluations are
 * constants to it, and every layer between must be differentiable twice.
 */
import type { FunctionKind } from "../kind/kind.ts";
import { diagnose, type Diagnostic } from "./diagnostics.ts";
import { valueId, type ValueId } from "./expand.ts";
import type { Layer, NetworkAnalysis } from "./network.ts";
import { depthFirst } from "./order.ts";
import type { TrainingAnalysis, TrainingNode } from "./training.ts";

type Report = (diagnostic: Diagnostic) => void;
type Networks = ReadonlyMap<string, NetworkAnalysis>;
type FunctionNode = Extract<TrainingNode, { role: "function" }>;
type SinkNode = Extract<TrainingNode, { role: "sink" }>;

/** Asked only of a document that is sound otherwise. */
export function judgePenalties({ nodes }: TrainingAnalysis, networks: Networks, report: Report): void {
  const penalties = [...nodes.values()].filter(
    (node): node is FunctionNode => node.role === "function" && node.kind.differentiates !== undefined,
  );
  if (penalties.length === 0) return;
  const updates = [...nodes.values()].flatMap((node) => (node.role === "sink" ? [updateOf(node, nodes)] : []));
  for (const penalty of penalties) judge(penalty, penalty.kind.differentiates!, nodes, updates, networks, report);
}

/** An optimizer with the nodes that its loss is made of, and those that depend on what it trains: others are constants to it. */
interface Update {
  readonly sink: SinkNode;
  readonly above: ReadonlySet<string>;
  readonly reached: ReadonlySet<string>;
}

function updateOf(sink: SinkNode, nodes: TrainingAnalysis["nodes"]): Update {
  const live = (id: string) =>
    (nodes.get(id)?.inputs ?? []).flatMap(({ node, constant }) => (node && !constant && nodes.has(node) ? [node] : []));
  const trains = sink.kind.trains(sink.params);
  const { order } = depthFirst([sink.id], live);
  const reached = new Set<string>();
  for (const id of order) {
    const node = nodes.get(id)!;
    if ((node.role === "call" && trains.includes(node.network)) || live(id).some((each) => reached.has(each)))
      reached.add(id);
  }
  return { sink, above: new Set(order), reached };
}

function judge(
  penalty: FunctionNode,
  ports: NonNullable<FunctionKind["differentiates"]>,
  nodes: TrainingAnalysis["nodes"],
  updates: readonly Update[],
  networks: Networks,
  report: Report,
): void {
  const input = (name: string) => penalty.inputs.find((each) => each.name === name);
  const [output, wrt] = [input(ports.output), input(ports.wrt)];
  if (!output?.value || !wrt?.value) return;
  const between = output.stale || wrt.stale ? null : betweenOf(output.value, wrt.value, nodes, networks);
  if (!between || between.nodes.length === 0) {
    const facts = { output: ports.output, from: output.value, wrt: wrt.value };
    report(diagnose("penalty-independent", { ...penalty.place, port: ports.output }, facts));
    return;
  }
  for (const { sink, above, reached } of updates) {
    const constant = above.has(penalty.id) ? between.nodes.find((id) => !reached.has(id)) : undefined;
    if (constant === undefined) continue;
    const trains = sink.kind.trains(sink.params);
    const facts = { node: constant, optimizer: sink.id, trains, wrt: ports.wrt, output: ports.output };
    report(diagnose("penalty-untrained", { ...penalty.place, port: ports.wrt }, facts));
  }
  for (const { kind, place } of between.layers)
    if (!kind.twiceDifferentiable) report(diagnose("penalty-once", place, { layer: kind.name, penalty: penalty.id }));
}

interface Between {
  /** Evaluations and functions, in the order in which they are computed. */
  readonly nodes: readonly string[];
  readonly layers: readonly Layer[];
}

/** What lies on the ways from one value to another; null where there is none. */
function betweenOf(
  output: ValueId,
  wrt: ValueId,
  nodes: TrainingAnalysis["nodes"],
  networks: Networks,
): Between | null {
  const passed = new Set<string>();
  const layers = new Set<Layer>();
  const dependent = new Set<ValueId>([wrt]);
  const producerOf = new Map(
    [...nodes.values()].flatMap((node) => node.outputs.map(({ port }) => [valueId(node.id, port), node] as const)),
  );
  const before = (value: ValueId): ValueId[] =>
    value === wrt ? [] : (producerOf.get(value)?.inputs ?? []).flatMap((input) => (input.value && !input.constant ? [input.value] : [])); // prettier-ignore
  for (const value of depthFirst([output], before).order) {
    const node = producerOf.get(value);
    if (!node || value === wrt) continue;
    const reached = node.inputs.filter((input) => input.value && !input.constant && dependent.has(input.value));
    if (reached.length === 0) continue;
    if (node.role === "call") {
      const network = networks.get(node.network);
      const way = network && wayThrough(network, reached.map(({ name }) => name), value.slice(node.id.length + 1)); // prettier-ignore
      if (!way) continue;
      for (const layer of way) layers.add(layer);
    }
    dependent.add(value);
    passed.add(node.id);
  }
  return dependent.has(output) ? { nodes: [...passed], layers: [...layers] } : null;
}

/** The layers on the ways from inputs of a network to an output; null where it does not depend on them. */
function wayThrough(
  { layers, outputs }: NetworkAnalysis,
  inputs: readonly string[],
  output: string,
): readonly Layer[] | null {
  const dependent = new Set<ValueId>(inputs.map((name) => valueId(name, "out")));
  const outputsOf = (layer: Layer) => layer.kind.outputs.map(({ name }) => valueId(layer.path, name));
  const after = layers.filter((layer) => {
    if (!layer.inputs.some(({ value }) => dependent.has(value))) return false;
    for (const value of outputsOf(layer)) dependent.add(value);
    return true;
  });
  const end = outputs.find(({ name }) => name === output)?.value ?? null;
  if (end === null || !dependent.has(end)) return null;
  const needed = new Set<ValueId>([end]);
  for (const layer of [...after].reverse())
    if (outputsOf(layer).some((value) => needed.has(value))) for (const { value } of layer.inputs) needed.add(value);
  return after.filter((layer) => outputsOf(layer).some((value) => needed.has(value)));
}
