// Sums of a filter's taps as the panels that the products of winograd.ts read.

import { DEPTH, packRows } from "./pack";
import { COLUMNS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution } from "./windows";
import { blockSize, firstTap, tapDown, tapRight } from "./winograd-blocks";
import { apart } from "./winograd-product";
import { productsAcross, productsDown, Tiles } from "./winograd-tiles";
import { ROOM_BYTES, sumTaps } from "./winograd-transforms";

export function packedBytes(products: i32, S: i32, N: i32): usize {
  return apart(S, roundUp(N, COLUMNS)) * products;
}

/** Panels of every product's matrix [S][N]; scratch: ROOM_BYTES. */
export function packTaps(panels: usize, filter: usize, g: Convolution, t: Tiles, scratch: usize): void {
  const C = g.channels, N = g.filters, S = blockSize(g), width = roundUp(N, COLUMNS);
  const products = productsDown(t) * productsAcross(t), product = apart(S, width);
  const right = tapRight(g), down = tapDown(g);
  for (let s = 0; s < S; s++) {
    const tap = filter + firstTap(g, s / C) + floats(N) * (s % C);
    const first = s - (s % DEPTH), panel = floats(COLUMNS) * min(DEPTH, S - first);
    let to = panels + floats(width) * first + floats(COLUMNS) * (s - first);
    for (let n = 0; n < N; n += COLUMNS, to += panel) {
      const count = min(COLUMNS, N - n);
      sumTaps(t, to, product, tap + floats(n), right, down, floats(count), scratch);
      if (count == COLUMNS) continue;
      for (let p = 0; p < products; p++) v128.store(to + product * p, f32x4.splat(0), 16);
    }
  }
}

export function packReversedTapsScratch(g: Convolution, products: i32): usize {
  return ROOM_BYTES + apart(blockSize(g), g.filters) * products;
}

/** Panels of every product's matrix [N][width], the columns from `row` on of [N][S], with the taps reversed along both axes. */
export function packReversedTaps(
  panels: usize, filter: usize, g: Convolution, t: Tiles, row: i32, width: i32, scratch: usize,
): void {
  const C = g.channels, N = g.filters, sums = scratch + ROOM_BYTES, product = apart(width, N);
  const run = floats(C) * N, right = tapRight(g), down = tapDown(g), last = (right + down) * (t.taps - 1);
  const products = productsDown(t) * productsAcross(t);
  for (let block = row / C; block < (row + width) / C; block++) {
    const tap = filter + firstTap(g, block) + last;
    sumTaps(t, sums + run * (block - row / C), product, tap, 0 - right, 0 - down, run, scratch);
  }
  for (let p = 0; p < products; p++) {
    for (let k = 0; k < N; k += DEPTH) {
      const to = panels + apart(N, roundUp(width, COLUMNS)) * p + floats(roundUp(width, COLUMNS)) * k;
      packRows(to, sums + product * p + floats(k), floats(N), min(DEPTH, N - k), width, COLUMNS);
    }
  }
}
