/**
 * Means of a function of each value, which most losses are: one kernel for value and mean and one for the gradient, where the
 * backend has them. Once differentiable; callers hand over the composed form, which serves everywhere else.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import type { Tf } from "./tf.ts";

/**
 * Of x and a number t: x · cross-entropy of logits or of probabilities against t in [0, 1] · (x − t)² · |x − t| ·
 * max(0, 1 − t·x), t being 1 or −1. Where a slope jumps it is 0.
 */
export interface MeanTerm {
  readonly of: "value" | "logits" | "probability" | "square" | "distance" | "hinge";
  readonly t: number;
}

/** The mean over all of x; `composed` is the same. */
export function fusedMean(tf: Tf, x: Tensor, term: MeanTerm, composed: () => Scalar): Scalar {
  if (!hasKernel(tf, "MeanTerm") || x.dtype !== "float32" || x.size === 0) return composed();
  if (!tf.getGradient("MeanTerm"))
    tf.registerGradient({
      kernelName: "MeanTerm",
      inputsToSave: ["x"],
      gradFunc: (dy, [x], { ...given }) => ({
        x: () => runKernel<Tensor>(tf, "MeanTermGrad", { x, dy: dy as Tensor }, given),
      }),
    });
  return runKernel<Scalar>(tf, "MeanTerm", { x }, { ...term });
}
