/**
 * One iteration as slices: each step of each optimizer evaluates what its loss needs, depth first and ports in declared
 * order, and takes what an earlier slice evaluated where inputs and weights are still the same.
 */
import { depthFirst } from "../analysis/order.ts";
import { instructionOf, valueOf, type CallNode, type Nodes, type Producing, type SinkNode } from "./schedule-values.ts";
import type { Gradient, Reuse, Slice, TrainingInstruction, Update } from "./types.ts";

/** A value that has been scheduled: its instruction, what it was made of, and whether a gradient is taken of it. */
interface Scheduled {
  readonly instruction: Producing;
  /** The slice that evaluates it. */
  slice: number;
  readonly inputs: readonly Scheduled[];
  /** Those inputs that a gradient may pass; stale ones are constants. */
  readonly live: readonly Scheduled[];
  /** True where it holds a gradient of its inputs. */
  readonly differentiates: boolean;
  gradient: Gradient | null;
}

/** A node as one slice needs it: fresh, or stale, as it was before this iteration's updates. */
interface Wanted {
  readonly node: string;
  readonly stale: boolean;
}

export type SharedWeights = ReadonlyMap<string, ReadonlySet<string>>;

interface Drafted {
  readonly id: string;
  readonly optimizer: string;
  readonly step: number;
  readonly values: Scheduled[];
  readonly loss: Scheduled;
  readonly update: Update;
}

/** @param sharedBy names, by network, the weights that other networks may use too */
export function scheduleIteration(nodes: Nodes, sinks: readonly SinkNode[], sharedBy: SharedWeights): Slice[] {
  const trained = new Set(sinks.flatMap((sink) => sink.kind.trains(sink.params)));
  const versions = new Map<string, number>(); // of a network's own weights, and of each shared one
  const known = new Map<string, Scheduled>();
  const names = new Set<string>();
  const slices: Drafted[] = [];

  for (const sink of sinks) {
    const trains = sink.kind.trains(sink.params);
    const [{ node, port }] = sink.inputs;
    for (let step = 0; step < sink.kind.steps(sink.params); step++) {
      const id = `${sink.id}@${step}`;
      const values: Scheduled[] = [];
      const loss = produce(node!, step, values);
      differentiate(loss, trains, id);
      const update: Update = { op: "update", optimizer: sink.id, loss: valueOf(loss.instruction, port!), trains };
      slices.push({ id, optimizer: sink.id, step, values, loss, update });
      for (const name of new Set(trains.flatMap(weightsBehind))) versions.set(name, (versions.get(name) ?? 0) + 1);
    }
  }
  return slices.map(writeSlice);

  /** Schedules a node with all that it needs; what is new joins `values`. */
  function produce(root: string, step: number, values: Scheduled[]): Scheduled {
    const wanted = new Map<string, Wanted>();
    const want = (node: string, stale: boolean): string => {
      const key = JSON.stringify([node, stale]);
      wanted.set(key, { node, stale });
      return key;
    };
    const needs = (key: string): string[] => {
      const { node, stale } = wanted.get(key)!;
      return nodes.get(node)!.inputs.flatMap((input) => (input.node ? [want(input.node, stale || input.stale)] : []));
    };
    const produced = new Map<string, Scheduled>();
    const start = want(root, false);
    for (const key of depthFirst([start], needs).order) {
      const inputs = needs(key).map((input) => produced.get(input)!);
      produced.set(key, take(wanted.get(key)!, inputs, step, values));
    }
    return produced.get(start)!;
  }

  /** The value of a node over these inputs: an earlier one where nothing that it depends on has changed, else a new one. */
  function take(
    { node: id, stale }: Wanted,
    inputs: readonly Scheduled[],
    step: number,
    values: Scheduled[],
  ): Scheduled {
    const node = nodes.get(id)!;
    const version = node.role === "call" && !stale ? versionOf(node.network) : "";
    const made = inputs.map((input) => input.instruction.id);
    const key = JSON.stringify(node.role === "source" ? [id, step] : [id, version, ...made]);
    const earlier = known.get(key);
    if (earlier) return earlier;
    const wired = node.inputs.filter((input) => input.node !== null);
    const producers = node.inputs.map((input) => inputs[wired.indexOf(input)]?.instruction ?? null);
    const name = unusedName(`${id}@${step}`, names);
    const scheduled: Scheduled = {
      instruction: instructionOf(node, name, step, node.role === "call" ? modeOf(node, trained) : "eval", producers),
      slice: slices.length,
      inputs,
      live: inputs.filter((_, index) => !wired[index].stale),
      differentiates: node.role === "function" && node.kind.differentiates !== undefined,
      gradient: null,
    };
    known.set(key, scheduled);
    values.push(scheduled);
    if (stale && node.role === "call" && versionOf(node.network) !== "") hoist(scheduled, values);
    return scheduled;
  }

  /** The names under which a network's weights are counted: its own together, shared ones each. */
  function weightsBehind(network: string): string[] {
    return [network, ...[...(sharedBy.get(network) ?? [])].map((path) => `shared/${path}`)];
  }

  /** Which of this iteration's updates have changed the network's weights; empty before the first. */
  function versionOf(network: string): string {
    const changed = weightsBehind(network).filter((name) => versions.has(name));
    return changed.map((name) => `${name}:${versions.get(name)}`).join(" ");
  }

  /** Moves a value, and what it is made of, before the first update: its network's weights have changed since. */
  function hoist(value: Scheduled, current: Scheduled[]): void {
    for (const each of depthFirst([value], ({ inputs }) => inputs).order) {
      if (each.slice === 0) continue;
      const values = slices[each.slice]?.values ?? current;
      values.splice(values.indexOf(each), 1);
      each.slice = 0;
      slices[0].values.push(each);
    }
  }
}

