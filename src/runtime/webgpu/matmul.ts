/**
 * BatchMatMul of one product with a long inner extent and few results: a flat image to features, PyTorch's Linear. The inner
 * extent is cut into parts that are multiplied side by side and then added in order. tfjs's own kernel for these (split-K) adds
 * with atomics, so that no two runs round alike, and gives wrong results where b is transposed.
 */
import type { BatchMatMulAttrs } from "@tensorflow/tfjs";
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, integers, output, type Program, release, webgpuBackend } from "./program.ts";
import { sum } from "./reduction.ts";

/** tfjs takes its split-K from this inner extent on, for more results than these. */
const longInner = 2000;
const fewResults = 128;

/** A workgroup computes a square of so many results a side, a thread each, from slices of as many inner numbers. */
const side = 16;
/** Parts are made until there are so many workgroups, none shorter than this. */
const enoughGroups = 256;
const shortestPart = 256;

export function matMulKernels(tf: Tf): KernelTable {
  return {
    BatchMatMul: kernel<Record<"a" | "b", TensorInfo>, BatchMatMulAttrs>(({ a, b }, { transposeA, transposeB }) => {
      const batch = [a, b].map(({ shape }) => tf.util.sizeFromShape(shape.slice(0, -2)));
      const [inner, rows] = transposeA ? a.shape.slice(-2) : a.shape.slice(-2).reverse();
      const columns = b.shape.at(transposeB ? -2 : -1)!;
      const backend = webgpuBackend(tf);
      const squares = Math.ceil(rows / 32) * Math.ceil(columns / 32);
      const splits = inner >= longInner && rows * columns > fewResults;
      const few = squares <= 2 * backend.thresholdToIncreaseWorkgroups; // no fewer calls than tfjs splits
      if (!splits || !few || batch.some((count) => count !== 1) || !float32(a, b)) return undefined;

      const tiles = [Math.ceil(columns / side), Math.ceil(rows / side)] as const;
      const wanted = Math.ceil(Math.min(enoughGroups / (tiles[0] * tiles[1]), inner / shortestPart));
      const chunk = side * Math.ceil(inner / wanted / side);
      const parts = Math.ceil(inner / chunk);
      const outer = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
      const shape = [...outer, rows, columns];
      const products = output(backend, parts === 1 ? shape : [parts, rows, columns]);
      dispatch(backend, program(transposeA, transposeB), {
        outputs: [products],
        inputs: [a, b],
        uniforms: { rows, columns, inner, chunk },
        grid: [...tiles, parts],
      });
      if (parts === 1) return products;
      const y = sum(backend, products, shape, { outer: 1, count: parts, inner: rows * columns }, 1);
      release(backend, products);
      return y;
    }),
  };
}

/** Neighbouring threads read neighbouring numbers, whichever way an operand lies. */
function program(transposeA: boolean, transposeB: boolean) {
  const uniforms = integers("rows", "columns", "inner", "chunk");
  return {
    label: `MatMulInParts ${transposeA} ${transposeB}`,
    outputs: { products: "f32" },
    inputs: { a: "f32", b: "f32" },
    uniforms,
    code: `
var<workgroup> ofA: array<array<f32, ${side + 1}>, ${side}>; // [row][inner]
var<workgroup> ofB: array<array<f32, ${side + 1}>, ${side}>; // [inner][column]

fn readA(row: i32, k: i32, end: i32) -> f32 {
  if (row >= uniforms.rows || k >= end) { return 0; }
  return a[${transposeA ? "k * uniforms.rows + row" : "row * uniforms.inner + k"}];
}

fn readB(k: i32, column: i32, end: i32) -> f32 {
  if (column >= uniforms.columns || k >= end) { return 0; }
  return b[${transposeB ? "column * uniforms.inner + k" : "k * uniforms.columns + column"}];
}

@compute @workgroup_size(${side}, ${side})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let thread = vec3i(local);
  let corner = vec3i(group) * ${side};
  let part = i32(group.z);
  let end = min((part + 1) * uniforms.chunk, uniforms.inner);
  var total = 0f;
  for (var k = part * uniforms.chunk; k < end; k += ${side}) {
    ${
      transposeA
        ? "ofA[thread.x][thread.y] = readA(corner.y + thread.x, k + thread.y, end);"
        : "ofA[thread.y][thread.x] = readA(corner.y + thread.y, k + thread.x, end);"
    }
    ${
      transposeB
        ? "ofB[thread.x][thread.y] = readB(k + thread.x, corner.x + thread.y, end);"
        : "ofB[thread.y][thread.x] = readB(k + thread.y, corner.x + thread.x, end);"
    }
    workgroupBarrier();
    for (var i = 0; i < ${side}; i++) { total += ofA[thread.y][i] * ofB[i][thread.x]; }
    workgroupBarrier();
  }
  let row = corner.y + thread.y;
  let column = corner.x + thread.x;
  if (row < uniforms.rows && column < uniforms.columns) {
    products[(part * uniforms.rows + row) * uniforms.columns + column] = total;
  }
}`,
  } as const satisfies Program;
}
