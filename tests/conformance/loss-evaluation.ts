/** A loss of the training graph on tfjs: its value and its gradients, in PyTorch's layout. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { loss } from "../../src/core/kind/ports.ts";
import type { Tf } from "../../src/runtime/tf.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { functionContext } from "../helpers/function-context.ts";
import type { Results } from "./evaluation.ts";
import type { LossCase } from "./loss-cases.ts";
import { inputValues, isDiscrete, type Plain } from "./values.ts";

export interface OpenLoss {
  /** The wired inputs that a gradient is taken of, in the order of the ports. */
  readonly ports: readonly string[];
  readonly leaves: readonly Tensor[];
  /** The loss for other values of the leaves. */
  compute(leaves: readonly Tensor[], secondOrder: boolean): Scalar;
}

const imageOrder = [0, 2, 3, 1];
const orderOf = (shape: readonly number[]) => (shape.length === 4 ? imageOrder : null);

/** Opens a case inside a tidy, which owns its tensors. */
export function openLoss(tf: Tf, { kind, params, inputs, batch }: LossCase, seed: number): OpenLoss {
  const tensors = new Map<string, Tensor>();
  const ports: string[] = [];
  for (const input of inputs) {
    if (!input || input.cubesOf) continue;
    const { shape, data } = inputValues(seed, input.port, input.type, batch, input.domain);
    const order = orderOf(shape);
    const discrete = isDiscrete(input.type);
    const values = toTfjs(data, shape, order).slice();
    tensors.set(input.port, tf.tensor(values, tfjsShape(shape, order), discrete ? "int32" : "float32"));
    if (!discrete) ports.push(input.port);
  }
  return {
    ports,
    leaves: ports.map((port) => tensors.get(port)!),
    compute(leaves, secondOrder) {
      const given = new Map([...tensors, ...ports.map((port, index) => [port, leaves[index]] as const)]);
      const types = inputs.map((input) => input && input.type);
      const context = functionContext(tf, { secondOrder, inputs: types, outputs: [loss] });
      const value = (): Scalar => {
        const wired = inputs.map((input) => input && (input.cubesOf ? cubes(tf, given.get(input.cubesOf)!) : given.get(input.port)!)); // prettier-ignore
        return [kind.lowering.tfjs(context, params, wired)].flat()[0] as Scalar;
      };
      // A gradient within it is of what a tape holds, also where nobody asks for the loss's own.
      return kind.differentiates ? tf.engine().gradients(value, [...leaves], undefined, true).value : value();
    },
  };
}

/** ½ Σ x³ for each sample, [N, 1]. */
const cubes = (tf: Tf, x: Tensor): Tensor => {
  const flat = tf.reshape(x, [x.shape[0], -1]);
  return tf.mul(tf.sum(tf.mul(tf.mul(flat, flat), flat), 1, true), 0.5);
};

/** "out", and "grad <port>" for each wired input that is no label. */
export async function evaluateLoss(tf: Tf, c: LossCase, seed: number, secondOrder: boolean): Promise<Results> {
  const tensors = new Map<string, Tensor>();
  tf.tidy(() => {
    const { ports, leaves, compute } = openLoss(tf, c, seed);
    const { value, grads } = tf.engine().gradients(() => compute(leaves, secondOrder), [...leaves], undefined, true);
    tensors.set("out", tf.keep(value));
    ports.forEach((port, index) => tensors.set(`grad ${port}`, tf.keep(grads[index] ?? tf.zerosLike(leaves[index]))));
  });
  const read = [...tensors].map(async ([name, tensor]): Promise<[string, Plain]> => {
    const order = orderOf(tensor.shape);
    const shape = order ? tensor.shape.map((_, axis) => tensor.shape[order.indexOf(axis)]) : tensor.shape;
    const data = fromTfjs(Float32Array.from(await tensor.data()), shape, order);
    tensor.dispose();
    return [name, { shape, data }];
  });
  return new Map(await Promise.all(read));
}
