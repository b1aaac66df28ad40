// Concat, SplitV, Slice and PadV2 as moves of blocks. tfjs's own take a call or a loop for each run, which costs more than the
// move where runs are as short as three channels.

import type { DataType, TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { kernel, type KernelTable } from "./registry.ts";

export function movingKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { parseAxisParam, sizeFromShape } = tf.util;

  /** Moves a block of x to a block of y, of this shape; `from` and `to` are where each begins, in elements. */
  function move(x: TensorInfo, from: number, y: TensorInfo, to: number, shape: readonly number[]): void {
    if (sizeFromShape([...shape]) === 0) return;
    const axes = joinAxes(shape, stridesOf(x.shape), stridesOf(y.shape));
    const last = axes.at(-1);
    const run = last && last.from === 1 && last.to === 1 ? (axes.pop() as Axis).size : 1;
    const visit = (outer: readonly Axis[], a: number, b: number): void => {
      if (outer.length > 3) {
        const [{ size, from, to }, ...rest] = outer;
        for (let i = 0; i < size; i++) visit(rest, a + 4 * i * from, b + 4 * i * to);
        return;
      }
      const [i, j, k] = [...Array<Axis>(3 - outer.length).fill(single), ...outer];
      kernels.moveRuns(a, b, i.size, i.from, i.to, j.size, j.from, j.to, k.size, k.from, k.to, run);
    };
    visit(axes, heap.address(x) + 4 * from, heap.address(y) + 4 * to);
  }

  return {
    Concat: kernel<Record<string, TensorInfo>, { axis: number }>((inputs, { axis }) => {
      const parts = Object.values(inputs);
      if (parts.some(({ dtype }) => !movable(dtype) || dtype !== parts[0].dtype)) return undefined;
      const [at] = parseAxisParam(axis, parts[0].shape);
      const shape = withAxis(parts[0].shape, at, parts.reduce((sum, part) => sum + part.shape[at], 0)); // prettier-ignore
      const y = heap.output(shape, parts[0].dtype);
      const stride = stridesOf(shape)[at];
      let place = 0;
      for (const part of parts) {
        move(part, 0, y, place * stride, part.shape);
        place += part.shape[at];
      }
      return y;
    }),

    SplitV: kernel<{ x: TensorInfo }, { numOrSizeSplits: number | number[]; axis: number }>(
      ({ x }, { numOrSizeSplits, axis }) => {
        if (!movable(x.dtype)) return undefined;
        const [at] = parseAxisParam(axis, x.shape);
        const stride = stridesOf(x.shape)[at];
        let place = 0;
        return tf.backend_util.prepareSplitSize(x as never, numOrSizeSplits, at).map((size) => {
          const y = heap.output(withAxis(x.shape, at, size), x.dtype);
          move(x, place * stride, y, 0, y.shape);
          place += size;
          return y;
        });
      },
    ),

    Slice: kernel<{ x: TensorInfo }, { begin: number | number[]; size: number | number[] }>(({ x }, attributes) => {
      if (!movable(x.dtype)) return undefined;
      const [begin, size] = tf.slice_util.parseSliceParams(x as never, attributes.begin, attributes.size);
      tf.slice_util.assertParamsValid(x as never, begin, size);
      const y = heap.output(size, x.dtype);
      move(x, placeOf(begin, x.shape), y, 0, size);
      return y;
    }),

    PadV2: kernel<{ x: TensorInfo }, { paddings: [number, number][]; constantValue: number }>(
      ({ x }, { paddings, constantValue }) => {
        if (x.dtype !== "float32" || sizeFromShape(x.shape) === 0) return undefined;
        const y = heap.output(x.shape.map((size, axis) => size + paddings[axis][0] + paddings[axis][1]));
        kernels.fill(heap.address(y), sizeFromShape(y.shape), constantValue);
        const begin = paddings.map(([before]) => before);
        move(x, 0, y, placeOf(begin, y.shape), x.shape);
        return y;
      },
    ),
  };
}

/** One axis of a move; strides in elements. */
interface Axis {
  size: number;
  from: number;
  to: number;
}

const single: Axis = { size: 1, from: 0, to: 0 };

/** Elements of four bytes each are moved as they are. */
const movable = (dtype: DataType): boolean => dtype === "float32" || dtype === "int32";

const stridesOf = (shape: readonly number[]): number[] => {
  let stride = 1;
  return shape
    .toReversed()
    .map((size) => (stride *= size) / size)
    .toReversed();
};

/** How many elements lie before this one. */
const placeOf = (indices: readonly number[], shape: readonly number[]): number => {
  const strides = stridesOf(shape);
  return indices.reduce((sum, index, axis) => sum + index * strides[axis], 0);
};

const withAxis = (shape: readonly number[], axis: number, size: number): number[] =>
  shape.map((old, i) => (i === axis ? size : old));

/** The axes of a block without those of size 1, neighbours joined that are one run on both sides. */
function joinAxes(shape: readonly number[], from: readonly number[], to: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const previous = axes.at(-1);
    if (previous && previous.from === from[axis] * size && previous.to === to[axis] * size) {
      Object.assign(previous, { size: previous.size * size, from: from[axis], to: to[axis] });
    } else axes.push({ size, from: from[axis], to: to[axis] });
  }
  return axes;
}
