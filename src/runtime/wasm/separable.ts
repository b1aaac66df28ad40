// SeparableMap: {x [N, H, W, C]}, {tall, wide} → [N, tall's places, wide's places, C]; see runtime/separable.ts for what a map of
// an axis is, and assembly/separable.ts for how it lies in memory.

import type { AxisMap } from "../separable.ts";
import type { TensorInfo } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

export function separableKernels(kernels: KernelExports, heap: Heap): KernelTable {
  return {
    SeparableMap: kernel<{ x: TensorInfo }, Record<"tall" | "wide", AxisMap>>(({ x }, { tall, wide }) => {
      if (!float32(x) || x.shape.length !== 4) return undefined;
      const [batch, height, width, channels] = x.shape;
      const [rows, columns] = [placesOf(tall), placesOf(wide)];
      const row = kernels.separableScratch(width, channels);
      const scratch = heap.scratch(row + bytesOf(tall) + bytesOf(wide), "SeparableMap");
      const y = heap.output([batch, rows, columns, channels]);
      const [atTall, atWide] = [scratch + row, scratch + row + bytesOf(tall)];
      write(heap, atTall, tall);
      write(heap, atWide, wide);
      const [from, to] = [heap.address(x), heap.address(y)];
      kernels.separable(from, to, batch, height, width, channels, atTall, rows, atWide, columns, scratch);
      return y;
    }),
  };
}

const placesOf = ({ starts }: AxisMap): number => starts.length - 1;

const bytesOf = ({ starts, places, weights }: AxisMap): number => 4 * (starts.length + places.length + weights.length);

function write(heap: Heap, address: number, { starts, places, weights }: AxisMap): void {
  heap.write(address, starts);
  heap.write(address + 4 * starts.length, places);
  heap.write(address + 4 * (starts.length + places.length), weights);
}
