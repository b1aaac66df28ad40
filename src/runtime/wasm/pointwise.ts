// Functions of each value alone: tfjs's own compute tanh, eˣ, erf and softplus one value after the other.
//
// Pointwise: {x}, {of, …} → y · PointwiseGrad: {x, dy}, {of, …} → dx; see runtime/pointwise.ts for the functions
// PReluTrain: {x, slope [1] or [C]} → y · PReluTrainGrad: {x, slope, dy} → [dx, dslope]
// SoftmaxGrad: {y, dy} → dx over the last axis, where y is the softmax

import type { PointwiseFunction } from "../pointwise.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports, Pointwise, PointwiseGradient } from "./instance.ts";
import { float32, kernel, type Kernel, type KernelTable } from "./registry.ts";

export function pointwiseKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { sizeFromShape } = tf.util;

  const functions: Record<PointwiseFunction["of"], { value: Pointwise; gradient: PointwiseGradient }> = {
    elu: { value: kernels.elu, gradient: kernels.eluGradient },
    silu: { value: kernels.silu, gradient: kernels.siluGradient },
    gelu: { value: kernels.gelu, gradient: kernels.geluGradient },
    "gelu-tanh": { value: kernels.geluByTanh, gradient: kernels.geluByTanhGradient },
    clip: { value: kernels.clip, gradient: kernels.clipGradient },
  };
  const value = (x: TensorInfo, f: Pointwise, [a, b]: readonly [number, number] = [0, 0]) => {
    if (!float32(x)) return undefined;
    const y = heap.output(x.shape);
    f(heap.address(x), heap.address(y), sizeFromShape(x.shape), a, b);
    return y;
  };
  const plain = (f: Pointwise): Kernel => kernel<{ x: TensorInfo }>(({ x }) => value(x, f));

  /** x as [rows][C]: one row for each value where they share a slope. */
  const rowsOf = (x: TensorInfo, slope: TensorInfo) => {
    const C = sizeFromShape(slope.shape);
    return { C, rows: sizeFromShape(x.shape) / C, scratch: heap.scratch(kernels.preluScratch(C), "PRelu") };
  };

  return {
    Exp: plain(kernels.exp),
    Tanh: plain(kernels.tanh),
    Softplus: plain(kernels.softplus),
    Erf: plain(kernels.erf),

    Pointwise: kernel<{ x: TensorInfo }, PointwiseFunction>(({ x }, f) =>
      value(x, functions[f.of].value, numbersOf(f)),
    ),

    PointwiseGrad: kernel<{ x: TensorInfo; dy: TensorInfo }, PointwiseFunction>(({ x, dy }, f) => {
      if (!float32(x, dy)) return undefined;
      const dx = heap.output(x.shape);
      const [aX, aDy, aDx] = [x, dy, dx].map(heap.address);
      functions[f.of].gradient(aX, aDy, aDx, sizeFromShape(x.shape), ...numbersOf(f));
      return dx;
    }),

    PReluTrain: kernel<Record<"x" | "slope", TensorInfo>>(({ x, slope }) => {
      if (!float32(x, slope)) return undefined;
      const { rows, C, scratch } = rowsOf(x, slope);
      const y = heap.output(x.shape);
      kernels.prelu(heap.address(x), heap.address(slope), heap.address(y), rows, C, scratch);
      return y;
    }),

    PReluTrainGrad: kernel<Record<"x" | "slope" | "dy", TensorInfo>>(({ x, slope, dy }) => {
      if (!float32(x, slope, dy)) return undefined;
      const { rows, C, scratch } = rowsOf(x, slope);
      const outputs = heap.outputs(x.shape, slope.shape);
      const [aX, aSlope, aDy, aDx, aDslope] = [x, slope, dy, ...outputs].map(heap.address);
      kernels.preluGradient(aX, aSlope, aDy, aDx, aDslope, rows, C, scratch);
      return outputs;
    }),

    SoftmaxGrad: kernel<Record<"y" | "dy", TensorInfo>>(({ y, dy }) => {
      if (!float32(y, dy)) return undefined;
      const dx = heap.output(y.shape);
      const size = y.shape[y.shape.length - 1];
      const [aY, aDy, aDx] = [y, dy, dx].map(heap.address);
      kernels.softmaxGradient(aY, aDy, aDx, sizeFromShape(y.shape) / size, size);
      return dx;
    }),
  };
}

function numbersOf(f: PointwiseFunction): [number, number] {
  if (f.of === "elu") return [f.alpha, f.scale];
  return f.of === "clip" ? [f.min, f.max] : [0, 0];
}
