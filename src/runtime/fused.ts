/**
 * The project's own fused kernels, where the backend in use has them: one kernel forward, one backward. They are
 * differentiable once only, so callers keep a composed form for gradients of gradients.
 */
import type { NamedAttrMap, NamedTensorMap, Tensor } from "@tensorflow/tfjs";
import type { Tf } from "./tf.ts";

/**
 * BatchNormTrain {x, gamma, beta} {epsilon, leak} → [y, mean, variance (biased), kept] ·
 * BatchNormTrainGrad {x, dy, kept} {leak} → [dx, dgamma, dbeta], where kept [4, C] is mean, 1 / √(variance + epsilon), γ and β ·
 * BatchMoments, BatchNormBy, BatchNormSums, BatchNormGradBy: their halves, see wasm/normalization.ts ·
 * MoveStatistics {mean, variance, newMean, newVariance} {momentum, unbiased} → [mean, variance] ·
 * MeanTerm, MeanTermGrad: see mean-terms.ts ·
 * GroupNorm, LayerNorm, RmsNorm and their gradients: see wasm/sample-normalization.ts ·
 * Pointwise, PReluTrain, SoftmaxGrad and their gradients: see wasm/pointwise.ts · PixelShuffle: see layout.ts ·
 * SeparableMap {x} {tall, wide} → y: see separable.ts · MaxPoolFirst, MaxPoolFirstGrad: see pooling.ts ·
 * AddBias, AddBiasLeaky, Leak and the gradient: see wasm/biased.ts ·
 * LeakyReluGrad {x, dy} {alpha} → dx · TanhGrad, SigmoidGrad {y, dy} → dx ·
 * GroupedConv2D, GroupedConv2DBackpropInput, GroupedConv2DBackpropFilter: see grouped.ts ·
 * OptimizerStep, Assemble: an optimizer's step on all weights at once (flat.ts) ·
 * WeightedSum {a, b} {first, second} → first · a + second · b · Length {any names} → ‖·‖₂ of all of them together ·
 * AdamUpdate {param, m, v, grad} {learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step} → [param, m, v]
 */
export type FusedKernel =
  | "BatchNormTrain"
  | "BatchNormTrainGrad"
  | "BatchMoments"
  | "BatchNormBy"
  | "BatchNormSums"
  | "BatchNormGradBy"
  | "MoveStatistics"
  | "MeanTerm"
  | "MeanTermGrad"
  | "GroupNorm"
  | "GroupNormGrad"
  | "LayerNorm"
  | "LayerNormGrad"
  | "RmsNorm"
  | "RmsNormGrad"
  | "SeparableMap"
  | "PixelShuffle"
  | "Pointwise"
  | "PointwiseGrad"
  | "PReluTrain"
  | "PReluTrainGrad"
  | "SoftmaxGrad"
  | "MaxPoolFirst"
  | "MaxPoolFirstGrad"
  | "AddBias"
  | "AddBiasLeaky"
  | "AddBiasLeakyGrad"
  | "Leak"
  | "LeakyReluGrad"
  | "TanhGrad"
  | "SigmoidGrad"
  | "AdamUpdate"
  | "WeightedSum"
  | "Length"
  | "OptimizerStep"
  | "Assemble"
  | "GroupedConv2D"
  | "GroupedConv2DBackpropInput"
  | "GroupedConv2DBackpropFilter";

/** Handed to the kernel as they are. */
type Attributes = Readonly<Record<string, unknown>>;

/** Whether the backend in use has the kernel. */
export function hasKernel(tf: Tf, kernel: FusedKernel): boolean {
  return tf.getKernel(kernel, tf.getBackend()) !== undefined;
}

/** Runs a kernel with one output. */
export function runKernel<T extends Tensor>(
  tf: Tf,
  kernel: FusedKernel,
  inputs: NamedTensorMap,
  attrs?: Attributes,
): T {
  return tf.engine().runKernel<T>(kernel, inputs, attrs as NamedAttrMap);
}

/** Runs a kernel with several outputs. */
export function runKernels(tf: Tf, kernel: FusedKernel, inputs: NamedTensorMap, attrs?: Attributes): Tensor[] {
  return tf.engine().runKernel<Tensor[]>(kernel, inputs, attrs as NamedAttrMap);
}
