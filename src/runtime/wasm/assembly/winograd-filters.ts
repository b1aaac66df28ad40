// Sums of a filter's taps, as the products of winograd.ts take them.

import { DEPTH } from "./pack";
import { COLUMNS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution } from "./windows";
import { blockSize } from "./winograd";
import { apart } from "./winograd-product";
import { addThreeTaps, addTwoTaps } from "./winograd-transforms";

/** sums[products][S][N], the taps of every block channel and filter reversed along both axes. */
export function sumTaps(sums: usize, filter: usize, g: Convolution, taps: i32): void {
  const run = floats(g.channels) * g.filters, product = apart(blockSize(g), g.filters);
  const right = run * g.strideWidth, down = run * g.strideHeight * g.kernelWidth, last = (right + down) * (taps - 1);
  for (let a = 0; a < g.strideHeight; a++) {
    for (let b = 0; b < g.strideWidth; b++, sums += run) {
      const tap = filter + run * (a * g.kernelWidth + b);
      for (let i: usize = 0; i < run; i += 16) sum(taps, sums + i, product, tap + last + i, 0 - right, 0 - down);
    }
  }
}

/** The sums of the taps as they are, as the panels of the matrices [S][N] of every product. */
export function packTaps(panels: usize, filter: usize, g: Convolution, taps: i32): void {
  const C = g.channels, N = g.filters, S = blockSize(g), width = roundUp(N, COLUMNS);
  const run = floats(C) * N, product = apart(S, width);
  const right = run * g.strideWidth, down = run * g.strideHeight * g.kernelWidth;
  for (let s = 0; s < S; s++) {
    const block = s / C;
    const tap = filter + run * ((block / g.strideWidth) * g.kernelWidth + (block % g.strideWidth)) + floats(N) * (s % C);
    const first = s - (s % DEPTH), panel = floats(COLUMNS) * min(DEPTH, S - first);
    let to = panels + floats(width) * first + floats(COLUMNS) * (s - first);
    for (let n = 0; n < N; n += COLUMNS, to += panel) {
      sum(taps, to, product, tap + floats(n), right, down);
      if (n + 4 < N) sum(taps, to + 16, product, tap + floats(n + 4), right, down);
      else for (let p = 0; p < (taps + 1) * (taps + 1); p++) v128.store(to + product * p, f32x4.splat(0), 16);
    }
  }
}

function sum(taps: i32, to: usize, product: usize, tap: usize, right: usize, down: usize): void {
  if (taps == 3) addThreeTaps(to, product, tap, right, down);
  else addTwoTaps(to, product, v128.load(tap), v128.load(tap + right), v128.load(tap + down), v128.load(tap + down + right));
}
