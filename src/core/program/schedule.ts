/**
 * The training graph as one iteration of straight-line instructions, and sampling as another: which optimizers there are and
 * in what order, what each iteration draws, and the rest by schedule-iteration.ts and schedule-sampling.ts.
 */
import type { Analysis } from "../analysis/analyze.ts";
import { byId } from "../analysis/order.ts";
import type { Json } from "../kind/fields.ts";
import { scheduleIteration, type SharedWeights } from "./schedule-iteration.ts";
import { scheduleSampling } from "./schedule-sampling.ts";
import { givenOutputs, type Nodes, type SinkNode } from "./schedule-values.ts";
import type {
  OptimizerDeclaration,
  Sampling,
  Slice,
  SourceDeclaration,
  TrainingProgram,
  WeightDeclaration,
} from "./types.ts";

/** Null where a document neither trains nor samples. */
export function schedule(analysis: Analysis): TrainingProgram | null {
  const { nodes, sample, settings } = analysis.training;
  const sinks = orderedSinks(nodes);
  if (sinks.length === 0 && sample === null) return null;
  const iteration = scheduleIteration(nodes, sinks, sharedWeights(analysis));
  const sampling = sample === null ? null : scheduleSampling(nodes, sample);
  const sources = sourcesOf(nodes, iteration, sampling);
  const state = stateOf(nodes, iteration);
  return { settings, sources, optimizers: sinks.map(optimizer), state, iteration, sampling };
}

/** The trainable weights of each network that shared blocks tie to others. */
const sharedWeights = ({ networks }: Analysis): SharedWeights =>
  new Map(
    [...networks].map(([name, { layers }]) => {
      const shared = layers.flatMap((layer) => layer.weights).filter((weight) => weight.shared && weight.trainable);
      return [name, new Set(shared.map((weight) => weight.path))];
    }),
  );

/** Ascending order, ties by id; a sink that does not say trains the critic first. */
function orderedSinks(nodes: Nodes): SinkNode[] {
  const sinks = [...nodes.values()].filter(
    (node): node is SinkNode => node.role === "sink" && node.inputs[0].value !== null,
  );
  const order = (sink: SinkNode) => sink.kind.order(sink.params) ?? (trainsCritic(nodes, sink) ? 0 : 1);
  return sinks.sort((a, b) => order(a) - order(b) || byId(a.id, b.id));
}

/** True where a trained network's output reaches a critic's loss without passing through another network. */
function trainsCritic(nodes: Nodes, sink: SinkNode): boolean {
  const trains = sink.kind.trains(sink.params);
  const open = [...nodes.values()].flatMap((node) =>
    node.role === "function" && node.kind.critic?.(node.params) ? [node.id] : [],
  );
  const seen = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes.get(id)!;
    if (node.role === "call") {
      if (trains.includes(node.network)) return true;
      continue;
    }
    for (const { node: next } of node.inputs) {
      if (next === null || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}

const optimizer = (sink: SinkNode): OptimizerDeclaration => ({
  id: sink.id,
  kind: sink.kind.name,
  params: sink.kind.resolve(sink.params) as Record<string, Json>,
  trains: sink.kind.trains(sink.params),
});

/** What the functions of an iteration keep. */
function stateOf(nodes: Nodes, iteration: readonly Slice[]): WeightDeclaration[] {
  const computed = new Set(
    iteration.flatMap(({ instructions }) => instructions.flatMap((each) => (each.op === "compute" ? [each.node] : []))),
  );
  return [...computed].sort(byId).flatMap((id) => {
    const node = nodes.get(id)!;
    if (node.role !== "function") return [];
    const types = node.inputs.map((input) => input.type);
    return (node.kind.state?.(node.params, types) ?? []).map(({ name, shape, init, tfjs }) => ({
      name,
      path: `${id}.${name}`,
      shared: false,
      trainable: false,
      shape,
      init: init.pytorch,
      tfjs: tfjs ?? null,
    }));
  });
}

/** The sources that anything draws from, with their draws in one iteration; sampling draws outside of it. */
function sourcesOf(nodes: Nodes, iteration: readonly Slice[], sampling: Sampling | null): SourceDeclaration[] {
  const draws = new Map<string, number>();
  for (const instruction of sampling?.instructions ?? [])
    if (instruction.op === "draw") draws.set(instruction.source, 0);
  for (const instruction of iteration.flatMap((slice) => slice.instructions))
    if (instruction.op === "draw") draws.set(instruction.source, (draws.get(instruction.source) ?? 0) + 1);
  return [...draws.keys()].sort(byId).map((id) => {
    const node = nodes.get(id)!;
    const params = node.params as Record<string, Json>;
    return { id, kind: node.kind.name, params, outputs: givenOutputs(node), draws: draws.get(id)! };
  });
}
