/**
 * What comes into a training step from JavaScript: numbers that are drawn, scheduled or counted, and decisions that depend on
 * where training stands. A step asks for them through closures, so that whoever repeats it without running its code again can
 * ask them again.
 */
import { rowsOfPart, type Part } from "./parts.ts";
import type { RandomStream } from "./philox.ts";
import type { Tensor, Tf } from "./tf.ts";

export interface Feeds {
  /** Where only some rows of a batch are computed: which. What is drawn for the batch is the same. */
  readonly part?: Part;
  /** A tensor of the numbers that `make` gives; it is asked again whenever the step is repeated. */
  feed(shape: readonly number[], dtype: "float32" | "int32", make: () => Float32Array | Int32Array): Tensor;
  /** What f says. A repeated step of which it would say something else is another step. */
  decide<T extends string | number | boolean>(f: () => T): T;
}

/** For a step whose code runs every time. */
export const eagerFeeds = (tf: Tf): Feeds => ({
  feed: (shape, dtype, make) => tf.tensor(make(), [...shape], dtype),
  decide: (f) => f(),
});

/**
 * A tensor [N, …] of random numbers: `make` gives those of all N rows, row after row, from the stream of whoever draws. With
 * `shared`, the stream is that of all who draw under this name in the same evaluation.
 */
export type DrawNumbers = (
  shape: readonly number[],
  make: (random: RandomStream, rows: number) => Float32Array | Int32Array,
  options?: { readonly dtype?: "float32" | "int32"; readonly shared?: string },
) => Tensor;

/** @param random the stream, from its beginning at each call. */
export const drawNumbers =
  (feeds: Feeds, random: (shared?: string) => RandomStream): DrawNumbers =>
  (shape, make, { dtype = "float32", shared } = {}) =>
    feeds.feed(shape, dtype, () => {
      const { part } = feeds;
      if (!part) return make(random(shared), shape[0]);
      if (shape[0] !== part.rows) throw new Error(`${shape[0]} rows are drawn in a part of ${part.rows}`);
      return rowsOfPart(part, make(random(shared), part.batch));
    });
