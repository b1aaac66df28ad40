/**
 * Sliding windows along one axis, read as one slice for each of their taps. The axis is cut into pieces as long as the
 * stride, so that a tap's values lie side by side: reshapes, slices and pads of rank 3 are all it takes, and their gradients
 * are right in every order on every backend (those of tf.maxPool are not).
 */
import type { Rank, Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../runtime/tf.ts";

export interface Windows {
  readonly kernel: number;
  readonly stride: number;
  /** Places that are filled in before the first. */
  readonly before: number;
  /** How many windows there are; places that they need after the last are filled in too. */
  readonly count: number;
}

/** x [N, H, W, C] with the windows along its height (axis 1) or width (axis 2) joined: `join` gets a tensor for each tap. */
export function joinWindows(
  tf: Tf,
  x: Tensor4D,
  axis: 1 | 2,
  windows: Windows,
  fill: number,
  join: (taps: readonly Tensor[]) => Tensor,
): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const { count } = windows;
  const [lines, shape]: [Tensor3D, [number, number, number, number]] =
    axis === 1
      ? [tf.reshape<Rank.R3>(x, [batch, height, width * channels]), [batch, count, width, channels]]
      : [tf.reshape<Rank.R3>(x, [batch * height, width, channels]), [batch, height, count, channels]];
  return tf.reshape<Rank.R4>(join(tapsOf(tf, lines, windows, fill)), shape);
}

/** x [outer, size, inner] → for each tap [outer, count, inner]. */
function tapsOf(tf: Tf, x: Tensor3D, { kernel, stride, before, count }: Windows, fill: number): Tensor3D[] {
  const [outer, size, inner] = x.shape;
  const pieces = Math.ceil(((count - 1) * stride + kernel) / stride);
  const read = Math.min(size, pieces * stride - before);
  const sides: [number, number][] = [
    [0, 0],
    [before, pieces * stride - before - read],
    [0, 0],
  ];
  const padded = tf.pad(read < size ? tf.slice(x, [0, 0, 0], [outer, read, inner]) : x, sides, fill);
  const phases = tf.reshape<Rank.R3>(padded, [outer, pieces, stride * inner]);
  return Array.from({ length: kernel }, (_, tap) =>
    tf.slice(phases, [0, Math.floor(tap / stride), (tap % stride) * inner], [outer, count, inner]),
  );
}
