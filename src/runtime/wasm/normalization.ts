// Batch normalization as one kernel forward and one backward; tfjs composes it of about twenty. The gradient is of first
// order only: under a gradient penalty the composed operations stay in place.
//
// BatchNormTrain:     {x: […, C], gamma: [C], beta: [C]}, {epsilon, leak} → [y, mean, variance (biased), kept: [4, C]]
// BatchNormTrainGrad: {x, dy, kept}, {leak} → [dx, dgamma, dbeta]
// MoveStatistics:     {mean, variance, newMean, newVariance}, {momentum, unbiased} → [mean, variance], the running ones
//
// Where a batch is computed in parts, each kernel falls in two, and between them the parts' statistics are combined:
//
// BatchMoments:       {x} → [mean, variance (biased)] of these rows
// BatchNormBy:        {x, gamma, beta, mean, rstd}, {leak} → y
// BatchNormSums:      {x, dy, gamma, beta, mean, rstd}, {leak} → [dgamma, dbeta] of these rows
// BatchNormGradBy:    {x, dy, gamma, beta, mean, rstd, dgamma, dbeta}, {rows, leak} → dx, where dgamma and dbeta are of all `rows`
//
// `leak` is what negative results are multiplied by, 1 where no activation follows; `kept` is mean, rstd, γ and β.

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;
type Arriving = "x" | "dy" | "gamma" | "beta" | "mean" | "rstd";
type Leak = { readonly leak: number };

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

    BatchNormBy: kernel<Inputs<"x" | "gamma" | "beta" | "mean" | "rstd">, Leak>(
      ({ x, gamma, beta, mean, rstd }, { leak }) => {
        if (!float32(x, gamma, beta, mean, rstd)) return undefined;
        const { C, rows, scratch } = partsOf(x, "BatchNormBy");
        const y = heap.output(x.shape);
        const [aX, aGamma, aBeta, aMean, aRstd, aY] = [x, gamma, beta, mean, rstd, y].map(heap.address);
        kernels.normalizeBy(aX, aGamma, aBeta, aMean, aRstd, aY, leak, rows, C, scratch);
        return y;
      },
    ),

    BatchNormSums: kernel<Inputs<Arriving>, Leak>(({ x, dy, gamma, beta, mean, rstd }, { leak }) => {
      if (!float32(x, dy, gamma, beta, mean, rstd)) return undefined;
      const { C, rows, scratch } = partsOf(x, "BatchNormSums");
      const outputs = heap.outputs([C], [C]);
      const given = [x, dy, gamma, beta, mean, rstd, ...outputs].map(heap.address);
      const [aX, aDy, aGamma, aBeta, aMean, aRstd, aDgamma, aDbeta] = given;
      kernels.gradientSums(aX, aDy, aGamma, aBeta, aMean, aRstd, leak, aDgamma, aDbeta, rows, C, scratch);
      return outputs;
    }),

    BatchNormGradBy: kernel<Inputs<Arriving | "dgamma" | "dbeta">, Leak & { readonly rows: number }>(
      ({ x, dy, gamma, beta, mean, rstd, dgamma, dbeta }, { rows: all, leak }) => {
        if (!float32(x, dy, gamma, beta, mean, rstd, dgamma, dbeta)) return undefined;
        const { C, rows, scratch } = partsOf(x, "BatchNormGradBy");
        const dx = heap.output(x.shape);
        const given = [x, dy, gamma, beta, mean, rstd, dgamma, dbeta, dx].map(heap.address);
        const [aX, aDy, aGamma, aBeta, aMean, aRstd, aDgamma, aDbeta, aDx] = given;
        const by = [aGamma, aBeta, aMean, aRstd] as const;
        kernels.gradientBy(aX, aDy, ...by, aDgamma, aDbeta, all, leak, aDx, rows, C, scratch);
        return dx;
      },
    ),

    BatchNormTrain: kernel<Inputs<"x" | "gamma" | "beta">, Leak & { epsilon: number }>(
      ({ x, gamma, beta }, { epsilon, leak }) => {
        if (!float32(x, gamma, beta)) return undefined;
        const { C, rows, scratch } = partsOf(x, "BatchNormTrain");
        const outputs = heap.outputs(x.shape, [C], [C], [4, C]);
        const [aX, aGamma, aBeta, aY, aMean, aVariance, aKept] = [x, gamma, beta, ...outputs].map(heap.address);
        kernels.normalize(aX, aGamma, aBeta, aY, aMean, aVariance, aKept, rows, C, epsilon, leak, scratch);
        return outputs;
      },
    ),

    BatchNormTrainGrad: kernel<Inputs<"x" | "dy" | "kept">, Leak>(({ x, dy, kept }, { leak }) => {
      if (!float32(x, dy, kept)) return undefined;
      const { C, rows, scratch } = partsOf(x, "BatchNormTrainGrad");
      const outputs = heap.outputs(x.shape, [C], [C]);
      const [aX, aDy, aKept, aDx, aDgamma, aDbeta] = [x, dy, kept, ...outputs].map(heap.address);
      kernels.normalizeGradient(aX, aDy, aKept, aDx, aDgamma, aDbeta, rows, C, leak, scratch);
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
  };
}
