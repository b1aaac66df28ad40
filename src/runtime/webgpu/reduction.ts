/** Sum and Mean over neighbouring axes: one dispatch, two where many are added for few; added in the same order every time. */
import type { TensorInfo, Tf } from "../tf.ts";
import { middleAxes } from "../wasm/reduction.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import {
  dispatch,
  entry,
  output,
  type Program,
  release,
  spread,
  webgpuBackend,
  type WebGPUBackend,
} from "./program.ts";

interface ReductionAttributes {
  axis: number | number[];
  keepDims: boolean;
}

/** x as [outer][count][inner], of which `count` is added. */
interface Sums {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

export function reductionKernels(tf: Tf): KernelTable {
  const { parseAxisParam, sizeFromShape } = tf.util;
  const { computeOutAndReduceShapes, expandShapeToKeepDim } = tf.backend_util;

  const reduction = (scaleOf: (count: number) => number) =>
    kernel<{ x: TensorInfo }, ReductionAttributes>(({ x }, { axis, keepDims }) => {
      const axes = parseAxisParam(axis, x.shape);
      const sums = middleAxes(x.shape, axes);
      const backend = webgpuBackend(tf);
      if (!sums || !float32(x) || sizeFromShape(x.shape) === 0 || backend.shouldExecuteOnCPU([x])) return undefined;
      const [shape] = computeOutAndReduceShapes(x.shape, axes);
      return sum(backend, x, keepDims ? expandShapeToKeepDim(shape, axes) : shape, sums, scaleOf(sums.count));
    });

  return { Sum: reduction(() => 1), Mean: reduction((count) => 1 / count) };
}

const threads = 256;

/** Where a thread would add more than this and few sums are wanted, parts are added first. */
const mostOfThread = 64;
const enoughGroups = 64;

/** [outer][count][inner] → `shape` of outer · inner numbers, each times `scale`. */
export function sum(backend: WebGPUBackend, x: TensorInfo, shape: number[], sums: Sums, scale: number): TensorInfo {
  const { outer, count, inner } = sums;
  const width = Math.min(32, 2 ** Math.ceil(Math.log2(inner)));
  const height = Math.min(threads / width, 2 ** Math.ceil(Math.log2(count)));
  const tiles = Math.ceil(inner / width);
  const parts = Math.min(64, Math.ceil(count / (height * mostOfThread)));
  const run = (from: TensorInfo, to: TensorInfo, { outer, count, inner }: Sums, by: number, chunks: number) =>
    dispatch(backend, program(width, height), {
      outputs: [to],
      inputs: [from],
      uniforms: { outer, count, inner, tiles, chunk: Math.ceil(count / chunks), chunks, scale: by },
      grid: spread(backend, Math.ceil((outer * chunks * tiles) / tilesOfGroup(width, height))),
    });
  const y = output(backend, shape);
  if (parts === 1 || outer * tiles >= enoughGroups) {
    run(x, y, sums, scale, 1);
    return y;
  }
  const partial = output(backend, [outer, parts, inner]);
  run(x, partial, sums, 1, parts);
  run(partial, y, { outer, count: parts, inner }, scale, 1);
  release(backend, partial);
  return y;
}

/** Where few are added for each, a workgroup has several tiles. */
const tilesOfGroup = (width: number, height: number): number => threads / (width * height);

/** A tile is `width` neighbours of the inner axis, each added by `height` threads. */
const program = (width: number, height: number) =>
  ({
    label: `Sum/${width}x${height}`,
    outputs: { y: "f32" },
    inputs: { x: "f32" },
    uniforms: { outer: "u32", count: "u32", inner: "u32", tiles: "u32", chunk: "u32", chunks: "u32", scale: "f32" },
    code: `
const width = ${width}u;
const height = ${height}u;
const tilesOfGroup = ${tilesOfGroup(width, height)}u;
var<workgroup> lines: array<f32, ${threads}>;${entry(
      threads,
      `
  let index = group * tilesOfGroup + thread / (width * height);
  let outer = index / (uniforms.tiles * uniforms.chunks);
  let chunk = index / uniforms.tiles % uniforms.chunks;
  let tile = index % uniforms.tiles;
  let line = thread / width % height;
  let column = tile * width + thread % width;
  let inside = outer < uniforms.outer && column < uniforms.inner;
  var own = 0.0;
  if (inside) {
    let end = min(uniforms.count, (chunk + 1) * uniforms.chunk);
    for (var k = chunk * uniforms.chunk + line; k < end; k += height) {
      own += x[(outer * uniforms.count + k) * uniforms.inner + column];
    }
  }
  lines[thread] = own;
  workgroupBarrier();
  for (var half = height / 2; half > 0; half /= 2) {
    if (line < half) { lines[thread] += lines[thread + half * width]; }
    workgroupBarrier();
  }
  if (inside && line == 0) {
    y[(outer * uniforms.chunks + chunk) * uniforms.inner + column] = lines[thread] * uniforms.scale;
  }`,
    )}`,
  }) as const satisfies Program;
