// Batch normalization as one kernel forward and one backward; tfjs composes it of about twenty. The gradient is of first
// order only: under a gradient penalty the composed operations stay in place.
//
// BatchNormTrain:     {x: […, C], gamma: [C], beta: [C]}, {epsilon} → [y, mean, variance (biased), rstd]
// BatchNormTrainGrad: {x, dy, gamma, mean, rstd} → [dx, dgamma, dbeta]
// MoveStatistics:     {mean, variance, newMean, newVariance}, {momentum, unbiased} → [mean, variance], the running ones
//
// Where a batch is computed in parts, each kernel falls in two, and between them the parts' statistics are combined:
//
// BatchMoments:       {x} → [mean, variance (biased)] of these rows
// BatchNormBy:        {x, gamma, beta, mean, rstd} → y
// BatchNormSums:      {x, dy, mean, rstd} → [dgamma, dbeta] of these rows
// BatchNormGradBy:    {x, dy, gamma, mean, rstd, dgamma, dbeta}, {rows} → dx, where dgamma and dbeta are of all `rows`

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function normalizationKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const partsOf = ({ shape }: TensorInfo, name: string) => {
    const C = shape[shape.length - 1];
    return { C, rows: tf.util.sizeFromShape(shape) / C, scratch: heap.scratch(kernels.normalizeScratch(C), name) };
  };
  return {
    BatchMoments: kernel<Inputs<"x">>(({ x }) => {
      if (!float32(x)) return undefined;
      const { C, rows, scratch } = partsOf(x, "BatchMoments");
      const outputs = heap.outputs([C], [C]);
      const [aX, aMean, aVariance] = [x, ...outputs].map(heap.address);
      kernels.moments(aX, aMean, aVariance, rows, C, scratch);
      return outputs;
    }),

    BatchNormBy: kernel<Inputs<"x" | "gamma" | "beta" | "mean" | "rstd">>(({ x, gamma, beta, mean, rstd }) => {
      if (!float32(x, gamma, beta, mean, rstd)) return undefined;
      const { C, rows, scratch } = partsOf(x, "BatchNormBy");
      const y = heap.output(x.shape);
      const [aX, aGamma, aBeta, aMean, aRstd, aY] = [x, gamma, beta, mean, rstd, y].map(heap.address);
      kernels.normalizeBy(aX, aGamma, aBeta, aMean, aRstd, aY, rows, C, scratch);
      return y;
    }),

    BatchNormSums: kernel<Inputs<"x" | "dy" | "mean" | "rstd">>(({ x, dy, mean, rstd }) => {
      if (!float32(x, dy, mean, rstd)) return undefined;
      const { C, rows, scratch } = partsOf(x, "BatchNormSums");
      const outputs = heap.outputs([C], [C]);
      const [aX, aDy, aMean, aRstd, aDgamma, aDbeta] = [x, dy, mean, rstd, ...outputs].map(heap.address);
      kernels.gradientSums(aX, aDy, aMean, aRstd, aDgamma, aDbeta, rows, C, scratch);
      return outputs;
    }),

    BatchNormGradBy: kernel<
      Inputs<"x" | "dy" | "gamma" | "mean" | "rstd" | "dgamma" | "dbeta">,
      { readonly rows: number }
    >(({ x, dy, gamma, mean, rstd, dgamma, dbeta }, { rows: all }) => {
      if (!float32(x, dy, gamma, mean, rstd, dgamma, dbeta)) return undefined;
      const { C, rows, scratch } = partsOf(x, "BatchNormGradBy");
      const dx = heap.output(x.shape);
      const given = [x, dy, gamma, mean, rstd, dgamma, dbeta].map(heap.address);
      const [aX, aDy, aGamma, aMean, aRstd, aDgamma, aDbeta] = given;
      kernels.gradientBy(aX, aDy, aGamma, aMean, aRstd, aDgamma, aDbeta, all, heap.address(dx), rows, C, scratch);
      return dx;
    }),

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

    MoveStatistics: kernel<
      Inputs<"mean" | "variance" | "newMean" | "newVariance">,
      { momentum: number; unbiased: number }
    >(({ mean, variance, newMean, newVariance }, { momentum, unbiased }) => {
      if (!float32(mean, variance, newMean, newVariance)) return undefined;
      const [C] = mean.shape;
      const outputs = heap.outputs(mean.shape, variance.shape);
      const given = [mean, variance, newMean, newVariance, ...outputs].map(heap.address);
      const [aMean, aVariance, aNewMean, aNewVariance, toMean, toVariance] = given;
      kernels.moveTowards(aMean, aNewMean, toMean, C, 1 - momentum, 1, momentum);
      kernels.moveTowards(aVariance, aNewVariance, toVariance, C, 1 - momentum, unbiased, momentum);
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
