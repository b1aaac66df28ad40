/** PyTorch's order of image features, (C, H, W), where an NHWC image becomes a vector and back. */
import type { Rank, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
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
