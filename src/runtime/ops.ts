/**
 * The operations that a network of a GAN is made of, in PyTorch's meaning and TensorFlow.js's layout (images NHWC), behind
 * one interface. What it knows is whether gradients of gradients will be asked for; callers need not know about kernels.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { fusedLeakyRelu, fusedRelu, fusedSigmoid, fusedTanh, leaked } from "./activation.ts";
import { fusedBias } from "./biased.ts";
import { type ConvolutionGeometry, type TransposedGeometry, conv2d, convTranspose2d } from "./convolution.ts";
import { repairGradients } from "./gradients.ts";
import { flattenChannelsFirst, pixelShuffle, unflattenChannelsFirst } from "./layout.ts";
import { bce, bceWithLogits, logSoftmax } from "./loss.ts";
import {
  type BatchNormalized,
  batchNormInference,
  batchNormTrain,
  fusedBatchNormTrain,
  fusedMoveStatistics,
  moveStatistics,
  type RunningStatistics,
} from "./normalization.ts";
import { fusedMean, type MeanTerm } from "./mean-terms.ts";
import type { Parts } from "./parts.ts";
import { fusedPointwise, fusedPrelu, fusedSoftmax, type PointwiseFunction } from "./pointwise.ts";
import { fusedMaxPool, type PoolWindows } from "./pooling.ts";
import {
  type Affine,
  fusedGroupNorm,
  fusedLayerNorm,
  fusedRmsNorm,
  groupNorm,
  layerNorm,
  rmsNorm,
} from "./sample-normalization.ts";
import { type AxisTaps, separable } from "./separable.ts";
import { unrecorded } from "./tape.ts";
import type { Tf } from "./tf.ts";

export interface Ops {
  /** x [N, H, W, in], filter [kh, kw, in/groups, out], bias [out]. Negative results are multiplied by `leak`, 1 if left out. */
  conv2d(x: Tensor4D, filter: Tensor4D, bias: Tensor1D | null, geometry: ConvolutionGeometry, leak?: number): Tensor4D;
  /** x [N, H, W, in], filter [kh, kw, out/groups, in], bias [out]; groups split `in`; `leak` as above. */
  convTranspose2d(
    x: Tensor4D,
    filter: Tensor4D,
    bias: Tensor1D | null,
    geometry: TransposedGeometry,
    leak?: number,
  ): Tensor4D;
  /** x [N, in], weight [out, in] as PyTorch keeps it, bias [out] → [N, out]; `leak` as above. */
  linear(x: Tensor2D, weight: Tensor2D, bias: Tensor1D | null, leak?: number): Tensor2D;
  /** x above 0, else leak · x; x is taken over: the caller has made it, and nothing reads it afterwards. */
  leakInPlace<T extends Tensor>(x: T, leak: number | undefined): T;

  /** x [..., C] by the statistics of the batch. Negative values of the result are multiplied by `leak`, 1 where it is left out. */
  batchNormTrain<T extends Tensor>(
    x: T,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    leak?: number,
  ): BatchNormalized<T>;
  /** Running statistics after a batch, of which `momentum` enters. They carry gradients only to be differentiated twice. */
  moveStatistics(running: RunningStatistics, batch: BatchNormalized<Tensor>, momentum: number): RunningStatistics;
  /** x [..., C] by given statistics. */
  batchNormInference<T extends Tensor>(
    x: T,
    gamma: Tensor1D,
    beta: Tensor1D,
    mean: Tensor1D,
    variance: Tensor1D,
    epsilon: number,
  ): T;

  /** x [N, …, C] by the statistics of each sample in each of `groups` equal parts of its channels; `leak` as above. */
  groupNorm(x: Tensor, groups: number, affine: Affine | null, epsilon: number, leak?: number): Tensor;
  /** x [N, …] by the statistics of each sample; scale and offset have a sample's shape. */
  layerNorm(x: Tensor, affine: Affine | null, epsilon: number): Tensor;
  /** x [..., C] / √(mean of x² over the last axis + ε) */
  rmsNorm<T extends Tensor>(x: T, epsilon: number): T;

  /** The largest value of each window of x [N, H, W, C], which alone gets a gradient: of equal ones the first. */
  maxPool(x: Tensor4D, tall: PoolWindows, wide: PoolWindows, composed: () => Tensor4D): Tensor4D;
  /** A map of x's height and one of its width, [N, H, W, C] → [N, tall.length, wide.length, C]; `composed` is the same. */
  separable(x: Tensor4D, tall: AxisTaps, wide: AxisTaps, composed: () => Tensor4D): Tensor4D;

  relu<T extends Tensor>(x: T): T;
  leakyRelu<T extends Tensor>(x: T, slope: number): T;
  tanh<T extends Tensor>(x: T): T;
  sigmoid<T extends Tensor>(x: T): T;
  /** log(1 + eˣ) */
  softplus<T extends Tensor>(x: T): T;
  /** A function of each value alone; `composed` is the same. */
  pointwise<T extends Tensor>(x: T, f: PointwiseFunction, composed: () => T): T;
  /** x above 0, else slope · x, with one slope or one for each place of the last axis. */
  prelu<T extends Tensor>(x: T, slope: Tensor): T;
  /** eˣ / Σ eˣ over the last axis. */
  softmax<T extends Tensor>(x: T): T;

  /** [N, H, W, C] → [N, C·H·W] in (C, H, W) order. */
  flattenChannelsFirst(x: Tensor4D): Tensor2D;
  /** [N, C·H·W] in (C, H, W) order → [N, H, W, C]; shape is [C, H, W]. */
  unflattenChannelsFirst(x: Tensor2D, shape: readonly [number, number, number]): Tensor4D;

  /** [N, H, W, C·r²] → [N, r·H, r·W, C] with channels in PyTorch's order. */
  pixelShuffle(x: Tensor4D, r: number): Tensor4D;

  /** What `compute` gives, as a constant: gradients of every order stop there. */
  withoutGradient<T extends Tensor>(compute: () => T): T;

  /** x_k − log Σ eˣ over the last axis, finite for every x. */
  logSoftmax<T extends Tensor>(x: T): T;
  /** The mean over all of x of a function of each value; `composed` is the same. */
  meanOf(x: Tensor, term: MeanTerm, composed: () => Scalar): Scalar;
  /** Mean binary cross-entropy of logits against one target in [0, 1]. */
  bceWithLogits(logits: Tensor, target: number): Scalar;
  /** Mean binary cross-entropy of probabilities against one target in [0, 1], logarithms clamped at −100. */
  bce(probabilities: Tensor, target: number): Scalar;
}

