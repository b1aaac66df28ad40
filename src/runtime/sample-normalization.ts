/**
 * Normalizations of each sample by its own statistics, with PyTorch's formulas (biased variance): over the pixels of groups of
 * channels (Wu and He, 2018; of single channels: Ulyanov et al., 2016), over all of a sample (Ba et al., 2016), and over the
 * channels of each pixel without their mean (Karras et al., 2018). The fused forms are one kernel each way, once differentiable.
 * `leak` is as in normalization.ts.
 */
import type { Rank, Tensor } from "@tensorflow/tfjs";
import { leaked } from "./activation.ts";
import { hasKernel, runKernel, runKernels } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** x̂ · scale + offset with scale and offset [C], or [N, C] where each sample has its own; null is 1 and 0. */
export interface Affine {
  readonly scale: Tensor;
  readonly offset: Tensor;
}

/** x [N, …, C] with mean 0 and variance 1 over all values of a sample in each of `groups` equal parts of the channels. */
export function groupNorm(tf: Tf, x: Tensor, groups: number, affine: Affine | null, epsilon: number, leak = 1): Tensor {
  const [batch, channels] = [x.shape[0], x.shape[x.rank - 1]];
  const pixels = x.size / (batch * channels);
  const parts = tf.reshape<Rank.R4>(x, [batch, pixels, groups, channels / groups]);
  const y = tf.reshape(standardize(tf, parts, [1, 3], epsilon), x.shape);
  if (!affine) return leaked(tf, y, leak);
  const spread = (each: Tensor) =>
    each.rank === 1 ? each : tf.reshape(each, [batch, ...x.shape.slice(1, -1).map(() => 1), channels]);
  return leaked(tf, tf.add(tf.mul(y, spread(affine.scale)), spread(affine.offset)), leak);
}

export function fusedGroupNorm(
  tf: Tf,
  x: Tensor,
  groups: number,
  affine: Affine | null,
  epsilon: number,
  leak = 1,
): Tensor {
  if (!hasKernel(tf, "GroupNorm")) return groupNorm(tf, x, groups, affine, epsilon, leak);
  registerGradients(tf);
  const { scale: gamma, offset: beta } = affine ?? unscaled(tf, [x.shape[x.rank - 1]]);
  return runKernels(tf, "GroupNorm", { x, gamma, beta }, { groups, epsilon, leak })[0];
}

/** x [N, …] with mean 0 and variance 1 over each sample; scale and offset have a sample's shape. */
export function layerNorm(tf: Tf, x: Tensor, affine: Affine | null, epsilon: number): Tensor {
  const axes = x.shape.slice(1).map((_, axis) => axis + 1);
  const y = standardize(tf, x, axes, epsilon);
  return affine ? tf.add(tf.mul(y, affine.scale), affine.offset) : y;
}

export function fusedLayerNorm(tf: Tf, x: Tensor, affine: Affine | null, epsilon: number): Tensor {
  if (!hasKernel(tf, "LayerNorm")) return layerNorm(tf, x, affine, epsilon);
  registerGradients(tf);
  const { scale: gamma, offset: beta } = affine ?? unscaled(tf, x.shape.slice(1));
  return runKernels(tf, "LayerNorm", { x, gamma, beta }, { epsilon })[0];
}

/** x [..., C] / √(mean of x² over the last axis + ε) */
export function rmsNorm<T extends Tensor>(tf: Tf, x: T, epsilon: number): T {
  return tf.div<T>(x, tf.sqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)));
}

export function fusedRmsNorm<T extends Tensor>(tf: Tf, x: T, epsilon: number): T {
  if (!hasKernel(tf, "RmsNorm")) return rmsNorm(tf, x, epsilon);
  registerGradients(tf);
  return runKernels(tf, "RmsNorm", { x }, { epsilon })[0] as T;
}

/** (x − μ) / √(σ² + ε) over these axes; differentiable twice. */
function standardize(tf: Tf, x: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  return tf.div(centred, tf.sqrt(tf.add(variance, epsilon)));
}

const unscaled = (tf: Tf, shape: number[]): Affine => ({ scale: tf.ones(shape), offset: tf.zeros(shape) });

function registerGradients(tf: Tf): void {
  if (tf.getGradient("GroupNorm")) return;
  const scaled = (
    kernelName: "GroupNorm" | "LayerNorm",
    gradient: "GroupNormGrad" | "LayerNormGrad",
    inputsToSave: readonly string[],
  ) =>
    tf.registerGradient({
      kernelName,
      inputsToSave: [...inputsToSave],
      outputsToSave: [false, true, true],
      gradFunc: (dys, saved, attrs) => {
        const given = inputsToSave.map((name, i) => [name, saved[i]] as const);
        const [mean, rstd] = saved.slice(inputsToSave.length);
        const inputs = { ...Object.fromEntries(given), dy: (dys as Tensor[])[0], mean, rstd };
        const [dx, dgamma, dbeta] = runKernels(tf, gradient, inputs, attrs);
        return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
      },
    });
  scaled("GroupNorm", "GroupNormGrad", ["x", "gamma", "beta"]);
  scaled("LayerNorm", "LayerNormGrad", ["x", "gamma"]);
  tf.registerGradient({
    kernelName: "RmsNorm",
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (dys, [x, rstd]) => ({
      x: () => runKernel(tf, "RmsNormGrad", { x, dy: (dys as Tensor[])[0], rstd }),
    }),
  });
}
