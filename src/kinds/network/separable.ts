/**
 * Linear maps of an image that treat height and width apart: y = A x Bᵀ for every channel, with constant matrices. Averages
 * over windows of any shape are such maps, and products of matrices have right gradients of every order on every backend.
 */
import type { Rank, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { AxisTaps } from "../../runtime/separable.ts";
import type { Tf } from "../../runtime/tf.ts";
import type { OnnxContext } from "../lowering.ts";

/** One row for each output place: what it takes of each input place. */
export type Matrix = readonly (readonly number[])[];

/** The row of an average over `begin` … `end` − 1 of `size` places, divided by `count`. */
export const averageRow = (size: number, begin: number, end: number, count: number): readonly number[] =>
  Array.from({ length: size }, (_, place) => (place >= begin && place < end ? 1 / count : 0));

/** The places that a row takes something of. */
export const tapsOf = (matrix: Matrix): AxisTaps =>
  matrix.map((row) => row.flatMap((weight, place) => (weight === 0 ? [] : [[place, weight] as const])));

/** Averages of `count` windows side by side, which cover the axis. */
export const averageTaps = (size: number, count: number): AxisTaps => {
  const window = size / count;
  return Array.from({ length: count }, (_, at) =>
    Array.from({ length: window }, (_, place) => [at * window + place, 1 / window] as const),
  );
};

/** A longer axis that repeats places of the one it comes from: `placeOf` says which, or null for a zero. */
export const copyTaps = (length: number, placeOf: (at: number) => number | null): AxisTaps =>
  Array.from({ length }, (_, at) => {
    const place = placeOf(at);
    return place === null ? [] : [[place, 1] as const];
  });

/** x [N, H, W, C] → [N, rows of `tall`, rows of `wide`, C]. */
export function applySeparable(tf: Tf, x: Tensor4D, tall: Matrix, wide: Matrix): Tensor4D {
  const [batch, , width, channels] = x.shape;
  const [rows, columns] = [tall.length, wide.length];
  const times = (matrix: Matrix, y: Tensor, others: number): Tensor =>
    tf.matMul(tf.tensor2d(matrix.flat(), [matrix.length, matrix[0].length]), tf.reshape(y, [-1, others]) as Tensor2D);
  const byHeight = times(tall, tf.transpose(x, [1, 0, 2, 3]), batch * width * channels);
  const across = tf.transpose(tf.reshape<Rank.R4>(byHeight, [rows, batch, width, channels]), [2, 1, 0, 3]);
  const byWidth = times(wide, across, batch * rows * channels);
  return tf.transpose(tf.reshape<Rank.R4>(byWidth, [columns, batch, rows, channels]), [1, 2, 0, 3]);
}

/** The same as two MatMul of the image [N, C, H, W]. */
export function writeSeparable(onnx: OnnxContext, x: string, tall: Matrix, wide: Matrix): string {
  const [channels, height] = onnx.inputs[0].shape;
  const transposed = wide[0].flatMap((_, place) => wide.map((row) => row[place]));
  const columns = onnx.floats("columns", transposed, [wide[0].length, wide.length]);
  const rows = onnx.floats("rows", tall.flat(), [tall.length, height]);
  return onnx.node("MatMul", [rows, onnx.node("MatMul", [x, columns], {}, [channels, height, wide.length])]);
}
