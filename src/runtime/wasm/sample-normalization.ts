// Normalizations of each sample by itself, one kernel forward and one backward. First order only.
//
// GroupNorm:     {x [N, …, C], gamma, beta [C] or [N, C]}, {groups, epsilon, leak} → [y, mean, rstd], both [N, C]
// GroupNormGrad: {x, dy, gamma, beta, mean, rstd}, {groups, leak} → [dx, dgamma, dbeta]; leak as in normalization.ts
// LayerNorm:     {x [N, …], gamma, beta […]}, {epsilon} → [y, mean, rstd], both [N]
// LayerNormGrad: {x, dy, gamma, mean, rstd} → [dx, dgamma, dbeta]
// RmsNorm:       {x […, C]}, {epsilon} → [y, rstd […]] · RmsNormGrad: {x, dy, rstd} → dx

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function sampleNormalizationKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { sizeFromShape } = tf.util;
  const grouped = ({ shape }: TensorInfo, gamma: TensorInfo) => {
    const [N, C] = [shape[0], shape[shape.length - 1]];
    return { N, C, pixels: sizeFromShape(shape) / (N * C), step: gamma.shape.length === 1 ? 0 : C };
  };
  const rowsOf = (x: TensorInfo, rows: number) => ({ rows, size: sizeFromShape(x.shape) / rows });
  const pixelsOf = (x: TensorInfo) => rowsOf(x, sizeFromShape(x.shape.slice(0, -1)));

  return {
    GroupNorm: kernel<Inputs<"x" | "gamma" | "beta">, { groups: number; epsilon: number; leak: number }>(
      ({ x, gamma, beta }, { groups, epsilon, leak }) => {
        if (!float32(x, gamma, beta)) return undefined;
        const { N, C, pixels, step } = grouped(x, gamma);
        const scratch = heap.scratch(kernels.groupNormScratch(C), "GroupNorm");
        const outputs = heap.outputs(x.shape, [N, C], [N, C]);
        const [aX, aGamma, aBeta, aY, aMean, aRstd] = [x, gamma, beta, ...outputs].map(heap.address);
        kernels.groupNorm(aX, aGamma, aBeta, aY, aMean, aRstd, N, pixels, C, groups, step, epsilon, leak, scratch);
        return outputs;
      },
    ),

    GroupNormGrad: kernel<Inputs<"x" | "dy" | "gamma" | "beta" | "mean" | "rstd">, { groups: number; leak: number }>(
      ({ x, dy, gamma, beta, mean, rstd }, { groups, leak }) => {
        if (!float32(x, dy, gamma, beta, mean, rstd)) return undefined;
        const { N, C, pixels, step } = grouped(x, gamma);
        const scratch = heap.scratch(kernels.groupNormScratch(C), "GroupNormGrad");
        const outputs = heap.outputs(x.shape, gamma.shape, gamma.shape);
        const given = [x, dy, gamma, beta, mean, rstd, ...outputs].map(heap.address);
        const [aX, aDy, aGamma, aBeta, aMean, aRstd, aDx, aDgamma, aDbeta] = given;
        const sizes = [N, pixels, C, groups, step] as const;
        kernels.groupNormGradient(aX, aDy, aGamma, aBeta, aMean, aRstd, aDx, aDgamma, aDbeta, ...sizes, leak, scratch);
        return outputs;
      },
    ),

    LayerNorm: kernel<Inputs<"x" | "gamma" | "beta">, { epsilon: number }>(({ x, gamma, beta }, { epsilon }) => {
      if (!float32(x, gamma, beta)) return undefined;
      const { rows, size } = rowsOf(x, x.shape[0]);
      const outputs = heap.outputs(x.shape, [rows], [rows]);
      const [aX, aGamma, aBeta, aY, aMean, aRstd] = [x, gamma, beta, ...outputs].map(heap.address);
      kernels.rowNorm(aX, aGamma, aBeta, aY, aMean, aRstd, rows, size, epsilon);
      return outputs;
    }),

    LayerNormGrad: kernel<Inputs<"x" | "dy" | "gamma" | "mean" | "rstd">>(({ x, dy, gamma, mean, rstd }) => {
      if (!float32(x, dy, gamma, mean, rstd)) return undefined;
      const { rows, size } = rowsOf(x, x.shape[0]);
      const outputs = heap.outputs(x.shape, gamma.shape, gamma.shape);
      const given = [x, dy, gamma, mean, rstd, ...outputs].map(heap.address);
      const [aX, aDy, aGamma, aMean, aRstd, aDx, aDgamma, aDbeta] = given;
      kernels.rowNormGradient(aX, aDy, aGamma, aMean, aRstd, aDx, aDgamma, aDbeta, rows, size);
      return outputs;
    }),

    RmsNorm: kernel<Inputs<"x">, { epsilon: number }>(({ x }, { epsilon }) => {
      if (!float32(x)) return undefined;
      const { rows, size } = pixelsOf(x);
      const outputs = heap.outputs(x.shape, x.shape.slice(0, -1));
      const [aX, aY, aRstd] = [x, ...outputs].map(heap.address);
      kernels.rowNorm(aX, 0, 0, aY, 0, aRstd, rows, size, epsilon);
      return outputs;
    }),

    RmsNormGrad: kernel<Inputs<"x" | "dy" | "rstd">>(({ x, dy, rstd }) => {
      if (!float32(x, dy, rstd)) return undefined;
      const { rows, size } = pixelsOf(x);
      const dx = heap.output(x.shape);
      const [aX, aDy, aRstd, aDx] = [x, dy, rstd, dx].map(heap.address);
      kernels.rowNormGradient(aX, aDy, 0, 0, aRstd, aDx, 0, 0, rows, size);
      return dx;
    }),
  };
}
