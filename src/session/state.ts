/**
 * Everything that training changes: named cells (weights, buffers, optimizers' slots and averages, what functions keep) and
 * counters. Snapshots hold references to them, checkpoints hold their values in PyTorch's layout.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { NetworkProgram, WeightDeclaration } from "../core/program/types.ts";
import { weightAt, weightsOf, type Weight } from "../core/program/weights.ts";
import type { Tf } from "../runtime/tf.ts";
import { tfjsShape, toTfjs } from "../targets/tfjs/layout.ts";
import { weightOf, type NetworkVariables } from "../targets/tfjs/variables.ts";

export interface TrainedNetwork {
  readonly program: NetworkProgram;
  readonly variables: NetworkVariables;
}

export interface Readable {
  /**
   * "weights/generator/fc.weight", "slots/g_opt/generator/fc.weight/exp_avg", "averages/g_opt/generator/fc.weight",
   * "state/pool.images".
   */
  readonly name: string;
  /** Empty for what functions of the training graph keep. */
  readonly network: string;
  /** The weight that it is, or whose shape and layout it has. */
  readonly weight: WeightDeclaration;
  /** The tensor that holds its values. */
  get(): Tensor;
  /** Where it lies in a part with other cells, which `get` then gives as a whole: behind how many numbers. */
  readonly offset?: number;
}

/** A tensor that state lies in. Cells that are parts by themselves and give the very same tensor object are one part. */
export interface Part {
  get(): Tensor;
  /** Takes the tensor over. */
  set(value: Tensor): void;
}

export interface Cell extends Readable, Part {
  readonly role: "weight" | "slot" | "average" | "state";
  /** The part that it lies in with other cells; left out, it is a part by itself. */
  readonly within?: Part;
  /** Sets its own values alone; the tensor is taken over. */
  set(value: Tensor): void;
}

/** The weights and buffers of networks; a shared weight has a cell in each network that uses it. */
export function weightCells(networks: Iterable<TrainedNetwork>): Cell[] {
  return [...networks].flatMap(({ program, variables }) =>
    weightsOf(program).map((weight): Cell => {
      const variable = variables.all.get(weight.path)!;
      const set = (value: Tensor) => {
        variable.assign(value);
        value.dispose();
      };
      return {
        name: `weights/${program.name}/${weight.path}`,
        role: "weight",
        network: program.name,
        weight,
        get: () => variable,
        set,
      };
    }),
  );
}

/** All state at one moment. */
export interface Moment {
  /** Iterations done. */
  readonly iteration: number;
  /** Steps done, by optimizer. */
  readonly steps: Readonly<Record<string, number>>;
  readonly cells: readonly Readable[];
}

export interface Snapshot extends Moment {
  /** May be called many times. */
  restore(): void;
  /** May be called many times. */
  dispose(): void;
}

/** The state as it is now. */
export interface State extends Moment {
  iteration: number;
  readonly cells: readonly Cell[];
  /** What the cells lie in, each once. */
  readonly parts: readonly Part[];
  /**
   * How a snapshot keeps a part's tensor: a reference, since updates put new tensors in its place, and a copy where something
   * writes into it.
   */
  held: (tensor: Tensor) => Tensor;
  remember(): Snapshot;
}

export function createState(tf: Tf, cells: readonly Cell[], optimizers: ReadonlyMap<string, { steps: number }>): State {
  const parts = [...new Set(cells.map((cell): Part => cell.within ?? cell))];
  const state: State = {
    iteration: 0,
    cells,
    parts,
    held: (tensor) => tf.keep(tf.clone(tensor)),
    get steps() {
      return Object.fromEntries([...optimizers].map(([id, optimizer]) => [id, optimizer.steps]));
    },
    remember() {
      const { iteration, steps } = state;
      const held = new Map(parts.map((part) => [part, state.held(part.get())]));
      return {
        iteration,
        steps,
        get cells() {
          return cells.map((cell): Readable => {
            const { name, network, weight, offset, within = cell } = cell;
            return { name, network, weight, offset, get: () => held.get(within)! };
          });
        },
        restore() {
          state.iteration = iteration;
          for (const [id, optimizer] of optimizers) optimizer.steps = steps[id];
          for (const [part, value] of held) part.set(tf.keep(tf.clone(value)));
        },
        dispose: () => held.forEach((value) => value.dispose()),
      };
    },
  };
  return state;
}

export async function readCells(cells: readonly Readable[]): Promise<Map<string, Weight>> {
  const reading = new Map<Tensor, Promise<Float32Array>>(); // a part once, however many cells lie in it
  const values = (part: Tensor) => {
    if (!reading.has(part)) reading.set(part, part.data<"float32">());
    return reading.get(part)!;
  };
  const read = cells.map(async ({ name, weight, offset = 0, get }) => {
    const all = await values(get());
    return [name, weightOf(all.subarray(offset, offset + sizeOf(weight)), weight)] as const;
  });
  return new Map(await Promise.all(read));
}

/** Throws a UserError where a value is missing or has another shape; then nothing has been set. */
export function writeCells(tf: Tf, cells: readonly Cell[], values: ReadonlyMap<string, Weight>): void {
  const found = cells.map((cell) => ({ cell, ...weightAt(values, { ...cell.weight, path: cell.name }, cell.network) }));
  for (const { cell, data } of found) {
    const { shape, tfjs } = cell.weight;
    cell.set(tf.keep(tf.tensor(toTfjs(data, shape, tfjs).slice(), tfjsShape(shape, tfjs))));
  }
}

const sizeOf = ({ shape }: WeightDeclaration): number => shape.reduce((product, extent) => product * extent, 1);
