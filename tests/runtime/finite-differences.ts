/** Finite differences as the oracle of gradients. Inputs are float32, sums are taken in float64. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { draw } from "../../src/runtime/philox.ts";
import type { Tf } from "../../src/runtime/tf.ts";

export type Differentiable = (...inputs: Tensor[]) => Tensor;

/** Standard normal values, the same for the same name. */
export function normalTensor(tf: Tf, name: string, shape: number[]): Tensor {
  return tf.tensor(draw(1, name, { iteration: 0 }).normal(tf.util.sizeFromShape(shape)), shape);
}

/**
 * How far the gradient of Σ w·f(inputs), for random weights w, lies from finite differences, relative to its length, along
 * random directions in each input. NaN or Infinity where the gradient is no number.
 */
export function gradientError(tf: Tf, f: Differentiable, inputs: readonly Tensor[]): number {
  return tf.tidy(() => {
    const weights = normalTensor(tf, "weights", f(...inputs).shape);
    const slopes = gradients(tf, () => tf.sum(tf.mul(f(...inputs), weights)), inputs);
    const value = (x: Tensor[]) => dot(f(...x), weights);
    return Math.max(...inputs.map((_, i) => directionalError(tf, value, inputs, i, slopes[i])));
  });
}

/** y + ½y² of f: what a linear f hands back then depends on its input too, and its second order is not merely 0. */
export const bent =
  (tf: Tf, f: Differentiable): Differentiable =>
  (...inputs) => {
    const y = f(...inputs);
    return tf.add(y, tf.mul(tf.square(y), 0.5));
  };

/** The same for the second order. */
export function secondOrderError(tf: Tf, f: Differentiable, inputs: readonly Tensor[]): number {
  return tf.tidy(() => {
    const { first, bowls, second } = secondOrderOf(tf, f, inputs);
    const value = (x: Tensor[]) => first(x).reduce((sum, g, i) => sum + dot(g, bowls[i]) + 0.5 * dot(g, g), 0);
    const slopes = second();
    return Math.max(...inputs.map((_, i) => directionalError(tf, value, inputs, i, slopes[i])));
  });
}

/** The gradient of Σ v·∇ + ½Σ ∇² with respect to each input, where ∇ is that of Σ w·f with respect to all, for random w and v. */
export const secondGradients = (tf: Tf, f: Differentiable, inputs: readonly Tensor[]): Tensor[] =>
  secondOrderOf(tf, f, inputs).second();

function secondOrderOf(tf: Tf, f: Differentiable, inputs: readonly Tensor[]) {
  const weights = normalTensor(tf, "weights", f(...inputs).shape);
  const bowls = inputs.map((input, i) => normalTensor(tf, `second ${i}`, input.shape));
  const first = (x: readonly Tensor[]) => gradients(tf, () => tf.sum(tf.mul(f(...x), weights)), x);
  const bowl = (g: Tensor, i: number) => tf.sum<Scalar>(tf.add(tf.mul(g, bowls[i]), tf.mul(tf.square(g), 0.5)));
  const sum = () =>
    first(inputs)
      .map(bowl)
      .reduce((a, b) => tf.add(a, b));
  return { first, bowls, second: () => gradients(tf, sum, inputs) };
}

/**
 * |⟨gradient, v⟩ − difference along v| / |gradient| for a few random unit directions v in input i. Where a step runs over a kink
 * (of a maximum, a bound) or a steep bend, a shorter one does not; a gradient that is wrong is so for every step.
 */
export function directionalError(
  tf: Tf,
  value: (inputs: Tensor[]) => number,
  inputs: readonly Tensor[],
  index: number,
  gradient: Tensor,
): number {
  const errors = [0, 1, 2].map((k) => {
    const raw = normalTensor(tf, `direction ${index} ${k}`, inputs[index].shape);
    const direction = tf.div(raw, tf.norm(raw));
    const at = (step: number) =>
      value(inputs.map((input, i) => (i === index ? tf.add(input, tf.mul(direction, step)) : input)));
    const central = (step: number) => (at(step) - at(-step)) / (2 * step);
    const length = Math.sqrt(dot(gradient, gradient));
    const slope = dot(gradient, direction);
    let least = Infinity;
    for (const step of STEPS) {
      // Richardson's extrapolation: an error of step⁴ allows a step that float32 does not drown.
      const difference = (4 * central(step) - central(2 * step)) / 3;
      const error = Math.abs(slope - difference) / Math.max(length, Math.abs(difference), 1e-6);
      if (Number.isNaN(error)) return error;
      least = Math.min(least, error);
      if (least < 5e-4) break;
    }
    return least;
  });
  return errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
}

const STEPS = [2e-2, 4e-3, 8e-4];

/** The gradients of y, zeros where it does not depend on an input. */
function gradients(tf: Tf, y: () => Scalar, inputs: readonly Tensor[]): Tensor[] {
  const { grads } = tf.engine().gradients<Scalar>(y, [...inputs], undefined, true);
  return inputs.map((input, i) => grads[i] ?? tf.zerosLike(input));
}

export function dot(a: Tensor, b: Tensor): number {
  const [p, q] = [a.dataSync(), b.dataSync()];
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i] * q[i];
  return sum;
}
