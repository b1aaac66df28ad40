// MeanTerm: {x}, {of, t} → the mean of a function of each value · MeanTermGrad: {x, dy}, {of, t} → dx; see runtime/mean-terms.ts.

import type { MeanTerm } from "../mean-terms.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports, TermSlope, TermSum } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

export function meanTermKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { sizeFromShape } = tf.util;
  const terms: Record<MeanTerm["of"], { sum: TermSum; slope: TermSlope }> = {
    value: { sum: kernels.sumOfValue, slope: kernels.slopeOfValue },
    logits: { sum: kernels.sumOfLogits, slope: kernels.slopeOfLogits },
    probability: { sum: kernels.sumOfProbability, slope: kernels.slopeOfProbability },
    square: { sum: kernels.sumOfSquare, slope: kernels.slopeOfSquare },
    distance: { sum: kernels.sumOfDistance, slope: kernels.slopeOfDistance },
    hinge: { sum: kernels.sumOfHinge, slope: kernels.slopeOfHinge },
  };

  return {
    MeanTerm: kernel<{ x: TensorInfo }, MeanTerm>(({ x }, { of, t }) => {
      if (!float32(x)) return undefined;
      const size = sizeFromShape(x.shape);
      const mean = heap.output([]);
      const value = terms[of].sum(heap.address(x), size, t) / size;
      heap.write(heap.address(mean), Float32Array.of(value));
      return mean;
    }),

    MeanTermGrad: kernel<Record<"x" | "dy", TensorInfo>, MeanTerm>(({ x, dy }, { of, t }) => {
      if (!float32(x, dy)) return undefined;
      const size = sizeFromShape(x.shape);
      const dx = heap.output(x.shape);
      terms[of].slope(heap.address(x), heap.address(dx), size, t, heap.read(heap.address(dy)) / size);
      return dx;
    }),
  };
}
