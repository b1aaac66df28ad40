// BatchMatMul: a batch of matrix products, either operand transposed. An operand without the batch is used for all of it.

import type { BatchMatMulAttrs } from "@tensorflow/tfjs";
import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

export function matMulKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { sizeFromShape } = tf.util;
  return {
    BatchMatMul: kernel<{ a: TensorInfo; b: TensorInfo }, BatchMatMulAttrs>(
      ({ a, b }, { transposeA = false, transposeB = false }) => {
        const batches = [a, b].map(({ shape }) => sizeFromShape(shape.slice(0, -2)));
        const batch = Math.max(...batches);
        const [M, inner] = matrix(a.shape, transposeA);
        const [K, N] = matrix(b.shape, transposeB);
        if (!float32(a, b) || inner !== K || batches.some((count) => count !== batch && count !== 1)) return undefined;
        const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
        if (sizeFromShape(outer) !== batch || K === 0) return undefined;

        const scratch = heap.scratch(kernels.matMulScratch(), "BatchMatMul");
        const c = heap.output([...outer, M, N]);
        const [stepA, stepB, stepC] = [batches[0] === 1 ? 0 : M * K * 4, batches[1] === 1 ? 0 : K * N * 4, M * N * 4];
        const [atA, atB, atC] = [a, b, c].map(heap.address);
        for (let i = 0; i < batch; i++) {
          kernels.matMul(atA + i * stepA, atB + i * stepB, atC + i * stepC, M, N, K, transposeA, transposeB, scratch);
        }
        return c;
      },
    ),
  };
}

/** Rows and columns of the last two axes, as they enter the product. */
function matrix(shape: readonly number[], transpose: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2);
  return transpose ? [columns, rows] : [rows, columns];
}