function modeOf(node: CallNode, trained: ReadonlySet<string>): "train" | "eval" {
  const mode = node.kind.mode(node.params);
  return mode === "auto" ? (trained.has(node.network) ? "train" : "eval") : mode;
}

/** Marks what lies between the trained networks and the loss, second order where something differentiates it within. */
function differentiate(loss: Scheduled, trains: readonly string[], slice: string): void {
  const { order } = depthFirst([loss], ({ live }) => live);
  const reached = new Set<Scheduled>();
  for (const value of order) {
    const own = value.instruction.op === "evaluate" && trains.includes(value.instruction.network);
    if (own || value.live.some((input) => reached.has(input))) reached.add(value);
  }
  const differentiated = order.filter((value) => value.differentiates).flatMap((value) => value.live);
  const twice = new Set(depthFirst(differentiated, ({ live }) => live).order);
  for (const value of reached) {
    if (value.gradient)
      throw new Error(`${value.instruction.id} is differentiated by ${value.gradient.slice} and by ${slice}`);
    value.gradient = { slice, order: twice.has(value) ? 2 : 1 };
  }
}

/** A drafted slice as instructions; what other slices evaluated is named once, before it first serves. */
function writeSlice({ id, optimizer, step, values, loss, update }: Drafted, index: number): Slice {
  const reused = new Set<Scheduled>();
  const reuse = (inputs: readonly Scheduled[]) =>
    inputs.flatMap((input): Reuse[] => {
      if (input.slice === index || reused.has(input)) return [];
      reused.add(input);
      return [{ op: "reuse", id: input.instruction.id }];
    });
  const written = values.flatMap((value): TrainingInstruction[] => [...reuse(value.inputs), finish(value)]);
  return { id, optimizer, step, instructions: [...written, ...reuse([loss]), update] };
}

const finish = ({ instruction, gradient }: Scheduled): TrainingInstruction =>
  instruction.op === "draw" ? instruction : { ...instruction, gradient };

function unusedName(base: string, names: Set<string>): string {
  let name = base;
  for (let n = 2; names.has(name); n++) name = `${base}#${n}`;
  names.add(name);
  return name;
}
