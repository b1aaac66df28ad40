/**
 * One iteration as slices: each step of each optimizer evaluates what its loss needs, depth first and ports in declared
 * order, and takes what an earlier slice evaluated where inputs and weights are still the same. A step may take several
 * micro-batches, and virtual steps of another optimizer before its loss (unrolling; Metz et al. 2017).
 */
import { depthFirst } from "../analysis/order.ts";
import { differentiate, type Scheduled } from "./schedule-gradients.ts";
import { instructionOf, valueOf, type CallNode, type Moment, type Nodes, type SinkNode } from "./schedule-values.ts";
import type { Accumulate, Reuse, Slice, TrainingInstruction, Update, VirtualUpdate } from "./types.ts";

/** A node as one slice needs it: fresh, or stale, as it was before this iteration's updates. */
interface Wanted {
  readonly node: string;
  readonly stale: boolean;
}

/** What is computed now: of which draws, and over which virtual weights. */
interface Place extends Moment {
  /** The weights that are virtual, by the names under which they are counted, and the loss that the last virtual step took. */
  readonly ahead: { readonly weights: ReadonlySet<string>; readonly before: Scheduled | null } | null;
}

export type SharedWeights = ReadonlyMap<string, ReadonlySet<string>>;

interface Drafted {
  readonly id: string;
  readonly optimizer: string;
  readonly step: number;
  readonly parts: readonly Part[];
}

/** What is computed for one loss, and what is then done with it. */
interface Part {
  readonly values: Scheduled[];
  readonly loss: Scheduled | null;
  readonly end: VirtualUpdate | Accumulate | Update;
}

/** @param sharedBy names, by network, the weights that other networks may use too */
export function scheduleIteration(nodes: Nodes, sinks: readonly SinkNode[], sharedBy: SharedWeights): Slice[] {
  const trained = new Set(sinks.flatMap((sink) => sink.kind.trains(sink.params)));
  const versions = new Map<string, number>(); // of a network's own weights, and of each shared one
  const known = new Map<string, Scheduled>();
  const names = new Set<string>();
  const slices: Drafted[] = [];

  for (const sink of sinks) {
    for (let step = 0; step < sink.kind.steps(sink.params); step++) {
      const id = `${sink.id}@${step}`;
      slices.push({ id, optimizer: sink.id, step, parts: draft(sink, id, step) });
      for (const name of weightsOfAll(sink)) versions.set(name, (versions.get(name) ?? 0) + 1);
    }
  }
  return slices.map(writeSlice);

  /** One step of an optimizer: its micro-batches, each behind its virtual steps, and the update. */
  function draft(sink: SinkNode, id: string, step: number): Part[] {
    const trains = sink.kind.trains(sink.params);
    const count = sink.kind.accumulate(sink.params);
    const parts: Part[] = [];
    for (let micro = 0; micro < count; micro++) {
      const recorded = micro > 0 ? `${id}.${micro}` : id;
      const { place, ahead } = unrolled(sink, { step, micro, virtual: null }, recorded);
      const values: Scheduled[] = [];
      const { loss, name } = lossOf(sink, place, values);
      differentiate(loss, trains, recorded, ahead.length);
      const update: Update = { op: "update", optimizer: sink.id, loss: name, trains };
      parts.push(...ahead, { values, loss, end: count > 1 ? { op: "accumulate", recorded, loss: name } : update });
    }
    if (count > 1)
      parts.push({ values: [], loss: null, end: { op: "update", optimizer: sink.id, loss: null, trains } });
    return parts;
  }

  /** The virtual steps before a loss, and where it is computed after them. */
  function unrolled(sink: SinkNode, now: Moment, recorded: string): { place: Place; ahead: Part[] } {
    const unroll = sink.kind.unroll(sink.params);
    const other = unroll && sinks.find(({ id }) => id === unroll.optimizer);
    if (!other) return { place: { ...now, ahead: null }, ahead: [] };
    const weights = weightsOfAll(other);
    const virtual = (taken: number) => ({ optimizer: other.id, step: taken });
    const ahead: Part[] = [];
    let before: Scheduled | null = null;
    for (let taken = 0; taken < unroll.steps; taken++) {
      const values: Scheduled[] = [];
      const { loss, name } = lossOf(other, { ...now, virtual: virtual(taken), ahead: { weights, before } }, values);
      const end: VirtualUpdate = { op: "virtual-update", virtual: virtual(taken + 1), loss: name, recorded };
      ahead.push({ values, loss, end });
      before = loss;
    }
    return { place: { ...now, virtual: virtual(unroll.steps), ahead: { weights, before } }, ahead };
  }

  function lossOf(sink: SinkNode, place: Place, values: Scheduled[]): { loss: Scheduled; name: string } {
    const [{ node, port }] = sink.inputs;
    const loss = produce(node!, place, values);
    return { loss, name: valueOf(loss.instruction, port!) };
  }

  /** Schedules a node with all that it needs; what is new joins `values`. */
  function produce(root: string, place: Place, values: Scheduled[]): Scheduled {
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
      produced.set(key, take(wanted.get(key)!, inputs, place, values));
    }
    return produced.get(start)!;
  }

  /** The value of a node over these inputs: an earlier one where nothing that it depends on has changed, else a new one. */
  function take(
    { node: id, stale }: Wanted,
    inputs: readonly Scheduled[],
    { ahead, ...place }: Place,
    values: Scheduled[],
  ): Scheduled {
    const node = nodes.get(id)!;
    const call = node.role === "call";
    const over = call && !stale && weightsBehind(node.network).some((name) => ahead?.weights.has(name)); // virtual weights
    const now = over || inputs.some(isVirtual) ? place : { ...place, virtual: null };
    const version = over ? [slices.length, place.virtual!.step] : call && !stale ? versionOf(node.network) : "";
    const made = inputs.map((input) => input.instruction.id);
    const key = JSON.stringify([id, now.micro, ...(node.role === "source" ? [now.step] : [version, ...made])]);
    const earlier = known.get(key);
    if (earlier) return earlier;
    const wired = node.inputs.filter((input) => input.node !== null);
    const producers = node.inputs.map((input) => inputs[wired.indexOf(input)]?.instruction ?? null);
    const name = unusedName(nameOf(id, now), names);
    const scheduled: Scheduled = {
      instruction: instructionOf(node, name, now, call ? modeOf(node, trained) : "eval", producers),
      slice: slices.length,
      home: values,
      inputs,
      live: [...inputs.filter((_, at) => !wired[at].constant), ...(over && ahead?.before ? [ahead.before] : [])],
      differentiates: node.role === "function" && node.kind.differentiates !== undefined,
      gradient: null,
    };
    known.set(key, scheduled);
    values.push(scheduled);
    if (stale && call && versionOf(node.network) !== "") hoist(scheduled);
    return scheduled;
  }

  /** The weights that an optimizer changes, by the names under which they are counted. */
  function weightsOfAll(sink: SinkNode): Set<string> {
    return new Set(sink.kind.trains(sink.params).flatMap(weightsBehind));
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
  function hoist(value: Scheduled): void {
    const { values } = slices[0].parts.at(-1)!;
    for (const each of depthFirst([value], ({ inputs }) => inputs).order) {
      if (each.slice === 0) continue;
      each.home.splice(each.home.indexOf(each), 1);
      each.slice = 0;
      each.home = values;
      values.push(each);
    }
  }
}

