/**
 * The training graph as one iteration of straight-line instructions. Optimizers run in their order, each its steps; a
 * slice evaluates what its loss needs depth first, and takes what an earlier slice evaluated where inputs and weights
 * are still the same. Sampling is scheduled from the same graph, in inference mode.
 */
import type { Analysis } from "../analysis/analyze.ts";
import type { TrainingInput, TrainingNode } from "../analysis/training.ts";
import { byId } from "../analysis/order.ts";
import type { Json } from "../kind/fields.ts";
import type { Compute, Draw, Evaluate, Gradient, OptimizerDeclaration, Operand, Sampling, Slice, SourceDeclaration, TrainingInstruction, TrainingProgram } from "./types.ts"; // prettier-ignore

type SinkNode = Extract<TrainingNode, { role: "sink" }>;
type Producing = Draw | Evaluate | Compute;
type Nodes = ReadonlyMap<string, TrainingNode>;

export function schedule(analysis: Analysis): TrainingProgram | null {
  const { nodes, sample } = analysis.training;
  const sinks = orderedSinks(nodes);
  if (sinks.length === 0 && sample === null) return null;
  const trained = new Set(sinks.flatMap((sink) => sink.kind.trains(sink.params)));
  const iteration = scheduleIteration(nodes, sinks, trained);
  const sampling = sample === null ? null : scheduleSampling(nodes, sample);
  const { settings } = analysis.training;
  return { settings, sources: sourcesOf(nodes, iteration, sampling), optimizers: sinks.map(optimizer), iteration, sampling };
}

/** Ascending order, ties by id; a sink that does not say trains the critic first. */
function orderedSinks(nodes: Nodes): SinkNode[] {
  const sinks = [...nodes.values()].filter((node): node is SinkNode => node.role === "sink" && node.inputs[0].value !== null);
  const order = (sink: SinkNode) => sink.kind.order(sink.params) ?? (trainsCritic(nodes, sink) ? 0 : 1);
  return sinks.sort((a, b) => order(a) - order(b) || byId(a.id, b.id));
}

/** True where a trained network's output reaches a critic's loss without passing through another network. */
function trainsCritic(nodes: Nodes, sink: SinkNode): boolean {
  const trains = sink.kind.trains(sink.params);
  const judges = [...nodes.values()].filter((node) => node.role === "function" && node.kind.critic?.(node.params));
  return judges.some((judge) => {
    const open = [judge.id];
    const seen = new Set(open);
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const node = nodes.get(id)!;
      if (node.role === "call") {
        if (trains.includes(node.network)) return true;
        continue;
      }
      for (const { node: next } of node.inputs) if (next && !seen.has(next)) open.push(next), seen.add(next); // prettier-ignore
    }
    return false;
  });
}

const optimizer = (sink: SinkNode): OptimizerDeclaration => ({
  id: sink.id,
  kind: sink.kind.name,
  params: sink.kind.resolve(sink.params) as Record<string, Json>,
  trains: sink.kind.trains(sink.params),
});

/** A value that has been scheduled: its instruction, what it was made of, and whether a gradient is taken of it. */
interface Scheduled {
  readonly instruction: Producing;
  readonly slice: string;
  /** Inputs that a gradient may pass; stale ones are constants. */
  readonly live: readonly Scheduled[];
  /** True where it holds a gradient of its inputs. */
  readonly differentiates: boolean;
  gradient: Gradient | null;
}

