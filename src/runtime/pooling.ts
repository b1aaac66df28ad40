/**
 * The largest value of each window. Where several are equal, the gradient goes to the first in reading order, as PyTorch's;
 * tf.maxPool's own is wrong on wasm where maxima are negative.
 */
import type { Tensor4D } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** The windows along one axis. */
export interface PoolWindows {
  readonly kernel: number;
  readonly stride: number;
  /** Places before the first of the image that the first window covers; none of them counts, nor do those after the last. */
  readonly padding: number;
  /** How many windows there are. */
  readonly count: number;
}

/** x [N, H, W, C] → [N, tall.count, wide.count, C]; once differentiable. `composed` serves where the backend has no kernel. */
export function fusedMaxPool(
  tf: Tf,
  x: Tensor4D,
  tall: PoolWindows,
  wide: PoolWindows,
  composed: () => Tensor4D,
): Tensor4D {
  if (!hasKernel(tf, "MaxPoolFirst") || !hasKernel(tf, "MaxPoolFirstGrad") || x.dtype !== "float32") return composed();
  registerGradient(tf);
  return runKernel(tf, "MaxPoolFirst", { x }, { tall, wide });
}

function registerGradient(tf: Tf): void {
  if (tf.getGradient("MaxPoolFirst")) return;
  tf.registerGradient({
    kernelName: "MaxPoolFirst",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => ({
      x: () => runKernel(tf, "MaxPoolFirstGrad", { x, dy: dy as Tensor4D }, attrs as Record<string, object>),
    }),
  });
}
