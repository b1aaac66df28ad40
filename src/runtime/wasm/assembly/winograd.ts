// Convolutions whose kernel is two or three times the stride, with 9/16 or 4/9 of the multiplications (Winograd's F(2×2, 2×2)
// and F(2×2, 3×3); Lavin and Gray, 2016). With stride s, blocks of s×s pixels are taken as one pixel of s²·C channels: then the
// kernel is 2×2 or 3×3 with stride 1. In one dimension, two outputs of two taps take three products instead of four:
//
//   y0 = d0·g0 + d1·g1 = m0 + m1      m0 = (d0 − d1)·g0
//   y1 = d1·g0 + d2·g1 = m1 − m2      m1 = d1·(g0 + g1)      m2 = (d1 − d2)·g1
//
// and two outputs of three taps four instead of six:
//
//   y0 = m0 + m1 + m2      m0 = (d0 − d2)·g0      m1 = (d1 + d2)·(g0 + g1 + g2)/2
//   y1 = m1 − m2 − m3      m3 = (d1 − d3)·g2      m2 = (d2 − d1)·(g0 − g1 + g2)/2
//
// In two, differences of the inputs, sums of taps and 9 or 16 matrix products give 2×2 outputs. All three of a convolution's
// passes have this form: forward with x as d, the input gradient with dy as d and the taps reversed, and the filter gradient
// with x as d and dy as what the products are combined to.

import { Blocks, view } from "./blocks";
import { DEPTH, packRows } from "./pack";
import { COLUMNS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution } from "./windows";
import { packTaps, sumTaps } from "./winograd-filters";
import { apart, multiplyTiles, multiplyTilesScratch } from "./winograd-product";

/** Fewer channels do not pay for the differences, and fewer tiles not for the sums of taps. */
const MIN_CHANNELS: i32 = 8;
const MIN_TILES: i32 = 16;
const VIEW_BYTES: usize = 64;

/** How many times the stride the kernel is, where that is two or three along both axes; otherwise 0. */
export function tapsOf(g: Convolution): i32 {
  const taps = g.kernelHeight / g.strideHeight;
  const whole = g.kernelHeight == taps * g.strideHeight && g.kernelWidth == taps * g.strideWidth;
  return whole && (taps == 2 || taps == 3) ? taps : 0;
}

/** Matrix products that a tile takes. */
export function productsOf(g: Convolution): i32 {
  return (tapsOf(g) + 1) * (tapsOf(g) + 1);
}

/** Channels of a block. */
export function blockSize(g: Convolution): i32 {
  return g.strideHeight * g.strideWidth * g.channels;
}

/** Whether a pass over a grid of rows×columns windows is covered, and gains more products than the transforms cost. */
export function prefersWinograd(g: Convolution, rows: i32, columns: i32): bool {
  const taps = tapsOf(g);
  const vectors = g.channels % 4 == 0 && g.filters % 4 == 0 && g.dilationHeight == 1 && g.dilationWidth == 1;
  if (taps == 0 || !vectors || min(g.channels, g.filters) < MIN_CHANNELS) return false;
  // (taps + 1)² products a tile against taps² for each of its windows: on odd grids a part of the last tiles is wasted.
  const tiles = half(rows) * half(columns), windows = rows * columns;
  return tiles * g.batch >= MIN_TILES && (taps == 2 ? tiles * 10 < 4 * windows : tiles * 20 < 9 * windows);
}

export function half(count: i32): i32 {
  return (count + 1) / 2;
}

export function winogradConvolveScratch(g: Convolution): usize {
  const S = blockSize(g), N = g.filters;
  return 2 * VIEW_BYTES + apart(S, roundUp(N, COLUMNS)) * productsOf(g) + multiplyTilesScratch(productsOf(g), S, N);
}

