// Leaky ReLU, and gradients of activations as one kernel each. First order only, like the normalizations.
//
// LeakyReluGrad: {x, dy}, {alpha} → dx (alpha 0 is ReLU's gradient) · TanhGrad, SigmoidGrad: {y, dy} → dx, with y the output

import type { LeakyReluAttrs } from "@tensorflow/tfjs";
import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

export function activationKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { sizeFromShape } = tf.util;

  const fromOutput = (gradient: (y: number, dy: number, dx: number, n: number) => void) =>
    kernel<{ y: TensorInfo; dy: TensorInfo }>(({ y, dy }) => {
      if (!float32(y, dy)) return undefined;
      const dx = heap.output(y.shape);
      gradient(heap.address(y), heap.address(dy), heap.address(dx), sizeFromShape(y.shape));
      return dx;
    });

  return {
    LeakyRelu: kernel<{ x: TensorInfo }, LeakyReluAttrs>(({ x }, { alpha }) => {
      if (!float32(x)) return undefined;
      const y = heap.output(x.shape);
      kernels.leakyRelu(heap.address(x), heap.address(y), sizeFromShape(x.shape), alpha);
      return y;
    }),

    LeakyReluGrad: kernel<{ x: TensorInfo; dy: TensorInfo }, LeakyReluAttrs>(({ x, dy }, { alpha }) => {
      if (!float32(x, dy)) return undefined;
      const dx = heap.output(x.shape);
      kernels.leakyReluGradient(heap.address(x), heap.address(dy), heap.address(dx), sizeFromShape(x.shape), alpha);
      return dx;
    }),

    TanhGrad: fromOutput(kernels.tanhGradient),
    SigmoidGrad: fromOutput(kernels.sigmoidGradient),
  };
}
