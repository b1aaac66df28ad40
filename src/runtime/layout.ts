/** PyTorch's order of image features, (C, H, W), where an NHWC image becomes a vector and back. */
import type { Rank, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** [N, H, W, C] → [N, C·H·W] in (C, H, W) order. */
export function flattenChannelsFirst(tf: Tf, x: Tensor4D): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  const ordered = height * width === 1 || channels === 1 ? x : tf.transpose(x, [0, 3, 1, 2]);
  return tf.reshape<Rank.R2>(ordered, [batch, channels * height * width]);
}

/** [N, C·H·W] in (C, H, W) order → [N, H, W, C]. */
export function unflattenChannelsFirst(tf: Tf, x: Tensor2D, shape: readonly [number, number, number]): Tensor4D {
  const [channels, height, width] = shape;
  const [batch] = x.shape;
  if (height * width === 1 || channels === 1) return tf.reshape<Rank.R4>(x, [batch, height, width, channels]);
  return tf.transpose(tf.reshape<Rank.R4>(x, [batch, channels, height, width]), [0, 2, 3, 1]);
}

/**
 * x [N, H, W, C·r²] → [N, r·H, r·W, C]: each pixel's channels become r × r pixels, in PyTorch's order (channel, row, column).
 * Differentiable as often as one likes.
 */
export function pixelShuffle(tf: Tf, x: Tensor4D, r: number): Tensor4D {
  const [batch, height, width, all] = x.shape;
  const channels = all / r ** 2;
  if (hasKernel(tf, "PixelShuffle") && x.dtype === "float32") {
    registerGradient(tf);
    return runKernel(tf, "PixelShuffle", { x }, { factor: r, inverse: false });
  }
  const rows = tf.reshape<Rank.R4>(x, [batch * height, width * channels, r, r]);
  const columns = tf.reshape<Rank.R3>(tf.transpose(rows, [0, 2, 1, 3]), [batch * height * r * width, channels, r]);
  return tf.reshape<Rank.R4>(tf.transpose(columns, [0, 2, 1]), [batch, height * r, width * r, channels]);
}

/** PixelShuffle {x} {factor, inverse} → y; its gradient is its inverse. */
function registerGradient(tf: Tf): void {
  if (tf.getGradient("PixelShuffle")) return;
  tf.registerGradient({
    kernelName: "PixelShuffle",
    gradFunc: (dy, _, { factor, inverse }) => ({
      x: () => runKernel<Tensor>(tf, "PixelShuffle", { x: dy as Tensor }, { factor, inverse: !inverse }),
    }),
  });
}
