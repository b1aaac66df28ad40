// The register tile under matrix product, convolution and its gradients: C[m][n] (+)= A·B from packed panels
// (see pack.ts). Four rows by eight columns keep 8 sums, 2 vectors of B and 1 of A in registers.

import { floats, multiplyAdd } from "./vectors";

/** Rows and columns of the tile: the widths of A's and B's panels. */
export const ROWS: i32 = 4;
export const COLUMNS: i32 = 8;
/** Scratch bytes that multiplyPanels needs for tiles that hang over C's edge: four addresses, then four rows. */
export const EDGE_BYTES: usize = 256;
const EDGE_TILE: usize = 64;

/**
 * C (+)= A·B for `depth` terms. A is in panels [depth][4], B in panels [depth][8], both filled up with zeros. Row i of C
 * begins at the address in rowAddresses[i] (u32), so that C may be a part of an image; `width` columns are contiguous.
 */
export function multiplyPanels(
  a: usize, b: usize, depth: i32, height: i32, width: i32, rowAddresses: usize, add: bool, edge: usize,
): void {
  for (let j = 0; j < width; j += COLUMNS) {
    const bj = b + floats(j) * depth;
    const columns = min(COLUMNS, width - j);
    for (let i = 0; i < height; i += ROWS) {
      const ai = a + floats(i) * depth;
      const addresses = rowAddresses + floats(i);
      const rows = min(ROWS, height - i);
      if (columns == COLUMNS && rows == ROWS) tile(ai, bj, depth, addresses, floats(j), add);
      else edgeTile(ai, bj, depth, rows, columns, addresses, floats(j), add, edge);
    }
  }
}

/** A tile of which only `rows`×`columns` belong to C: computed aside, then copied. */
function edgeTile(
  a: usize, b: usize, depth: i32, rows: i32, columns: i32, rowAddresses: usize, offset: usize, add: bool, edge: usize,
): void {
  const aside = edge + EDGE_TILE;
  for (let r = 0; r < ROWS; r++) store<u32>(edge + floats(r), <u32>(aside + floats(r * COLUMNS)));
  tile(a, b, depth, edge, 0, false);
  for (let r = 0; r < rows; r++) {
    const to = <usize>load<u32>(rowAddresses + floats(r)) + offset;
    for (let q = 0; q < columns; q++) {
      const sum = load<f32>(aside + floats(r * COLUMNS + q));
      store<f32>(to + floats(q), add ? load<f32>(to + floats(q)) + sum : sum);
    }
  }
}

/**
 * The whole tile. V8 moves all loads of a basic block to the block's front and has 15 vector registers to give: a plainly
 * unrolled body spills. The test after each of the two steps keeps every step a block of its own.
 */
function tile(a: usize, b: usize, depth: i32, rowAddresses: usize, offset: usize, add: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let x: v128, b0: v128, b1: v128;
  const end = a + (<usize>depth << 4);
  while (true) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load32_splat(a); c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4); c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8); c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12); c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
    a += 16; b += 32;
    if (a >= end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load32_splat(a); c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4); c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8); c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12); c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
    a += 16; b += 32;
    if (a >= end) break;
  }
  put(<usize>load<u32>(rowAddresses) + offset, c00, c01, add);
  put(<usize>load<u32>(rowAddresses, 4) + offset, c10, c11, add);
  put(<usize>load<u32>(rowAddresses, 8) + offset, c20, c21, add);
  put(<usize>load<u32>(rowAddresses, 12) + offset, c30, c31, add);
}

function put(to: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    left = f32x4.add(left, v128.load(to));
    right = f32x4.add(right, v128.load(to, 16));
  }
  v128.store(to, left);
  v128.store(to, right, 16);
}
