/** The tfjs variables of a program's networks: one for each weight, shared ones once. Converts from and to the neutral store. */
import type { Tensor, Variable } from "@tensorflow/tfjs";
import type { NetworkProgram, WeightDeclaration } from "../../core/program/types.ts";
import { globalName, weightAt, weightsOf, type Weight, type WeightStore } from "../../core/program/weights.ts";
import type { Tf } from "../../runtime/tf.ts";
import { fromTfjs, tfjsShape, toTfjs } from "./layout.ts";

export interface NetworkVariables {
  /** By weight path, buffers too. */
  readonly all: ReadonlyMap<string, Variable>;
  set(store: WeightStore): void;
}

export interface Variables {
  readonly networks: ReadonlyMap<string, NetworkVariables>;
  dispose(): void;
}

export function createVariables(tf: Tf, networks: readonly NetworkProgram[]): Variables {
  const byName = new Map<string, Variable>();
  const variableOf = (network: NetworkProgram, declaration: WeightDeclaration): Variable => {
    const name = globalName(network.name, declaration);
    if (!byName.has(name)) {
      const zeros = tf.zeros(tfjsShape(declaration.shape, declaration.tfjs));
      byName.set(name, tf.variable(zeros, declaration.trainable));
      zeros.dispose();
    }
    return byName.get(name)!;
  };
  const created = networks.map((network): [string, NetworkVariables] => {
    const declarations = weightsOf(network);
    const all = new Map(declarations.map((each) => [each.path, variableOf(network, each)]));
    return [
      network.name,
      {
        all,
        set: (store) => {
          for (const declaration of declarations) {
            const { data } = weightAt(store, declaration, network.name);
            const { shape, tfjs } = declaration;
            const value = tf.tensor(toTfjs(data, shape, tfjs).slice(), tfjsShape(shape, tfjs));
            all.get(declaration.path)!.assign(value);
            value.dispose();
          }
        },
      },
    ];
  });
  return { networks: new Map(created), dispose: () => byName.forEach((variable) => variable.dispose()) };
}

/** Tensors in tfjs's layout, read asynchronously into the neutral form. */
export async function readWeights(
  network: NetworkProgram,
  tensorAt: (path: string) => Tensor,
): Promise<Map<string, Weight>> {
  const read = weightsOf(network).map(
    async (weight) => [weight.path, await readWeight(tensorAt(weight.path), weight)] as const,
  );
  return new Map(await Promise.all(read));
}

/** A tensor that has this weight's shape, in tfjs's layout. */
export async function readWeight(tensor: Tensor, weight: WeightDeclaration): Promise<Weight> {
  return weightOf(await tensor.data<"float32">(), weight);
}

/** The weight that has these values in tfjs's layout. */
export function weightOf(data: Float32Array, { shape, tfjs }: WeightDeclaration): Weight {
  return { shape, data: tfjs ? fromTfjs(data, shape, tfjs) : data.slice() };
}
