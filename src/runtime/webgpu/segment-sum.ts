/**
 * UnsortedSegmentSum: rows added by the number of their segment, in order. It is the gradient of gather (an embedding, shifted
 * pixels). tfjs's own kernel adds with atomics, so that no two runs round alike.
 */
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, integers, output, type Program, spread, webgpuBackend } from "./program.ts";

export function segmentSumKernels(tf: Tf): KernelTable {
  return {
    UnsortedSegmentSum: kernel<Record<"x" | "segmentIds", TensorInfo>, { numSegments: number }>(
      ({ x, segmentIds }, { numSegments: segments }) => {
        const [rows, ...row] = x.shape;
        const columns = tf.util.sizeFromShape(row);
        const covered = float32(x) && segmentIds.dtype === "int32" && segmentIds.shape.length === 1;
        if (!covered || rows * columns * segments === 0) return undefined;
        const backend = webgpuBackend(tf);
        const y = output(backend, [segments, ...row]);
        const grid = spread(backend, Math.ceil((segments * columns) / threads));
        dispatch(backend, program, {
          outputs: [y],
          inputs: [x, segmentIds],
          uniforms: { rows, columns, segments },
          grid,
        });
        return y;
      },
    ),
  };
}

const threads = 64;

/** A thread for each sum; a negative number belongs to no segment. */
const program = {
  label: "UnsortedSegmentSumInOrder",
  outputs: { y: "f32" },
  inputs: { x: "f32", segmentOf: "i32" },
  uniforms: integers("rows", "columns", "segments"),
  code: entry(
    threads,
    `
  let index = i32(group * ${threads} + thread);
  if (index >= uniforms.segments * uniforms.columns) { return; }
  let segment = index / uniforms.columns;
  let column = index % uniforms.columns;
  var total = 0f;
  for (var row = 0; row < uniforms.rows; row++) {
    if (segmentOf[row] == segment) { total += x[row * uniforms.columns + column]; }
  }
  y[index] = total;`,
  ),
} as const satisfies Program;
