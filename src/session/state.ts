/**
 * Everything that training changes, as named cells: weights, buffers, optimizers' slots and averages. Snapshots hold
 * references to them, checkpoints hold their values in PyTorch's layout.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { NetworkProgram, WeightDeclaration } from "../core/program/types.ts";
import { weightAt, weightsOf, type Weight } from "../core/program/weights.ts";
import type { Tf } from "../runtime/tf.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../targets/tfjs/layout.ts";
import type { NetworkVariables } from "../targets/tfjs/variables.ts";

export interface TrainedNetwork {
  readonly program: NetworkProgram;
  readonly variables: NetworkVariables;
}

export interface Cell {
  /** "weights/generator/fc.weight", "slots/g_opt/generator/fc.weight/exp_avg", "averages/g_opt/generator/fc.weight". */
  readonly name: string;
  readonly network: string;
  /** The weight that it is, or whose shape and layout it has. */
  readonly weight: WeightDeclaration;
  get(): Tensor;
  /** Takes the tensor over. */
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
        network: program.name,
        weight,
        get: () => variable,
        set,
      };
    }),
  );
}

export interface Snapshot {
  /** May be called many times. */
  restore(): void;
  dispose(): void;
}

/** References to the cells' tensors as they are: updates put new tensors in their place and never write into them. */
export function takeSnapshot(tf: Tf, cells: readonly Cell[]): Snapshot {
  const held = cells.map((cell) => ({ cell, value: tf.keep(tf.clone(cell.get())) }));
  return {
    restore: () => held.forEach(({ cell, value }) => cell.set(tf.keep(tf.clone(value)))),
    dispose: () => held.forEach(({ value }) => value.dispose()),
  };
}

export async function readCells(cells: readonly Cell[]): Promise<Map<string, Weight>> {
  const read = cells.map(async ({ name, weight: { shape, tfjs }, get }) => {
    const data = (await get().data()) as Float32Array;
    return [name, { shape, data: tfjs ? fromTfjs(data, shape, tfjs) : data.slice() }] as const;
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
