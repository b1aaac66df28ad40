/**
 * Functions of each value alone with one kernel each way, where the backend has it, and softmax. Once differentiable; callers
 * hand over the composed form, which serves everywhere else.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { hasKernel, runKernel, runKernels } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** What is computed, with the numbers that it takes. */
export type PointwiseFunction =
  | {
      readonly of: "elu";
      /** scale · (x above 0, else alpha · (eˣ − 1)) */ readonly alpha: number;
      readonly scale: number;
    }
  | { readonly of: "silu" | "gelu" | "gelu-tanh" }
  | { readonly of: "clip"; readonly min: number; readonly max: number };

/** f(x) of x's shape. */
export function fusedPointwise<T extends Tensor>(tf: Tf, x: T, f: PointwiseFunction, composed: () => T): T {
  if (!hasKernel(tf, "Pointwise") || x.dtype !== "float32") return composed();
  registerGradients(tf);
  return runKernel(tf, "Pointwise", { x }, f);
}

/** x above 0, else slope · x; slope has one value or one for each place of x's last axis. */
export function fusedPrelu<T extends Tensor>(tf: Tf, x: T, slope: Tensor, composed: () => T): T {
  if (!hasKernel(tf, "PReluTrain") || x.dtype !== "float32") return composed();
  registerGradients(tf);
  return runKernel(tf, "PReluTrain", { x, slope });
}

/** eˣ / Σ eˣ over the last axis. */
export function fusedSoftmax<T extends Tensor>(tf: Tf, x: T): T {
  if (!hasKernel(tf, "SoftmaxGrad")) return tf.softmax(x);
  return tf.customGrad<T>((logits, save) => {
    const y = tf.softmax(logits as T);
    (save as (tensors: Tensor[]) => void)([y]);
    return { value: y, gradFunc: (dy, [y]) => runKernel<Tensor>(tf, "SoftmaxGrad", { y, dy }) };
  })(x);
}

function registerGradients(tf: Tf): void {
  if (tf.getGradient("Pointwise")) return;
  tf.registerGradient({
    kernelName: "Pointwise",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], f) => ({ x: () => runKernel<Tensor>(tf, "PointwiseGrad", { x, dy: dy as Tensor }, f) }),
  });
  tf.registerGradient({
    kernelName: "PReluTrain",
    inputsToSave: ["x", "slope"],
    gradFunc: (dy, [x, slope]) => {
      const [dx, dslope] = runKernels(tf, "PReluTrainGrad", { x, slope, dy: dy as Tensor });
      return { x: () => dx, slope: () => dslope };
    },
  });
}
