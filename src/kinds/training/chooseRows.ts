/** Rows of a batch by a product with zeros and ones: on wasm ten times quicker than a gather, whose gradient it is as well. */
import type { Rank, Tensor, Tensor2D } from "@tensorflow/tfjs";
import type { Tf } from "../../runtime/tf.ts";

/**
 * Row i of the result is the row of x in whose column row i of `chosen` [rows, N] has its only 1; to the bit, except that −0
 * becomes 0. x has to be finite.
 */
export const chooseRows = (tf: Tf, chosen: Tensor2D, x: Tensor): Tensor =>
  tf.reshape(tf.matMul(chosen, tf.reshape<Rank.R2>(x, [x.shape[0], -1])), [chosen.shape[0], ...x.shape.slice(1)]);
