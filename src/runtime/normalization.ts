/**
 * Batch normalization over the last axis (Ioffe and Szegedy, 2015), with PyTorch's formulas: the biased variance
 * normalizes; what a caller keeps as running statistics is its own affair. An activation that only weakens negative values may be
 * a part of it: `leak` is what it multiplies them by, 0 or more, and 1 where there is none.
 */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { leaked } from "./activation.ts";
import { hasKernel, runKernels } from "./fused.ts";
import type { Tf } from "./tf.ts";

export interface BatchNormalized<T extends Tensor> {
  /** Of x's shape. */
  readonly y: T;
  /** [C] */
  readonly mean: Tensor1D;
  /** [C], biased: divided by the number of values, not by one less. */
  readonly variance: Tensor1D;
  /** How many values of a channel they are taken of. */
  readonly count: number;
}

/** x [..., C], gamma and beta [C]. Differentiable through the statistics, twice, the statistics too. */
export function batchNormTrain<T extends Tensor>(
  tf: Tf,
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
  leak = 1,
): BatchNormalized<T> {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const mean = tf.mean<Tensor1D>(x, axes);
  const centred = tf.sub<T>(x, mean);
  const variance = tf.mean<Tensor1D>(tf.square(centred), axes);
  const scale = tf.div(gamma, tf.sqrt(tf.add(variance, epsilon)));
  const y = tf.add<T>(tf.mul(centred, scale), beta);
  return { y: leaked(tf, y, leak), mean, variance, count: x.size / gamma.size };
}

/** The same in one kernel each way, where the backend has it; mean and variance carry no gradient. Once differentiable. */
export function fusedBatchNormTrain<T extends Tensor>(
  tf: Tf,
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
  leak = 1,
): BatchNormalized<T> {
  if (!hasKernel(tf, "BatchNormTrain")) return batchNormTrain(tf, x, gamma, beta, epsilon, leak);
  registerGradient(tf);
  const [y, mean, variance] = runKernels(tf, "BatchNormTrain", { x, gamma, beta }, { epsilon, leak });
  return { y: y as T, mean: mean as Tensor1D, variance: variance as Tensor1D, count: x.size / gamma.size };
}

export interface RunningStatistics {
  readonly mean: Tensor1D;
  /** Of the unbiased variances, as PyTorch keeps it. */
  readonly variance: Tensor1D;
}

/** Both averages after a batch, of which `momentum` enters. */
export function moveStatistics(
  tf: Tf,
  running: RunningStatistics,
  { mean, variance, count }: BatchNormalized<Tensor>,
  momentum: number,
): RunningStatistics {
  const blend = (old: Tensor1D, now: Tensor) => tf.add<Tensor1D>(tf.mul(old, 1 - momentum), tf.mul(now, momentum));
  return {
    mean: blend(running.mean, mean),
    variance: blend(running.variance, tf.mul(variance, count / Math.max(1, count - 1))),
  };
}

/** The same in one kernel, where the backend has it. They carry no gradient. */
export function fusedMoveStatistics(
  tf: Tf,
  running: RunningStatistics,
  batch: BatchNormalized<Tensor>,
  momentum: number,
): RunningStatistics {
  if (!hasKernel(tf, "MoveStatistics")) return moveStatistics(tf, running, batch, momentum);
  const inputs = { mean: running.mean, variance: running.variance, newMean: batch.mean, newVariance: batch.variance };
  const unbiased = batch.count / Math.max(1, batch.count - 1);
  const [mean, variance] = runKernels(tf, "MoveStatistics", inputs, { momentum, unbiased });
  return { mean: mean as Tensor1D, variance: variance as Tensor1D };
}

/** x [..., C] by given statistics [C], which carry gradients too. */
export function batchNormInference<T extends Tensor>(
  tf: Tf,
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  mean: Tensor1D,
  variance: Tensor1D,
  epsilon: number,
): T {
  const scale = tf.div(gamma, tf.sqrt(tf.add(variance, epsilon)));
  return tf.add<T>(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
}

function registerGradient(tf: Tf): void {
  if (tf.getGradient("BatchNormTrain")) return;
  tf.registerGradient({
    kernelName: "BatchNormTrain",
    inputsToSave: ["x"],
    outputsToSave: [false, false, false, true],
    gradFunc: (dys, [x, kept], { leak }) => {
      const [dy] = dys as Tensor[];
      const [dx, dgamma, dbeta] = runKernels(tf, "BatchNormTrainGrad", { x, dy, kept }, { leak });
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  });
}
