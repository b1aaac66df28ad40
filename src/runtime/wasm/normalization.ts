// Batch normalization as one kernel forward and one backward; tfjs composes it of about twenty. The gradient is of first
// order only: under a gradient penalty the composed operations stay in place.
//
// BatchNormTrain:     {x: […, C], gamma: [C], beta: [C]}, {epsilon} → [y, mean, variance (biased), rstd]
// BatchNormTrainGrad: {x, dy, gamma, mean, rstd} → [dx, dgamma, dbeta]

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function normalizationKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  return {
    BatchNormTrain: kernel<Inputs<"x" | "gamma" | "beta">, { epsilon: number }>(({ x, gamma, beta }, { epsilon }) => {
      if (!float32(x, gamma, beta)) return undefined;
      const C = x.shape[x.shape.length - 1];
      const rows = tf.util.sizeFromShape(x.shape) / C;
      const scratch = heap.scratch(kernels.normalizeScratch(C), "BatchNormTrain");
      const outputs = heap.outputs(x.shape, [C], [C], [C]);
      const [aX, aGamma, aBeta, aY, aMean, aVariance, aRstd] = [x, gamma, beta, ...outputs].map(heap.address);
      kernels.normalize(aX, aGamma, aBeta, aY, aMean, aVariance, aRstd, rows, C, epsilon, scratch);
      return outputs;
    }),

    BatchNormTrainGrad: kernel<Inputs<"x" | "dy" | "gamma" | "mean" | "rstd">>(({ x, dy, gamma, mean, rstd }) => {
      if (!float32(x, dy, gamma, mean, rstd)) return undefined;
      const C = x.shape[x.shape.length - 1];
      const rows = tf.util.sizeFromShape(x.shape) / C;
      const scratch = heap.scratch(kernels.normalizeScratch(C), "BatchNormTrainGrad");
      const outputs = heap.outputs(x.shape, [C], [C]);
      const [aX, aDy, aGamma, aMean, aRstd, aDx, aDgamma, aDbeta] = [x, dy, gamma, mean, rstd, ...outputs].map(
        heap.address,
      );
      kernels.normalizeGradient(aX, aDy, aGamma, aMean, aRstd, aDx, aDgamma, aDbeta, rows, C, scratch);
      return outputs;
    }),
  };
}
