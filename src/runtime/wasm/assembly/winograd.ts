// Convolutions whose kernel is two or three times the stride, or 4×4 with stride 1, with 4/9 to 9/16 of the multiplications
// (Winograd's F(2×2, 2×2), F(3×3, 2×2) and F(2×2, 3×3); Lavin and Gray, 2016). All of them are seen as convolutions of 2×2 or 3×3
// taps over blocks of pixels (winograd-blocks.ts). In one dimension, two outputs of two taps take three products instead of
// four:
//
//   y0 = d0·g0 + d1·g1 = m0 + m1      m0 = (d0 − d1)·g0
//   y1 = d1·g0 + d2·g1 = m1 − m2      m1 = d1·(g0 + g1)      m2 = (d1 − d2)·g1
//
// (winograd-axis.ts has all schemes). In two, differences of the inputs, sums of taps and 9, 12 or 16 matrix products give a
// tile of outputs (winograd-tiles.ts). Forward takes x as d; the input gradient dy as d and the taps reversed; the filter
// gradient is the adjoint of forward.

import { ADJOINT_BYTES, adjointOf, flipTaps } from "./adjoint";
import { Blocks, view } from "./blocks";
import { floats } from "./vectors";
import { Convolution, windowSize } from "./windows";
import { blockSize, isFourByFour, tapsOf, viewInput } from "./winograd-blocks";
import {
  packedBytes, packReversedTaps, packReversedTapsScratch, packTaps,
} from "./winograd-filters";
import { multiplyTiles, multiplyTilesScratch } from "./winograd-product";
import { costOf, prefersMixed, region, REGIONS, Tiles, TILES_BYTES } from "./winograd-tiles";

/** Fewer channels do not pay for the transforms, and fewer tiles not for the sums of taps. */
const MIN_CHANNELS: i32 = 8;
const MIN_TILES: i32 = 16;
const VIEW_BYTES: usize = 64;
const HEADER_BYTES: usize = 2 * VIEW_BYTES + TILES_BYTES;
/** Products of the largest tile. */
const PRODUCTS: i32 = 16;

/** Whether a filter gradient is covered and pays: gathering the taps of two costs as much as summing them. */
export function prefersWinogradFilterGradient(g: Convolution): bool {
  const tiles = g.batch * ((g.outHeight + 1) / 2) * ((g.outWidth + 1) / 2);
  return prefersWinograd(g, g.outHeight, g.outWidth) && (tapsOf(g) == 3 || tiles >= 2 * MIN_TILES);
}

/** Whether a pass over a grid of rows×columns windows is covered, and gains more products than the transforms cost. */
export function prefersWinograd(g: Convolution, rows: i32, columns: i32): bool {
  const taps = tapsOf(g);
  const vectors = g.channels % 4 == 0 && g.filters % 4 == 0 && g.dilationHeight == 1 && g.dilationWidth == 1;
  if (taps == 0 || !vectors || min(g.channels, g.filters) < MIN_CHANNELS) return false;
  const S = blockSize(g), N = g.filters;
  if (g.batch * ((rows + 1) / 2) * ((columns + 1) / 2) < MIN_TILES) return false;
  // Windows times filters have costs beside their products too.
  const direct = <i64>(taps * taps) * g.batch * rows * columns * (<i64>S * N + 8 * (S + N));
  return costOf(taps, g.batch, rows, columns, S, N) < direct;
}

export function winogradConvolveScratch(g: Convolution): usize {
  return tilesScratch(blockSize(g), g.filters);
}

function tilesScratch(S: i32, N: i32): usize {
  return HEADER_BYTES + packedBytes(PRODUCTS, S, N) + multiplyTilesScratch(PRODUCTS, S, N);
}

export function winogradConvolve(x: usize, filter: usize, y: usize, g: Convolution, scratch: usize): void {
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  const t = changetype<Tiles>(scratch + 2 * VIEW_BYTES), S = blockSize(g), N = g.filters, taps = tapsOf(g);
  viewInput(input, g);
  view(output, g.outHeight, g.outWidth, N, 1, 1, 0, 0);
  const packed = scratch + HEADER_BYTES, rest = packed + packedBytes(PRODUCTS, S, N);
  const mixed = prefersMixed(taps, g.batch, g.outHeight, g.outWidth, S, N);
  for (let number = 0; number < REGIONS; number++) {
    if (!region(t, number, taps, mixed, g.outHeight, g.outWidth)) continue;
    packTaps(packed, filter, g, t, rest);
    multiplyTiles(t, x, input, packed, y, output, g.batch, rest);
  }
}

