// Panels: the order in which the register tile reads its operands. A panel holds `width` neighbouring rows of A (or columns
// of B), depth by depth: [depth][width]. The last panel is filled up with zeros.

import { COLUMNS } from "./tile";
import { floats } from "./vectors";

/** Longest depth of a panel: a panel of B of this depth (8 kB) stays in the L1 cache. */
export const DEPTH: i32 = 256;
/** Rows of A that are packed at a time: with DEPTH, 64 kB that stay in the L2 cache. */
export const BLOCK: i32 = 64;

/** Panels from a matrix [depth][count] whose rows lie `stride` bytes apart. */
export function packColumns(to: usize, from: usize, stride: usize, depth: i32, count: i32, width: i32): void {
  const panel = floats(width) * depth;
  let i = 0;
  // Sixteen columns at a time use the whole of every cache line that is read.
  for (; i + 16 <= count; i += 16, to += panel * (16 / width)) {
    const second: usize = width == COLUMNS ? 16 : panel;
    const third: usize = width == COLUMNS ? panel : 2 * panel;
    for (let k = 0, s = from + floats(i), d = to; k < depth; k++, s += stride, d += floats(width)) {
      v128.store(d, v128.load(s));
      v128.store(d + second, v128.load(s, 16));
      v128.store(d + third, v128.load(s, 32));
      v128.store(d + third + second, v128.load(s, 48));
    }
  }
  for (; i + width <= count; i += width, to += panel) {
    for (let k = 0, s = from + floats(i), d = to; k < depth; k++, s += stride, d += floats(width)) {
      v128.store(d, v128.load(s));
      if (width == COLUMNS) v128.store(d, v128.load(s, 16), 16);
    }
  }
  if (i == count) return;
  for (let k = 0, s = from + floats(i); k < depth; k++, s += stride, to += floats(width)) {
    for (let q = 0; q < width; q++) store<f32>(to + floats(q), i + q < count ? load<f32>(s + floats(q)) : 0);
  }
}

/** Panels from a matrix [count][depth] whose rows lie `stride` bytes apart. */
export function packRows(to: usize, from: usize, stride: usize, depth: i32, count: i32, width: i32): void {
  for (let i = 0; i < count; i += width, to += floats(width) * depth) {
    for (let q = 0; q < width; q += 4) {
      turn(to + floats(q), floats(width), from + stride * (i + q), stride, depth, min(4, count - i - q), min(4, width - q));
    }
  }
}

/**
 * Up to four rows of `depth` floats, `fromStride` bytes apart, become `depth` rows of `width` floats, `toStride` bytes
 * apart; the missing ones of `width` become zero.
 */
export function turn(to: usize, toStride: usize, from: usize, fromStride: usize, depth: i32, rows: i32, width: i32): void {
  let k = 0;
  if (rows == 4) {
    for (; k + 4 <= depth; k += 4, to += 4 * toStride, from += 16) {
      const r0 = v128.load(from), r1 = v128.load(from + fromStride);
      const r2 = v128.load(from + 2 * fromStride), r3 = v128.load(from + 3 * fromStride);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(to + toStride, v128.shuffle<f64>(low01, low23, 1, 3));
      v128.store(to + 2 * toStride, v128.shuffle<f64>(high01, high23, 0, 2));
      v128.store(to + 3 * toStride, v128.shuffle<f64>(high01, high23, 1, 3));
    }
  }
  for (; k < depth; k++, to += toStride, from += 4) {
    for (let r = 0; r < width; r++) store<f32>(to + floats(r), r < rows ? load<f32>(from + fromStride * r) : 0);
  }
}
