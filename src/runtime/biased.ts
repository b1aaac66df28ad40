/**
 * What follows a sum of products: a bias for each place of the last axis, and an activation that only weakens negative values
 * (`leak`, as in normalization.ts). Where the backend has the kernels they are one pass, which writes over its input and keeps
 * nothing for the gradient but the result.
 */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { fusedLeakyRelu, fusedRelu } from "./activation.ts";
import { hasKernel, runKernel, runKernels } from "./fused.ts";
import type { Tf } from "./tf.ts";

/**
 * x + bias, negative values times leak; bias [C] or null. x is taken over: it must be of the caller's making, and nothing may
 * read it afterwards. Once differentiable where it is fused.
 */
export function fusedBias<T extends Tensor>(tf: Tf, x: T, bias: Tensor1D | null, leak = 1): T {
  if (!hasKernel(tf, "AddBias")) {
    const y = bias ? tf.add<T>(x, bias) : x;
    if (leak === 1) return y;
    return leak === 0 ? fusedRelu(tf, y) : fusedLeakyRelu(tf, y, leak);
  }
  registerGradients(tf);
  if (!bias) return leak === 1 ? x : runKernel(tf, "Leak", { x }, { leak });
  return leak === 1 ? runKernel(tf, "AddBias", { x, bias }) : runKernel(tf, "AddBiasLeaky", { x, bias }, { leak });
}

function registerGradients(tf: Tf): void {
  if (tf.getGradient("AddBias")) return;
  tf.registerGradient({
    kernelName: "AddBias",
    gradFunc(dy) {
      const given = dy as Tensor;
      const rows = given.shape.slice(0, -1).map((_, axis) => axis);
      return { x: () => tf.clone(given), bias: () => tf.sum(given, rows) };
    },
  });
  tf.registerGradient({
    kernelName: "AddBiasLeaky",
    outputsToSave: [true],
    gradFunc(dy, [y], { leak }) {
      const [dx, dbias] = runKernels(tf, "AddBiasLeakyGrad", { y, dy: dy as Tensor }, { leak });
      return { x: () => dx, bias: () => dbias };
    },
  });
  tf.registerGradient({
    kernelName: "Leak",
    outputsToSave: [true],
    gradFunc: (dy, [y], { leak }) => ({
      x: () => runKernel<Tensor>(tf, "LeakyReluGrad", { x: y, dy: dy as Tensor }, { alpha: leak }),
    }),
  });
}
