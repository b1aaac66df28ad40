// Sum and Mean over neighbouring axes, Tile along neighbouring axes, and UnsortedSegmentSum (the gradient of gather).

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

interface ReductionAttributes {
  axis: number | number[];
  keepDims: boolean;
}

export function reductionKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { parseAxisParam, sizeFromShape } = tf.util;

  const reduction = (name: string, scaleOf: (count: number) => number) =>
    kernel<{ x: TensorInfo }, ReductionAttributes>(({ x }, { axis, keepDims }) => {
      const axes = parseAxisParam(axis, x.shape);
      const middle = middleAxes(x.shape, axes);
      if (!middle || !float32(x)) return undefined;
      const { outer, count, inner } = middle;
      const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
      const scratch = heap.scratch(kernels.sumMiddleScratch(inner), name);
      const y = heap.output(keepDims ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape);
      kernels.sumMiddle(heap.address(x), heap.address(y), outer, count, inner, scaleOf(count), scratch);
      return y;
    });

  return {
    Sum: reduction("Sum", () => 1),
    Mean: reduction("Mean", (count) => 1 / count),

    Tile: kernel<{ x: TensorInfo }, { reps: number[] }>(({ x }, { reps }) => {
      const tiling = repetition(x.shape, reps);
      const shape = x.shape.map((size, axis) => size * reps[axis]);
      if (!tiling || !float32(x) || sizeFromShape(shape) === 0) return undefined;
      const y = heap.output(shape);
      kernels.repeat(heap.address(x), heap.address(y), tiling.outer, tiling.times, tiling.inner);
      return y;
    }),

    UnsortedSegmentSum: kernel<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>(
      ({ x, segmentIds }, { numSegments }) => {
        if (!float32(x) || segmentIds.dtype !== "int32") return undefined;
        const shape = x.shape.slice(segmentIds.shape.length);
        const y = heap.output([numSegments, ...shape]);
        const [ax, ids, ay] = [x, segmentIds, y].map(heap.address);
        kernels.addSegments(ax, ids, ay, sizeFromShape(segmentIds.shape), numSegments, sizeFromShape(shape));
        return y;
      },
    ),
  };
}

/** x as [outer][count][inner] with `count` the reduced axes; undefined where those are not neighbours. */
export function middleAxes(shape: readonly number[], axes: readonly number[]) {
  const sides = { outer: 1, count: 1, inner: 1 };
  let side: keyof typeof sides = "outer";
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    if (axes.includes(axis)) {
      if (side === "inner") return undefined;
      side = "count";
    } else if (side === "count") side = "inner";
    sides[side] *= size;
  }
  return sides;
}

/** Tiling as [outer][inner] → [outer][times][inner]; undefined where copies do not lie side by side like that. */
function repetition(shape: readonly number[], reps: readonly number[]) {
  const first = reps.findIndex((count) => count > 1);
  const last = reps.findLastIndex((count) => count > 1);
  const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);
  if (first < 0) return { outer: 1, times: 1, inner: product(shape) };
  if (shape.slice(first, last).some((size) => size !== 1)) return undefined;
  return { outer: product(shape.slice(0, first)), times: product(reps), inner: product(shape.slice(last)) };
}
