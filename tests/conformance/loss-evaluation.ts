/** A function of the training graph on tfjs: its value and its gradients, in PyTorch's layout. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { loss } from "../../src/core/kind/ports.ts";
import type { Tf } from "../../src/runtime/tf.ts";
import { functionContext } from "../helpers/function-context.ts";
import type { Results } from "./evaluation.ts";
import type { LossCase } from "./loss-cases.ts";
import { inputValues, type Plain } from "./values.ts";

/** The wired inputs. Images of scores have one channel, so that NHWC holds them in the same order. */
export function leavesOf(tf: Tf, c: LossCase, seed: number): Tensor[] {
  return c.inputs.flatMap((input) => {
    if (!input) return [];
    const { shape, data } = inputValues(seed, input.port, input.type, c.batch, input.domain);
    return [tf.tensor(data, shape.length === 4 ? [shape[0], shape[2], shape[3], 1] : [...shape])];
  });
}

export function computeLoss(
  tf: Tf,
  { kind, params, inputs }: LossCase,
  values: readonly Tensor[],
  secondOrder: boolean,
): Tensor {
  const rest = [...values];
  const ports = inputs.map((input) => (input ? rest.shift()! : null));
  const types = inputs.map((input) => input && input.type);
  const context = functionContext(tf, { secondOrder, inputs: types, outputs: [loss] });
  return [kind.lowering.tfjs(context, params, ports)].flat()[0] as Tensor;
}

/** "out", and "grad <port>" for each wired input. */
export async function evaluateLoss(tf: Tf, c: LossCase, seed: number, secondOrder: boolean): Promise<Results> {
  const tensors = new Map<string, Tensor>();
  tf.tidy(() => {
    const leaves = leavesOf(tf, c, seed);
    const loss = () => computeLoss(tf, c, leaves, secondOrder) as Scalar;
    const { value, grads } = tf.engine().gradients(loss, leaves, undefined, true);
    const ports = c.inputs.flatMap((input) => (input ? [input.port] : []));
    tensors.set("out", tf.keep(value));
    ports.forEach((port, index) => tensors.set(`grad ${port}`, tf.keep(grads[index] ?? tf.zerosLike(leaves[index]))));
  });
  const read = [...tensors].map(async ([name, tensor]): Promise<[string, Plain]> => {
    const [batch, height, width] = tensor.shape;
    const data = Float32Array.from(await tensor.data());
    tensor.dispose();
    return [name, { shape: tensor.rank === 4 ? [batch!, 1, height!, width!] : tensor.shape, data }];
  });
  return new Map(await Promise.all(read));
}
