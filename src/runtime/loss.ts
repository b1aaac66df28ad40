/** The parts of losses whose numerics need care: cross-entropies of logits and of probabilities, as PyTorch computes them. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { withGradient } from "./activation.ts";
import { unrecorded } from "./tape.ts";
import type { Tf } from "./tf.ts";

/** BCEWithLogitsLoss, mean over all elements: t · softplus(−x) + (1 − t) · softplus(x), finite for every x. t in [0, 1]. */
export function bceWithLogits(tf: Tf, x: Tensor, target: number): Scalar {
  const ofReal = () => tf.softplus(tf.neg(x));
  const ofFake = () => tf.softplus(x);
  if (target === 1) return tf.mean(ofReal());
  if (target === 0) return tf.mean(ofFake());
  return tf.mean(tf.add(tf.mul(ofReal(), target), tf.mul(ofFake(), 1 - target)));
}

/**
 * BCELoss, mean over all elements, of probabilities p in [0, 1]. Logarithms are clamped at −100 and the gradient is PyTorch's:
 * (p − t) / max(p(1 − p), 10⁻¹²) / n. Twice differentiable.
 */
export function bce(tf: Tf, p: Tensor, target: number): Scalar {
  return withGradient<Tensor, Scalar>(tf, p, (probability, save) => {
    save([probability]);
    const logOf = (q: Tensor) => tf.maximum(tf.log(q), -100);
    const terms: Tensor[] = [];
    if (target > 0) terms.push(tf.mul(logOf(probability), -target));
    if (target < 1) terms.push(tf.mul(logOf(tf.sub(1, probability)), target - 1));
    return {
      value: tf.mean<Scalar>(terms.length === 1 ? terms[0] : tf.add(terms[0], terms[1])),
      gradient: (dy, saved) => {
        const spread = tf.maximum(tf.mul(saved, tf.sub(1, saved)), 1e-12);
        return tf.mul(tf.div(tf.sub(saved, target), spread), tf.div(dy, saved.size));
      },
    };
  });
}

/**
 * x_k − log Σ eˣ over the last axis, finite for every x. The largest x is taken away first, as a constant: it cancels, and the
 * gradient need not pass through it. Twice differentiable.
 */
export function logSoftmax<T extends Tensor>(tf: Tf, x: T): T {
  const below = tf.sub<T>(
    x,
    unrecorded(tf, () => tf.max(x, -1, true)),
  );
  return tf.sub<T>(below, tf.log(tf.sum(tf.exp(below), -1, true)));
}
