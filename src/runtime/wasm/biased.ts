// What follows a sum of products, in place of it: a bias for each place of the last axis, and an activation that only
// multiplies negative values by `leak`, 0 or more.
//
// AddBias: {x: […, C], bias: [C]} → y · AddBiasLeaky: {x, bias}, {leak} → y · Leak: {x}, {leak} → y
// AddBiasLeakyGrad: {y, dy}, {leak} → [dx, dbias]
//
// The first three write to x's memory, unless another tensor has it too. Callers hand over an x that nothing reads any more.

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function biasKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { sizeFromShape } = tf.util;

  const overwritten = (x: TensorInfo) => (heap.shared(x) ? heap.output(x.shape) : heap.share(x, x.shape));
  const scratchFor = (C: number) => heap.scratch(kernels.addBiasScratch(C), "AddBias");

  const add = ({ x, bias }: Inputs<"x" | "bias">, leak: number) => {
    if (!float32(x, bias)) return undefined;
    const [C] = bias.shape;
    const scratch = scratchFor(C);
    const y = overwritten(x);
    const [aX, aBias, aY] = [x, bias, y].map(heap.address);
    kernels.addBias(aX, aBias, aY, sizeFromShape(x.shape) / C, C, leak, scratch);
    return y;
  };

  return {
    AddBias: kernel<Inputs<"x" | "bias">>((inputs) => add(inputs, 1)),

    AddBiasLeaky: kernel<Inputs<"x" | "bias">, { leak: number }>((inputs, { leak }) => add(inputs, leak)),

    Leak: kernel<Inputs<"x">, { leak: number }>(({ x }, { leak }) => {
      if (!float32(x)) return undefined;
      const y = overwritten(x);
      kernels.leakyRelu(heap.address(x), heap.address(y), sizeFromShape(x.shape), leak);
      return y;
    }),

    AddBiasLeakyGrad: kernel<Inputs<"y" | "dy">, { leak: number }>(({ y, dy }, { leak }) => {
      if (!float32(y, dy)) return undefined;
      const C = y.shape[y.shape.length - 1];
      const scratch = scratchFor(C);
      const outputs = heap.outputs(y.shape, [C]);
      const [aY, aDy, aDx, aBias] = [y, dy, ...outputs].map(heap.address);
      kernels.addBiasGradient(aY, aDy, aDx, aBias, sizeFromShape(y.shape) / C, C, leak, scratch);
      return outputs;
    }),
  };
}
