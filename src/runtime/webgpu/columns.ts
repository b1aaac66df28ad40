/**
 * Work down the columns of [rows, columns] in tiles: a workgroup has up to 32 neighbouring columns and a chunk of the rows, so
 * that neighbours read neighbours; what it adds up it adds in a fixed order. Few rows are one chunk; more are chunks that a
 * second dispatch joins.
 */
import type { Grid } from "./program.ts";

export const threads = 256;

export interface Tiling {
  /** Columns of a tile: a power of two. */
  readonly width: number;
  readonly chunks: number;
  readonly rowsOfChunk: number;
  /** Workgroups: tiles along x, chunks along y. */
  readonly grid: Grid;
}

/** At most 64 chunks, since every workgroup of the second dispatch joins them all; at least 16 rows for a thread. */
export function tile(rows: number, columns: number): Tiling {
  const width = Math.min(32, 2 ** Math.ceil(Math.log2(columns)));
  const height = threads / width;
  const each = Math.max(16, Math.ceil(rows / (height * 64)));
  const rowsOfChunk = height * each;
  const chunks = Math.ceil(rows / rowsOfChunk);
  return { width, chunks, rowsOfChunk, grid: [Math.ceil(columns / width), chunks, 1] };
}

/** The uniforms that `columnCode` reads. */
export const columnUniforms = { rows: "u32", columns: "u32", rowsOfChunk: "u32", chunks: "u32" } as const;

/**
 * The entry point for tiles of a width. `body` has `column`, `line` (of `height` that share the column), `first` and `end` (the
 * chunk's rows), `chunk`, and `inside`: whether the column exists. It may call `joined(own, thread)`, which joins a value of all
 * lines of a column by `join`, a function of two values of `type` in WGSL; every thread has the result.
 */
export const columnCode = (
  width: number,
  { type, join, body }: { type: string; join: string; body: string },
): string => `
const width = ${width}u;
const height = ${threads / width}u;
var<workgroup> lines: array<${type}, ${threads}>;
${join}
fn joined(own: ${type}, thread: u32) -> ${type} {
  workgroupBarrier();
  lines[thread] = own;
  workgroupBarrier();
  for (var half = height / 2; half > 0; half /= 2) {
    if (thread < half * width) { lines[thread] = join(lines[thread], lines[thread + half * width]); }
    workgroupBarrier();
  }
  return lines[thread % width];
}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column = group.x * width + thread % width;
  let line = thread / width;
  let chunk = group.y;
  let inside = column < uniforms.columns;
  let first = chunk * uniforms.rowsOfChunk + line;
  let end = select(0, min(uniforms.rows, (chunk + 1) * uniforms.rowsOfChunk), inside);
  ${body}
}`;
