// AdamUpdate: one step of PyTorch's torch.optim.Adam (or AdamW, with `decoupled`) for one parameter, out of place.
//
// {param, m, v, grad}, {learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step} → [param, m, v]; step is 1 for
// the first. ε is added to the bias-corrected √v. Weight decay is added to the gradient, or decoupled shrinks the parameter.
//
// WeightedSum: {a, b}, {first, second} → first · a + second · b, of one shape
// Length: {any names} → the root of the sum of all squares, summed in double precision

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

export interface AdamAttributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  decoupled: boolean;
  /** Number of this step, from 1. */
  step: number;
}

export function optimizerKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  return {
    AdamUpdate: kernel<Record<"param" | "m" | "v" | "grad", TensorInfo>, AdamAttributes>(
      ({ param, m, v, grad }, attributes) => {
        if (!float32(param, m, v, grad)) return undefined;
        const outputs = heap.outputs(param.shape, param.shape, param.shape);
        const [aParam, aM, aV, aGrad, aNewParam, aNewM, aNewV] = [param, m, v, grad, ...outputs].map(heap.address);
        const step = heap.parameters(adamStep(attributes), "f32");
        kernels.adam(aParam, aM, aV, aGrad, aNewParam, aNewM, aNewV, tf.util.sizeFromShape(param.shape), step);
        return outputs;
      },
    ),

    WeightedSum: kernel<Record<"a" | "b", TensorInfo>, { first: number; second: number }>(
      ({ a, b }, { first, second }) => {
        if (!float32(a, b)) return undefined;
        const y = heap.output(a.shape);
        const [aA, aB, aY] = [a, b, y].map(heap.address);
        kernels.weightedSum(aA, aB, aY, tf.util.sizeFromShape(a.shape), first, second);
        return y;
      },
    ),

    Length: kernel<Record<string, TensorInfo>>((inputs) => {
      const tensors = Object.values(inputs);
      if (!float32(...tensors)) return undefined;
      const squares = tensors.map((x) => kernels.sumOfSquare(heap.address(x), tf.util.sizeFromShape(x.shape), 0));
      const y = heap.output([]);
      heap.write(heap.address(y), Float32Array.of(Math.sqrt(squares.reduce((sum, square) => sum + square, 0))));
      return y;
    }),
  };
}

/** The fields of AdamStep in assembly/adam.ts, computed in double precision. */
function adamStep({ learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step }: AdamAttributes): number[] {
  const rate = learningRate / (1 - beta1 ** step);
  const correction2 = 1 / Math.sqrt(1 - beta2 ** step);
  const [decay, keep] = decoupled ? [0, 1 - learningRate * weightDecay] : [weightDecay, 1];
  return [beta1, 1 - beta1, beta2, 1 - beta2, rate, correction2, epsilon, decay, keep];
}
