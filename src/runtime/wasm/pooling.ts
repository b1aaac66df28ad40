// MaxPoolFirst:     {x [N, H, W, C]}, {tall, wide} → y, the largest value of each window
// MaxPoolFirstGrad: {x, dy}, {tall, wide} → dx, where the first of the largest gets all, as in PyTorch

import type { PoolWindows } from "../pooling.ts";
import type { TensorInfo } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Windows = Record<"tall" | "wide", PoolWindows>;

export function poolingKernels(kernels: KernelExports, heap: Heap): KernelTable {
  /** Writes the fields of Pool in assembly/max-pool.ts. */
  const geometry = ({ shape }: TensorInfo, { tall, wide }: Windows): number => {
    const both = (name: keyof PoolWindows) => [tall[name], wide[name]];
    return heap.parameters(
      [...shape, ...both("kernel"), ...both("stride"), ...both("padding"), ...both("count")],
      "i32",
    );
  };
  return {
    MaxPoolFirst: kernel<{ x: TensorInfo }, Windows>(({ x }, windows) => {
      if (!float32(x)) return undefined;
      const y = heap.output([x.shape[0], windows.tall.count, windows.wide.count, x.shape[3]]);
      kernels.maxPool(heap.address(x), heap.address(y), geometry(x, windows));
      return y;
    }),

    MaxPoolFirstGrad: kernel<{ x: TensorInfo; dy: TensorInfo }, Windows>(({ x, dy }, windows) => {
      if (!float32(x, dy)) return undefined;
      const dx = heap.output(x.shape);
      kernels.maxPoolGradient(heap.address(x), heap.address(dy), heap.address(dx), geometry(x, windows));
      return dx;
    }),
  };
}
