/** What functions of the training graph keep between evaluations: a tensor for each declared part, and its cell. */
import type { Tensor } from "@tensorflow/tfjs";
import type { WeightDeclaration } from "../core/program/types.ts";
import type { WeightStore } from "../core/program/weights.ts";
import type { Tf } from "../runtime/tf.ts";
import { tfjsShape, toTfjs } from "../targets/tfjs/layout.ts";
import type { Cell } from "./state.ts";

export interface FunctionState {
  readonly cells: readonly Cell[];
  /** What a node keeps, by name. */
  of(node: string): Readonly<Record<string, Tensor>>;
  /** Replaces a part; the tensor is taken over. */
  set(node: string, name: string, value: Tensor): void;
  dispose(): void;
}

export function createFunctionState(
  tf: Tf,
  declarations: readonly WeightDeclaration[],
  initial: WeightStore,
): FunctionState {
  const tensors = new Map(
    declarations.map(({ path, shape, tfjs }) => {
      const data = toTfjs(initial.get(path)!.data, shape, tfjs).slice();
      return [path, tf.keep(tf.tensor(data, tfjsShape(shape, tfjs)))];
    }),
  );
  const replace = (path: string, value: Tensor) => {
    tensors.get(path)!.dispose();
    tensors.set(path, tf.keep(value));
  };
  return {
    cells: declarations.map((weight) => ({
      name: `state/${weight.path}`,
      role: "state",
      network: "",
      weight,
      get: () => tensors.get(weight.path)!,
      set: (value) => replace(weight.path, value),
    })),
    of: (node) =>
      Object.fromEntries(
        declarations
          .filter(({ path, name }) => path === `${node}.${name}`)
          .map(({ path, name }) => [name, tensors.get(path)!]),
      ),
    set: (node, name, value) => replace(`${node}.${name}`, value),
    dispose: () => tf.dispose([...tensors.values()]),
  };
}