export interface OpsOptions {
  /** Whether gradients will themselves be differentiated (gradient penalties, unrolling). Then nothing is fused. */
  readonly secondOrder: boolean;
  /** Where a batch is computed in parts: how this one meets the others. What is differentiated twice meets nobody. */
  readonly parts?: Pick<Parts, "batchNormTrain"> | null;
}

/** The operations for the backend in use. Repairs TensorFlow.js's gradients first. */
export function createOps(tf: Tf, { secondOrder, parts = null }: OpsOptions): Ops {
  repairGradients(tf);
  const behind = <T extends Tensor>(y: T, bias: Tensor1D | null, leak = 1): T =>
    secondOrder ? leaked(tf, bias ? tf.add<T>(y, bias) : y, leak) : fusedBias(tf, y, bias, leak);
  const meanOf: Ops["meanOf"] = (x, term, composed) => (secondOrder ? composed() : fusedMean(tf, x, term, composed));
  return {
    conv2d: (x, filter, bias, geometry, leak) => behind(conv2d(tf, x, filter, geometry), bias, leak),
    convTranspose2d: (x, filter, bias, geometry, leak) => behind(convTranspose2d(tf, x, filter, geometry), bias, leak),
    linear: (x, weight, bias, leak) => behind(tf.matMul(x, weight, false, true), bias, leak),
    leakInPlace: (x, leak) => behind(x, null, leak),

    batchNormTrain(...given) {
      if (secondOrder) return batchNormTrain(tf, ...given);
      return parts?.batchNormTrain(...given) ?? fusedBatchNormTrain(tf, ...given);
    },
    moveStatistics: (...given) => (secondOrder ? moveStatistics : fusedMoveStatistics)(tf, ...given),
    batchNormInference: (x, gamma, beta, mean, variance, epsilon) =>
      batchNormInference(tf, x, gamma, beta, mean, variance, epsilon),

    groupNorm: (...given) => (secondOrder ? groupNorm : fusedGroupNorm)(tf, ...given),
    layerNorm: (...given) => (secondOrder ? layerNorm : fusedLayerNorm)(tf, ...given),
    rmsNorm: (...given) => (secondOrder ? rmsNorm : fusedRmsNorm)(tf, ...given),

    maxPool: (x, tall, wide, composed) => (secondOrder ? composed() : fusedMaxPool(tf, x, tall, wide, composed)),
    separable: (...given) => separable(tf, ...given),

    relu: (x) => (secondOrder ? leaked(tf, x, 0) : fusedRelu(tf, x)),
    leakyRelu: (x, slope) => (secondOrder ? leaked(tf, x, slope) : fusedLeakyRelu(tf, x, slope)),
    tanh: (x) => (secondOrder ? tf.tanh(x) : fusedTanh(tf, x)),
    sigmoid: (x) => (secondOrder ? tf.sigmoid(x) : fusedSigmoid(tf, x)),
    softplus: (x) => tf.softplus(x),
    pointwise: (x, f, composed) => (secondOrder ? composed() : fusedPointwise(tf, x, f, composed)),
    prelu(x, slope) {
      const composed = () => tf.add<typeof x>(tf.relu(x), tf.mul(tf.minimum(x, 0), slope));
      return secondOrder ? composed() : fusedPrelu(tf, x, slope, composed);
    },
    softmax: (x) => (secondOrder ? tf.softmax(x) : fusedSoftmax(tf, x)),

    flattenChannelsFirst: (x) => flattenChannelsFirst(tf, x),
    unflattenChannelsFirst: (x, shape) => unflattenChannelsFirst(tf, x, shape),

    pixelShuffle: (x, r) => pixelShuffle(tf, x, r),

    withoutGradient: (compute) => unrecorded(tf, compute),

    logSoftmax: (x) => logSoftmax(tf, x),
    meanOf,
    bceWithLogits: (x, t) => meanOf(x, { of: "logits", t }, () => bceWithLogits(tf, x, t)),
    bce: (p, t) => meanOf(p, { of: "probability", t }, () => bce(tf, p, t)),
  };
}
