// Transpose of up to four groups of axes, PixelShuffle (see runtime/layout.ts), and Identity and Cast to the same type, which
// share their input's data (tfjs copies it).

import type { DataType, TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

/** Axes that lie side by side in input and output, as one; strides in elements. */
interface Group {
  size: number;
  from: number;
  to: number;
}

const single: Group = { size: 1, from: 0, to: 0 };

export function layoutKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  return {
    Identity: kernel<{ x: TensorInfo }>(({ x }) => (x.dtype === "string" ? undefined : heap.share(x, x.shape))),

    Cast: kernel<{ x: TensorInfo }, { dtype: DataType }>(({ x }, { dtype }) =>
      x.dtype === dtype && dtype !== "string" ? heap.share(x, x.shape) : undefined,
    ),

    PixelShuffle: kernel<{ x: TensorInfo }, { factor: number; inverse: boolean }>(({ x }, { factor: r, inverse }) => {
      if (!float32(x)) return undefined;
      const [batch, height, width, channels] = x.shape;
      const y = heap.output(
        inverse ? [batch, height / r, width / r, channels * r * r] : [batch, height * r, width * r, channels / (r * r)],
      );
      const [narrow, wide] = inverse ? [y, x] : [x, y];
      const [, rows, columns] = narrow.shape;
      const [from, to] = [heap.address(narrow), heap.address(wide)];
      kernels.pixelShuffle(from, to, batch * rows, columns, wide.shape[3], r, inverse);
      return y;
    }),

    Transpose: kernel<{ x: TensorInfo }, { perm: number[] }>(({ x }, { perm }) => {
      const shape = perm.map((axis) => x.shape[axis]);
      const groups = groupAxes(x.shape, perm);
      if (x.dtype === "string") return undefined;
      if (groups.length <= 1) return heap.share(x, shape);
      if (!float32(x) || groups.length > 4 || tf.util.sizeFromShape(shape) === 0) return undefined;

      const y = heap.output(shape);
      const [from, to] = [heap.address(x), heap.address(y)];
      const last = groups[groups.length - 1];
      if (last.from === 1) {
        const [i, j, k] = fill(groups.slice(0, -1), 3);
        kernels.permuteRuns(from, to, i.size, i.from, j.size, j.from, k.size, k.from, last.size);
      } else {
        const rows = groups.find((group) => group.from === 1) as Group;
        const others = groups.filter((group) => group !== rows && group !== last);
        const [i, j] = fill(others, 2);
        const [P, Q] = [rows, last];
        kernels.transposePlanes(
          from,
          to,
          ...([i.size, i.from, i.to, j.size, j.from, j.to, P.size, P.to, Q.size, Q.from] as PlaneNumbers),
        );
      }
      return y;
    }),
  };
}

type PlaneNumbers = [number, number, number, number, number, number, number, number, number, number];

/** The output's axes in order, without those of size 1, neighbours that stay neighbours joined. */
function groupAxes(shape: readonly number[], perm: readonly number[]): Group[] {
  const strideOf = (axis: number) => shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const groups: Group[] = [];
  for (const axis of perm) {
    const [size, from] = [shape[axis], strideOf(axis)];
    if (size === 1) continue;
    const previous = groups.at(-1);
    if (previous && previous.from === from * size) {
      previous.size *= size;
      previous.from = from;
    } else groups.push({ size, from, to: 0 });
  }
  let to = 1;
  for (const group of groups.toReversed()) {
    group.to = to;
    to *= group.size;
  }
  return groups;
}

/** `groups` preceded by groups of size 1 up to `count`. */
function fill(groups: readonly Group[], count: number): Group[] {
  return [...Array<Group>(count - groups.length).fill(single), ...groups];
}