export function winogradConvolve(x: usize, filter: usize, y: usize, g: Convolution, scratch: usize): void {
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  view(input, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, g.top, g.left);
  view(output, g.outHeight, g.outWidth, g.filters, 1, 1, 0, 0);
  const packed = scratch + 2 * VIEW_BYTES;
  packTaps(packed, filter, g, tapsOf(g));
  const rest = packed + apart(blockSize(g), roundUp(g.filters, COLUMNS)) * productsOf(g);
  multiplyTiles(tapsOf(g), x, input, packed, y, output, g.batch, half(g.outHeight), half(g.outWidth), rest);
}

export function winogradInputGradientScratch(g: Convolution): usize {
  const S = blockSize(g), N = g.filters;
  const filters = (apart(N, roundUp(S, COLUMNS)) + apart(S, N)) * productsOf(g);
  return 2 * VIEW_BYTES + filters + multiplyTilesScratch(productsOf(g), N, S);
}

export function winogradInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  const stepY = g.strideHeight, stepX = g.strideWidth, C = g.channels;
  const sums = scratch + 2 * VIEW_BYTES + apart(g.filters, roundUp(blockSize(g), COLUMNS)) * productsOf(g);
  sumTaps(sums, filter, g, tapsOf(g));
  // Blocks begin in the padding, so there may be one more of them along an axis than pixels of each phase. Where that adds
  // tiles, every phase (pixel of a block) is made by itself, at the cost of more differences.
  const blocksY = floorDivide(g.height - 1 + g.top, stepY) - floorDivide(g.top, stepY) + 1;
  const blocksX = floorDivide(g.width - 1 + g.left, stepX) - floorDivide(g.left, stepX) + 1;
  const phaseTiles = half((g.height + stepY - 1) / stepY) * half((g.width + stepX - 1) / stepX);
  if (half(blocksY) * half(blocksX) <= phaseTiles) {
    inputGradientPhases(dy, sums, 0, dx, g, 0, 0, stepY, stepX, scratch);
  } else {
    for (let i = 0; i < stepY; i++) {
      for (let j = 0; j < stepX; j++) inputGradientPhases(dy, sums, (i * stepX + j) * C, dx, g, i, j, 1, 1, scratch);
    }
  }
}

/** The pixels (i … i + rows − 1, j … j + columns − 1) of all blocks; `row` is the first's row in the sums of taps. */
function inputGradientPhases(
  dy: usize, sums: usize, row: i32, dx: usize, g: Convolution, i: i32, j: i32, rows: i32, columns: i32, scratch: usize,
): void {
  const S = blockSize(g), N = g.filters, width = rows * columns * g.channels, taps = tapsOf(g), products = productsOf(g);
  // The first and the last block that hold such pixels of dx.
  const firstY = floorDivide(g.top - i - rows + g.strideHeight, g.strideHeight);
  const firstX = floorDivide(g.left - j - columns + g.strideWidth, g.strideWidth);
  const countY = floorDivide(g.height - 1 + g.top - i, g.strideHeight) - firstY + 1;
  const countX = floorDivide(g.width - 1 + g.left - j, g.strideWidth) - firstX + 1;
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  view(input, g.outHeight, g.outWidth, N, 1, 1, taps - 1 - firstY, taps - 1 - firstX);
  const top = g.top - i - firstY * g.strideHeight, left = g.left - j - firstX * g.strideWidth;
  view(output, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, top, left);
  output.rows = rows;
  output.columns = columns;
  const packed = scratch + 2 * VIEW_BYTES;
  for (let p = 0; p < products; p++) {
    for (let k = 0; k < N; k += DEPTH) {
      const from = sums + apart(S, N) * p + floats(N) * row + floats(k);
      const to = packed + apart(N, roundUp(width, COLUMNS)) * p + floats(roundUp(width, COLUMNS)) * k;
      packRows(to, from, floats(N), min(DEPTH, N - k), width, COLUMNS);
    }
  }
  const rest = sums + apart(S, N) * products;
  multiplyTiles(taps, dy, input, packed, dx, output, g.batch, half(countY), half(countX), rest);
}

function floorDivide(n: i32, divisor: i32): i32 {
  return n >= 0 ? n / divisor : -((divisor - 1 - n) / divisor);
}
