import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../runtime/tf.ts";

/**
 * eˣ − 1 below 0, and 0 above, for ELU and SELU. At 0 its derivative is 1 and the next one 0, as PyTorch has them: of the two
 * minima, which are equal, the first has a slope at 0 and the second none.
 */
export function expBelow(tf: Tf, x: Tensor): Tensor {
  const below = tf.minimum(0, x);
  return tf.add(tf.sub(tf.exp(below), 1), tf.sub(tf.minimum(x, 0), below));
}
