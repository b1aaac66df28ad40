/** The chain that averages, momentum and steps downhill are made of: one kernel where the backend has it. */
import type { Tensor } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** first · a + second · b, of one shape; differentiable as often as one likes. */
export function weightedSum<T extends Tensor>(tf: Tf, a: T, first: number, b: Tensor, second: number): T {
  const covered = a.dtype === "float32" && b.dtype === "float32" && tf.util.arraysEqual(a.shape, b.shape);
  if (!covered || !hasKernel(tf, "WeightedSum"))
    return tf.add(first === 1 ? a : tf.mul(a, first), second === 1 ? b : tf.mul(b, second));
  registerGradient(tf);
  return runKernel<T>(tf, "WeightedSum", { a, b }, { first, second });
}

function registerGradient(tf: Tf): void {
  if (tf.getGradient("WeightedSum")) return;
  tf.registerGradient({
    kernelName: "WeightedSum",
    gradFunc: (dy, _, { first, second }) => ({
      a: () => tf.mul(dy as Tensor, first as number),
      b: () => tf.mul(dy as Tensor, second as number),
    }),
  });
}