export function winogradInputGradientScratch(g: Convolution): usize {
  const S = blockSize(g), N = g.filters;
  if (isFourByFour(g)) return ADJOINT_BYTES + floats(windowSize(g)) * N + tilesScratch(N * 4, g.channels);
  const rest = max(packReversedTapsScratch(g, PRODUCTS), multiplyTilesScratch(PRODUCTS, N, S));
  return HEADER_BYTES + packedBytes(PRODUCTS, N, S) + rest;
}

export function winogradInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  if (isFourByFour(g)) return adjointConvolve(dy, filter, dx, g, scratch);
  const stepY = g.strideHeight, stepX = g.strideWidth, C = g.channels, N = g.filters, taps = tapsOf(g);
  // Blocks begin in the padding, so there may be one more of them along an axis than pixels of each phase. Where that costs
  // more, every phase (pixel of a block) is made by itself, though that takes more differences.
  const rows = floorDivide(g.height - 1 + g.top, stepY) - floorDivide(g.top, stepY) + 1;
  const columns = floorDivide(g.width - 1 + g.left, stepX) - floorDivide(g.left, stepX) + 1;
  const phaseRows = (g.height + stepY - 1) / stepY, phaseColumns = (g.width + stepX - 1) / stepX;
  const whole = costOf(taps, g.batch, rows, columns, N, blockSize(g));
  if (whole <= stepY * stepX * costOf(taps, g.batch, phaseRows, phaseColumns, N, C)) {
    inputGradientPhases(dy, filter, dx, g, 0, 0, stepY, stepX, scratch);
  } else {
    for (let i = 0; i < stepY; i++) {
      for (let j = 0; j < stepX; j++) inputGradientPhases(dy, filter, dx, g, i, j, 1, 1, scratch);
    }
  }
}

/** With stride 1 the input gradient is the convolution of dy with the reversed taps. */
function adjointConvolve(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  const adjoint = adjointOf(g, scratch), flipped = scratch + ADJOINT_BYTES;
  flipTaps(flipped, filter, 0, 0, g, adjoint);
  winogradConvolve(dy, flipped, dx, adjoint, flipped + floats(windowSize(g)) * g.filters);
}

/** The pixels (i … i + rows − 1, j … j + columns − 1) of all blocks. */
function inputGradientPhases(
  dy: usize, filter: usize, dx: usize, g: Convolution, i: i32, j: i32, rows: i32, columns: i32, scratch: usize,
): void {
  const N = g.filters, width = rows * columns * g.channels, taps = tapsOf(g);
  // The first and the last block that hold such pixels of dx.
  const firstY = floorDivide(g.top - i - rows + g.strideHeight, g.strideHeight);
  const firstX = floorDivide(g.left - j - columns + g.strideWidth, g.strideWidth);
  const countY = floorDivide(g.height - 1 + g.top - i, g.strideHeight) - firstY + 1;
  const countX = floorDivide(g.width - 1 + g.left - j, g.strideWidth) - firstX + 1;
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  const t = changetype<Tiles>(scratch + 2 * VIEW_BYTES);
  view(input, g.outHeight, g.outWidth, N, 1, 1, taps - 1 - firstY, taps - 1 - firstX);
  const top = g.top - i - firstY * g.strideHeight, left = g.left - j - firstX * g.strideWidth;
  view(output, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, top, left);
  output.rows = rows;
  output.columns = columns;
  const packed = scratch + HEADER_BYTES, rest = packed + packedBytes(PRODUCTS, N, width);
  const mixed = prefersMixed(taps, g.batch, countY, countX, N, width), row = (i * g.strideWidth + j) * g.channels;
  for (let number = 0; number < REGIONS; number++) {
    if (!region(t, number, taps, mixed, countY, countX)) continue;
    packReversedTaps(packed, filter, g, t, row, width, rest);
    multiplyTiles(t, dy, input, packed, dx, output, g.batch, rest);
  }
}

function floorDivide(n: i32, divisor: i32): i32 {
  return n >= 0 ? n / divisor : -((divisor - 1 - n) / divisor);
}
