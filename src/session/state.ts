/**
 * Everything that training changes: named cells (weights, buffers, optimizers' slots and averages, what functions keep) and
 * counters. Snapshots hold references to them, checkpoints hold their values in PyTorch's layout.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { NetworkProgram, WeightDeclaration } from "../core/program/types.ts";
import { weightAt, weightsOf, type Weight } from "../core/program/weights.ts";
import type { Tf } from "../runtime/tf.ts";
import { tfjsShape, toTfjs } from "../targets/tfjs/layout.ts";
import { readWeight, type NetworkVariables } from "../targets/tfjs/variables.ts";

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
  get(): Tensor;
}

/** A tensor that state lies in. Cells that are parts by themselves and give the very same tensor object are one part. */
export interface Part {
  get(): Tensor;
  /** Takes the tensor over. */
  set(value: Tensor): void;
}

export interface Cell extends Readable, Part {
  readonly role: "weight" | "slot" | "average" | "state";
  /** The part that it lies in with other cells, and its own value in that; left out, it is a part by itself. */
  readonly within?: { readonly part: Part; take(whole: Tensor): Tensor };
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
  const parts = [...new Set(cells.map((cell): Part => cell.within?.part ?? cell))];
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
            const { name, network, weight, within } = cell;
            return { name, network, weight, get: () => within?.take(held.get(within.part)!) ?? held.get(cell)! };
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
  const read = cells.map(async ({ name, weight, get }) => [name, await readWeight(get(), weight)] as const);
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