function modeOf(node: CallNode, trained: ReadonlySet<string>): "train" | "eval" {
  const mode = node.kind.mode(node.params);
  return mode === "auto" ? (trained.has(node.network) ? "train" : "eval") : mode;
}

/** A drafted slice as instructions; what other slices evaluated is named once, before it first serves. */
function writeSlice({ id, optimizer, step, parts }: Drafted, index: number): Slice {
  const reused = new Set<Scheduled>();
  const reuse = (inputs: readonly Scheduled[]) =>
    inputs.flatMap((input): Reuse[] => {
      if (input.slice === index || reused.has(input)) return [];
      reused.add(input);
      return [{ op: "reuse", id: input.instruction.id }];
    });
  const instructions = parts.flatMap(({ values, loss, end }): TrainingInstruction[] => [
    ...values.flatMap((value): TrainingInstruction[] => [...reuse(value.inputs), finish(value)]),
    ...reuse(loss ? [loss] : []),
    end,
  ]);
  return { id, optimizer, step, instructions };
}

const finish = ({ instruction, gradient }: Scheduled): TrainingInstruction =>
  instruction.op === "draw" ? instruction : { ...instruction, gradient };

const isVirtual = ({ instruction }: Scheduled): boolean => instruction.op !== "draw" && instruction.virtual !== null;

/** "fake@0"; the second micro-batch's is "fake@0.1", that after three virtual steps "fake@0~3". */
const nameOf = (node: string, { step, micro, virtual }: Moment): string =>
  `${node}@${step}${micro > 0 ? `.${micro}` : ""}${virtual ? `~${virtual.step}` : ""}`;

function unusedName(base: string, names: Set<string>): string {
  let name = base;
  for (let n = 2; names.has(name); n++) name = `${base}#${n}`;
  names.add(name);
  return name;
}