function scheduleIteration(nodes: Nodes, sinks: readonly SinkNode[], trained: ReadonlySet<string>): Slice[] {
  const versions = new Map<string, number>();
  const known = new Map<string, Scheduled>();
  const names = new Set<string>();
  const early: Scheduled[] = []; // stale values that nothing has evaluated before the weights change
  const slices: { id: string; optimizer: string; step: number; body: (Scheduled | TrainingInstruction)[] }[] = [];

  for (const sink of sinks) {
    const trains = sink.kind.trains(sink.params);
    for (let step = 0; step < sink.kind.steps(sink.params); step++) {
      const slice = { id: `${sink.id}@${step}`, optimizer: sink.id, step, body: [] as (Scheduled | TrainingInstruction)[] };
      const reused = new Set<Scheduled>();
      const loss = produce(sink.inputs[0].node!, step, false, slice, reused);
      differentiate(loss, trains, slice.id);
      slice.body.push({ op: "update", optimizer: sink.id, loss: valueOf(loss, sink.inputs[0].port!), trains });
      for (const network of trains) versions.set(network, (versions.get(network) ?? 0) + 1);
      slices.push(slice);
    }
  }
  slices[0]?.body.unshift(...early);
  return slices.map(({ body, ...slice }) => ({ ...slice, instructions: body.map(finish) }));

  /** Depth first, ports in declared order; recursion is as deep as the training graph, not as its networks. */
  function produce(
    id: string, step: number, stale: boolean, slice: { id: string; body: (Scheduled | TrainingInstruction)[] }, reused: Set<Scheduled>,
  ): Scheduled { // prettier-ignore
    const node = nodes.get(id)!;
    const producers = node.inputs.map((input) => input.node && produce(input.node, step, stale || input.stale, slice, reused));
    const inputs = producers.filter((producer): producer is Scheduled => producer !== null && producer !== "");
    const version = node.role === "call" && !stale ? (versions.get(node.network) ?? 0) : 0;
    const sameness = node.role === "source" ? [id, step] : [id, version, ...inputs.map((input) => input.instruction.id)];
    const key = JSON.stringify(sameness);
    const earlier = known.get(key);
    if (earlier) return earlier;
    for (const input of inputs) {
      if (input.slice === slice.id || reused.has(input)) continue;
      reused.add(input);
      slice.body.push({ op: "reuse", id: input.instruction.id });
    }
    const name = unusedName(`${id}@${step}`, names);
    const live = node.inputs.flatMap((input, index) => (producers[index] && !input.stale ? [producers[index] as Scheduled] : []));
    const mode = node.role === "call" ? modeOf(node, trained) : "eval";
    const differentiates = node.role === "function" && node.kind.differentiates === true;
    const scheduled: Scheduled = { instruction: instructionOf(node, name, step, mode, producers), slice: slice.id, live, differentiates, gradient: null };
    known.set(key, scheduled);
    const late = stale && node.role === "call" && (versions.get(node.network) ?? 0) > 0;
    (late ? early : slice.body).push(scheduled);
    return scheduled;
  }
}

function modeOf(node: Extract<TrainingNode, { role: "call" }>, trained: ReadonlySet<string>): "train" | "eval" {
  const mode = node.kind.mode(node.params);
  return mode === "auto" ? (trained.has(node.network) ? "train" : "eval") : mode;
}

/** Marks what lies between the trained networks and the loss, second order where something differentiates it within. */
function differentiate(loss: Scheduled, trains: readonly string[], slice: string): void {
  const depends = new Map<Scheduled, boolean>();
  const reaches = (value: Scheduled): boolean => {
    const known = depends.get(value);
    if (known !== undefined) return known;
    const own = value.instruction.op === "evaluate" && trains.includes(value.instruction.network);
    const result = value.live.map(reaches).includes(true) || own;
    depends.set(value, result);
    return result;
  };
  reaches(loss);
  const twice = new Set<Scheduled>();
  const markTwice = (value: Scheduled) => {
    if (twice.has(value)) return;
    twice.add(value);
    value.live.forEach(markTwice);
  };
  for (const value of depends.keys()) if (value.differentiates) value.live.forEach(markTwice);
  for (const [value, reached] of depends) {
    if (!reached) continue;
    if (value.gradient) throw new Error(`${value.instruction.id} is differentiated by ${value.gradient.slice} and by ${slice}`);
    value.gradient = { slice, order: twice.has(value) ? 2 : 1 };
  }
}

