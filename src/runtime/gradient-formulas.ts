/** The longer formulas of gradient-table.ts. Ranks stay at 4 or below, and every step can be differentiated again. */
import type { NamedAttrMap, Rank, Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "./tf.ts";

/** Where an output pixel of a resize reads its input, as tf.image names it. */
export interface ResizeGrid {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** The gradient of a broadcast: the sum over the axes along which `shape` was stretched. */
export function sumToShape(tf: Tf, dy: Tensor, shape: number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape);
}

/** Folds the mirrored borders back onto the pixels that they repeat, axis by axis. */
export function mirrorPadGradient(tf: Tf, dy: Tensor, shape: number[], paddings: number[][], mode: string): Tensor {
  const skipped = mode === "reflect" ? 1 : 0;
  return paddings.reduce((folded, [before, after], axis) => {
    const size = shape[axis];
    const part = (begin: number, length: number): Tensor3D => {
      const [outer, padded, inner] = aroundAxis(folded.shape, axis);
      return tf.slice(tf.reshape<Rank.R3>(folded, [outer, padded, inner]), [0, begin, 0], [outer, length, inner]);
    };
    const mirrored = (begin: number, length: number, place: number): Tensor3D =>
      tf.pad(tf.reverse(part(begin, length), 1), [
        [0, 0],
        [place, size - place - length],
        [0, 0],
      ]);
    let sum = part(before, size);
    if (before > 0) sum = tf.add(sum, mirrored(0, before, skipped));
    if (after > 0) sum = tf.add(sum, mirrored(before + size, after, size - skipped - after));
    return tf.reshape(sum, withAxis(folded.shape, axis, size));
  }, dy);
}

/** The adjoint of bilinear interpolation: each output pixel gives to two rows and two columns by their shares. */
export function resizeBilinearGradient(tf: Tf, dy: Tensor4D, shape: number[], grid: ResizeGrid): Tensor4D {
  return adjointOfResize(tf, dy, shape, (i, from, to) => {
    const place = Math.min(Math.max(0, sourceOf(i, from, to, grid, 0.5)), from - 1);
    const low = Math.floor(place);
    return [
      [low, 1 - (place - low)],
      [Math.min(low + 1, from - 1), place - low],
    ];
  });
}

/** The adjoint of nearest-neighbour interpolation; for whole factors, the sum of each block of equal pixels. */
export function resizeNearestGradient(tf: Tf, dy: Tensor4D, shape: number[], grid: ResizeGrid): Tensor4D {
  const rows = dy.shape[1] / shape[1];
  const columns = dy.shape[2] / shape[2];
  if (!grid.alignCorners && Number.isInteger(rows) && Number.isInteger(columns)) {
    return tf.mul(tf.avgPool(dy, [rows, columns], [rows, columns], "valid"), rows * columns);
  }
  return adjointOfResize(tf, dy, shape, (i, from, to) => {
    const place = sourceOf(i, from, to, grid, 0);
    return [[Math.min(grid.alignCorners ? Math.round(place) : Math.floor(place), from - 1), 1]];
  });
}

/** dy [N, H·s, W·s, C] → [N, H, W, s·s·C]. */
export function depthToSpaceGradient(tf: Tf, dy: Tensor4D, blockSize: number): Tensor4D {
  const [batch, tall, wide, channels] = dy.shape;
  const [height, width] = [tall / blockSize, wide / blockSize];
  const rows = tf.reshape<Rank.R4>(dy, [batch * height, blockSize, width, blockSize * channels]);
  return tf.reshape<Rank.R4>(tf.transpose(rows, [0, 2, 1, 3]), [batch, height, width, blockSize ** 2 * channels]);
}

/** Puts each element of dy back where it was read, zeros elsewhere. */
export function stridedSliceGradient(tf: Tf, dy: Tensor, shape: number[], attrs: NamedAttrMap): Tensor {
  const list = (name: string) => attrs[name] as number[];
  const flags = (name: string) => attrs[name] as number;
  // Forwards, TensorFlow.js reads the wrong elements when a strided slice also drops or adds axes.
  if (attrs.shrinkAxisMask || attrs.newAxisMask) throw new Error("A strided slice may not change the rank.");
  const { begin, end, strides } = tf.slice_util.sliceInfo(
    shape,
    list("begin"),
    list("end"),
    list("strides"),
    flags("beginMask"),
    flags("endMask"),
    flags("ellipsisMask"),
    flags("newAxisMask"),
    flags("shrinkAxisMask"),
  );
  const taken = tf.slice_util.computeOutShape(begin, end, strides);
  return shape.reduce<Tensor>(
    (spread, size, axis) => spreadAlong(tf, spread, axis, begin[axis], strides[axis], size),
    tf.reshape(dy, taken),
  );
}

/** Sums the rows of dy that were read from the same row of x, by a product with the one-hot indices. */
export function gatherGradient(tf: Tf, dy: Tensor, shape: number[], indices: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + shape.length : axis;
  const [outer, size, inner] = aroundAxis(shape, at);
  // Not tf.oneHot: it refuses a single row, and on wasm it writes integers whatever data type it is asked for.
  const places = tf.reshape(tf.cast(indices, "int32"), [-1, 1]);
  const chosen = tf.cast(tf.equal(places, tf.range(0, size, 1, "int32")) as Tensor2D, "float32");
  const rows = tf.transpose(tf.reshape<Rank.R3>(dy, [outer, indices.size, inner]), [1, 0, 2]);
  const sums = tf.matMul(chosen, tf.reshape<Rank.R2>(rows, [indices.size, outer * inner]), true);
  return tf.reshape(tf.transpose(tf.reshape<Rank.R3>(sums, [size, outer, inner]), [1, 0, 2]), shape);
}

/** The place in the input that output pixel i of one axis reads; backends compute it in float32. */
function sourceOf(i: number, from: number, to: number, grid: ResizeGrid, shift: number): number {
  const ratio = Math.fround(grid.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);
  return grid.halfPixelCenters ? Math.fround(ratio * (i + 0.5)) - shift : Math.fround(ratio * i);
}

/** For output pixel i, the input pixels that it reads and their weights; `from` and `to` are the sizes of the axis. */
type Taps = (i: number, from: number, to: number) => (readonly [pixel: number, weight: number])[];

/** dy [N, h, w, C] → [N, H, W, C] by one matrix for the rows and one for the columns. */
function adjointOfResize(tf: Tf, dy: Tensor4D, [batch, height, width, channels]: number[], taps: Taps): Tensor4D {
  const [, tall, wide] = dy.shape;
  const rows = tf.reshape<Rank.R2>(tf.transpose(dy, [1, 0, 2, 3]), [tall, batch * wide * channels]);
  const shrunk = tf.reshape<Rank.R4>(tf.matMul(weights(tf, taps, height, tall), rows), [height, batch, wide, channels]);
  const columns = tf.reshape<Rank.R2>(tf.transpose(shrunk, [2, 1, 0, 3]), [wide, batch * height * channels]);
  const sums = tf.reshape<Rank.R4>(tf.matMul(weights(tf, taps, width, wide), columns), [
    width,
    batch,
    height,
    channels,
  ]);
  return tf.transpose(sums, [1, 2, 0, 3]);
}

function weights(tf: Tf, taps: Taps, from: number, to: number): Tensor2D {
  const matrix = new Float32Array(from * to);
  for (let i = 0; i < to; i++) for (const [pixel, weight] of taps(i, from, to)) matrix[pixel * to + i] += weight;
  return tf.tensor2d(matrix, [from, to]);
}

/** Element k of the axis goes to begin + k · stride of an axis of the given size. */
function spreadAlong(tf: Tf, x: Tensor, axis: number, begin: number, stride: number, size: number): Tensor {
  const [outer, count, inner] = aroundAxis(x.shape, axis);
  const step = Math.abs(stride);
  const length = (count - 1) * step + 1;
  const first = stride > 0 ? begin : begin - length + 1;
  const lines = tf.reshape<Rank.R3>(x, [outer, count, inner]);
  const ascending = tf.reshape<Rank.R3>(stride > 0 ? lines : tf.reverse(lines, 1), [outer * count, 1, inner]);
  const apart = tf.pad(ascending, [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  const trimmed = tf.slice(tf.reshape<Rank.R3>(apart, [outer, count * step, inner]), [0, 0, 0], [outer, length, inner]);
  const placed = tf.pad(trimmed, [
    [0, 0],
    [first, size - first - length],
    [0, 0],
  ]);
  return tf.reshape(placed, withAxis(x.shape, axis, size));
}

/** A shape as three sizes: before the axis, the axis, after it. */
function aroundAxis(shape: number[], axis: number): [number, number, number] {
  const product = (sizes: number[]) => sizes.reduce((a, b) => a * b, 1);
  return [product(shape.slice(0, axis)), shape[axis], product(shape.slice(axis + 1))];
}

function withAxis(shape: number[], axis: number, size: number): number[] {
  return shape.map((old, i) => (i === axis ? size : old));
}