const finish = (entry: Scheduled | TrainingInstruction): TrainingInstruction => {
  if ("op" in entry) return entry;
  const { instruction, gradient } = entry;
  return instruction.op === "draw" ? instruction : { ...instruction, gradient };
};

function scheduleSampling(nodes: Nodes, sample: string): Sampling {
  const done = new Map<string, Scheduled>();
  const instructions: Producing[] = [];
  const produce = (id: string): Scheduled => {
    const earlier = done.get(id);
    if (earlier) return earlier;
    const node = nodes.get(id)!;
    const producers = node.inputs.map((input) => input.node && produce(input.node));
    const scheduled: Scheduled = { instruction: instructionOf(node, id, 0, "eval", producers), slice: "", live: [], differentiates: false, gradient: null };
    instructions.push(scheduled.instruction);
    done.set(id, scheduled);
    return scheduled;
  };
  const call = produce(sample).instruction as Evaluate;
  const scorers = [...nodes.values()].filter((node) => node.role === "call" && node.network !== call.network);
  const scorer = scorers.find((node) => node.inputs.length === 1 && node.inputs[0].node === sample);
  const score =
    scorer?.role === "call" && scorer.outputs[0]?.type
      ? { network: scorer.network, input: scorer.inputs[0].name, output: scorer.outputs[0].port }
      : null;
  return { instructions, sample: { value: call.outputs[0].value, type: call.outputs[0].type }, network: call.network, score };
}

function instructionOf(
  node: TrainingNode, name: string, step: number, mode: "train" | "eval", producers: readonly (Scheduled | string | null)[],
): Producing { // prettier-ignore
  const given = givenOutputs(node);
  const outputs = given.map(({ port, type }) => ({ value: given.length === 1 ? name : `${name}.${port}`, type }));
  const operand = (input: TrainingInput, index: number): Operand | null => {
    const producer = producers[index];
    return producer && typeof producer === "object" ? { value: valueOf(producer, input.port!), type: input.type! } : null;
  };
  switch (node.role) {
    case "source":
      return { op: "draw", id: name, source: node.id, step, outputs };
    case "call": {
      const inputs = node.inputs.map((input, index) => ({ port: input.name, ...operand(input, index)! }));
      return { op: "evaluate", id: name, node: node.id, network: node.network, mode, inputs, outputs, gradient: null };
    }
    case "function": {
      const params = node.params as Record<string, Json>;
      return { op: "compute", id: name, node: node.id, kind: node.kind.name, params, inputs: node.inputs.map(operand), outputs, gradient: null };
    }
    case "sink":
      throw new Error("an optimizer produces no value");
  }
}

/** A data set without classes gives no labels. */
const givenOutputs = (node: TrainingNode) => node.outputs.flatMap(({ port, type }) => (type ? [{ port, type }] : []));

/** The name of one output of a scheduled value. */
function valueOf({ instruction }: Scheduled, port: string): string {
  const { id, outputs } = instruction;
  return outputs.length === 1 ? id : (outputs.find(({ value }) => value === `${id}.${port}`)?.value ?? id);
}

function unusedName(base: string, names: Set<string>): string {
  let name = base;
  for (let n = 2; names.has(name); n++) name = `${base}#${n}`;
  names.add(name);
  return name;
}

function sourcesOf(nodes: Nodes, iteration: readonly Slice[], sampling: Sampling | null): SourceDeclaration[] {
  const draws = new Map<string, number>();
  const note = (instruction: TrainingInstruction, count: number) => {
    if (instruction.op === "draw") draws.set(instruction.source, Math.max(draws.get(instruction.source) ?? 0, count && instruction.step + 1));
  };
  for (const slice of iteration) for (const instruction of slice.instructions) note(instruction, 1);
  for (const instruction of sampling?.instructions ?? []) note(instruction, 0);
  return [...draws.keys()].sort(byId).map((id) => {
    const node = nodes.get(id)!;
    return { id, kind: node.kind.name, params: node.params as Record<string, Json>, outputs: givenOutputs(node), draws: draws.get(id)! };
  });
}
