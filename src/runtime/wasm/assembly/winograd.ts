// Convolutions whose kernel is twice the stride, with 9/16 of the multiplications (Winograd's F(2×2, 2×2); Lavin and Gray,
// 2016). With stride s, blocks of s×s pixels are taken as one pixel of s²·C channels: then the kernel is 2×2 with stride 1.
// In one dimension, two outputs of two taps take three products instead of four:
//
//   y0 = d0·g0 + d1·g1 = m0 + m1      m0 = (d0 − d1)·g0
//   y1 = d1·g0 + d2·g1 = m1 − m2      m1 = d1·(g0 + g1)      m2 = (d1 − d2)·g1
//
// In two, the differences of 3×3 inputs, the sums of 2×2 taps and 9 matrix products give 2×2 outputs. All three of
// a convolution's passes have this form: forward with x as d, the input gradient with dy as d and the taps reversed, and the
// filter gradient with x as d, dy as g and the taps as outputs.

import { Blocks, locate, view } from "./blocks";
import { BLOCK, DEPTH, packColumns, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { Convolution } from "./windows";
import { addTaps, blockSize, combine, load4, subtractBlocks, sumTaps } from "./winograd-transforms";

/** Products a tile. */
const PRODUCTS: i32 = 9;
/** Tiles that are transformed at a time: their differences stay in the L2 cache. */
const TILES: i32 = 64;
/** The same for the filter gradient, whose products run over tiles. */
const DEEP_TILES: i32 = 128;
/** Fewer tiles do not pay for the sums of taps, and fewer channels not for the differences. */
const MIN_TILES: i32 = 32;
const MIN_CHANNELS: i32 = 16;
const VIEW_BYTES: usize = 64;
const ADDRESS_BYTES: usize = 64;

/** Whether a pass over a grid of rows×columns windows is covered, and gains more products than the transforms cost. */
export function prefersWinograd(g: Convolution, rows: i32, columns: i32): bool {
  const twice = g.kernelHeight == 2 * g.strideHeight && g.kernelWidth == 2 * g.strideWidth;
  const vectors = g.channels % 4 == 0 && g.filters % 4 == 0 && g.dilationHeight == 1 && g.dilationWidth == 1;
  // Nine products a tile against four for each of its windows: on odd grids a part of the last tiles is wasted.
  const tiles = half(rows) * half(columns);
  const gain = tiles * 10 < 4 * rows * columns && tiles * g.batch >= MIN_TILES;
  return twice && vectors && gain && g.channels >= MIN_CHANNELS && g.filters >= MIN_CHANNELS;
}

function half(count: i32): i32 {
  return (count + 1) / 2;
}

export function winogradConvolveScratch(g: Convolution): usize {
  return filterBytes(blockSize(g), g.filters) + tilesScratch(blockSize(g), g.filters);
}

export function winogradConvolve(x: usize, filter: usize, y: usize, g: Convolution, scratch: usize): void {
  const S = blockSize(g), N = g.filters;
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  view(input, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, g.top, g.left);
  view(output, g.outHeight, g.outWidth, N, 1, 1, 0, 0);
  const packed = scratch + 2 * VIEW_BYTES, sums = packed + floats(PRODUCTS * S) * roundUp(N, COLUMNS);
  sumTaps(sums, filter, g, false);
  for (let p = 0; p < PRODUCTS; p++) {
    for (let k = 0; k < S; k += DEPTH) {
      const from = sums + floats(S * N) * p + floats(N) * k;
      const to = packed + floats(roundUp(N, COLUMNS)) * (p * S + k);
      packColumns(to, from, floats(N), min(DEPTH, S - k), N, COLUMNS);
    }
  }
  const rest = sums + floats(PRODUCTS * S) * N;
  tiles(x, input, packed, y, output, g.batch, half(g.outHeight), half(g.outWidth), rest);
}

export function winogradInputGradientScratch(g: Convolution): usize {
  return filterBytes(g.filters, blockSize(g)) + tilesScratch(g.filters, blockSize(g));
}

export function winogradInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  const stepY = g.strideHeight, stepX = g.strideWidth, C = g.channels;
  const sums = scratch + 2 * VIEW_BYTES + floats(PRODUCTS * g.filters) * roundUp(blockSize(g), COLUMNS);
  sumTaps(sums, filter, g, true);
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
  const S = blockSize(g), N = g.filters, width = rows * columns * g.channels;
  // The first and the last block that hold such pixels of dx.
  const firstY = floorDivide(g.top - i - rows + g.strideHeight, g.strideHeight);
  const firstX = floorDivide(g.left - j - columns + g.strideWidth, g.strideWidth);
  const countY = floorDivide(g.height - 1 + g.top - i, g.strideHeight) - firstY + 1;
  const countX = floorDivide(g.width - 1 + g.left - j, g.strideWidth) - firstX + 1;
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  view(input, g.outHeight, g.outWidth, N, 1, 1, 1 - firstY, 1 - firstX);
  const top = g.top - i - firstY * g.strideHeight, left = g.left - j - firstX * g.strideWidth;
  view(output, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, top, left);
  output.rows = rows;
  output.columns = columns;
  const packed = scratch + 2 * VIEW_BYTES;
  for (let p = 0; p < PRODUCTS; p++) {
    for (let k = 0; k < N; k += DEPTH) {
      const from = sums + floats(N) * (p * S + row) + floats(k);
      const to = packed + floats(roundUp(width, COLUMNS)) * (p * N + k);
      packRows(to, from, floats(N), min(DEPTH, N - k), width, COLUMNS);
    }
  }
  tiles(dy, input, packed, dx, output, g.batch, half(countY), half(countX), sums + floats(PRODUCTS * S) * N);
}

export function winogradFilterGradientScratch(g: Convolution): usize {
  const S = blockSize(g), N = g.filters;
  const transformed = floats(PRODUCTS * DEEP_TILES) * (S + N) + floats(PRODUCTS * S) * N + floats(max(g.channels, N));
  const panels = floats(BLOCK * DEEP_TILES) + floats(DEEP_TILES) * roundUp(N, COLUMNS);
  return 2 * VIEW_BYTES + ADDRESS_BYTES + EDGE_BYTES + floats(BLOCK) + panels + transformed;
}

export function winogradFilterGradient(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
  const S = blockSize(g), N = g.filters;
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  view(input, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, g.top, g.left);
  view(output, g.outHeight, g.outWidth, N, 1, 1, 0, 0);
  const addresses = scratch + 2 * VIEW_BYTES;
  const edge = addresses + ADDRESS_BYTES;
  const rowAddresses = edge + EDGE_BYTES;
  const panelsA = rowAddresses + floats(BLOCK);
  const panelsB = panelsA + floats(BLOCK * DEEP_TILES);
  const differences = panelsB + floats(DEEP_TILES) * roundUp(N, COLUMNS);
  const sums = differences + floats(PRODUCTS * DEEP_TILES) * S;
  const products = sums + floats(PRODUCTS * DEEP_TILES) * N;
  const zeros = products + floats(PRODUCTS * S) * N;
  clear(zeros, max(g.channels, N));
  const tilesY = half(g.outHeight), tilesX = half(g.outWidth), count = g.batch * tilesY * tilesX;
  for (let first = 0; first < count; first += DEEP_TILES) {
    const depth = min(DEEP_TILES, count - first);
    for (let t = 0; t < depth; t++) {
      const b = (first + t) / (tilesY * tilesX), y = ((first + t) / tilesX) % tilesY, v = (first + t) % tilesX;
      subtractBlocks(differences + floats(S) * t, floats(DEEP_TILES) * S, x, input, b, 2 * y, 2 * v, addresses, zeros);
      locate(addresses, dy, output, b, 2 * y, 2 * v, 2, 0, 0, zeros);
      for (let n: usize = 0; n < floats(N); n += 16) {
        addTaps(
          sums + floats(N) * t + n, floats(DEEP_TILES) * N, load4(addresses, 0, n), load4(addresses, 4, n),
          load4(addresses, 8, n), load4(addresses, 12, n),
        );
      }
    }
    for (let p = 0; p < PRODUCTS; p++) {
      packColumns(panelsB, sums + floats(DEEP_TILES) * (p * N), floats(N), depth, N, COLUMNS);
      for (let k = 0; k < S; k += BLOCK) {
        const height = min(BLOCK, S - k);
        packColumns(panelsA, differences + floats(DEEP_TILES) * (p * S) + floats(k), floats(S), depth, height, ROWS);
        for (let i = 0; i < height; i++) {
          store<u32>(rowAddresses + floats(i), <u32>(products + floats(N) * (p * S + k + i)));
        }
        multiplyPanels(panelsA, panelsB, depth, height, N, rowAddresses, first > 0, edge);
      }
    }
  }
  // The taps (i·strideHeight + a, j·strideWidth + b) of block row (a, b, c) are the tile's four outputs.
  const right = floats(g.strideWidth * g.channels) * N, down = floats(g.strideHeight * g.kernelWidth * g.channels) * N;
  for (let a = 0; a < g.strideHeight; a++) {
    for (let b = 0; b < g.strideWidth; b++) {
      const from = products + floats((a * g.strideWidth + b) * g.channels) * N;
      const to = gradient + floats((a * g.kernelWidth + b) * g.channels) * N;
      combine(from, floats(S) * N, to, to + right, to + down, to + down + right, floats(g.channels) * N);
    }
  }
}

function floorDivide(n: i32, divisor: i32): i32 {
  return n >= 0 ? n / divisor : -((divisor - 1 - n) / divisor);
}

function filterBytes(depth: i32, width: i32): usize {
  return 2 * VIEW_BYTES + floats(PRODUCTS * depth) * (roundUp(width, COLUMNS) + width);
}

function tilesScratch(S: i32, N: i32): usize {
  const panels = floats(TILES * DEPTH), transformed = floats(PRODUCTS * TILES) * (S + N);
  return ADDRESS_BYTES + EDGE_BYTES + floats(TILES) + panels + transformed + floats(max(S, N));
}

/** The blocks of the target from those of the source, tile by tile: differences, nine products with the filters, sums. */
function tiles(
  source: usize, from: Blocks, filters: usize, target: usize, to: Blocks,
  batch: i32, tilesY: i32, tilesX: i32, scratch: usize,
): void {
  const S = from.rows * from.columns * from.channels, N = to.rows * to.columns * to.channels;
  const addresses = scratch;
  const edge = addresses + ADDRESS_BYTES;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(TILES);
  const differences = panels + floats(TILES * DEPTH);
  const products = differences + floats(PRODUCTS * TILES) * S;
  const zeros = products + floats(PRODUCTS * TILES) * N;
  clear(zeros, max(S, N));
  const count = batch * tilesY * tilesX;
  for (let first = 0; first < count; first += TILES) {
    const height = min(TILES, count - first);
    for (let t = 0; t < height; t++) {
      const b = (first + t) / (tilesY * tilesX), y = ((first + t) / tilesX) % tilesY, x = (first + t) % tilesX;
      subtractBlocks(differences + floats(S) * t, floats(TILES) * S, source, from, b, 2 * y, 2 * x, addresses, zeros);
    }
    for (let p = 0; p < PRODUCTS; p++) {
      for (let t = 0; t < height; t++) store<u32>(rowAddresses + floats(t), <u32>(products + floats(N) * (p * TILES + t)));
      for (let k = 0; k < S; k += DEPTH) {
        const depth = min(DEPTH, S - k);
        packRows(panels, differences + floats(S) * (p * TILES) + floats(k), floats(S), depth, height, ROWS);
        const columns = filters + floats(roundUp(N, COLUMNS)) * (p * S + k);
        multiplyPanels(panels, columns, depth, height, N, rowAddresses, k > 0, edge);
      }
    }
    for (let t = 0; t < height; t++) {
      const b = (first + t) / (tilesY * tilesX), y = ((first + t) / tilesX) % tilesY, x = (first + t) % tilesX;
      let part = products + floats(N) * t;
      for (let i = 0; i < to.rows; i++) {
        for (let j = 0; j < to.columns; j++, part += floats(to.channels)) {
          // Outputs outside of the image go where the differences were, which are no longer needed.
          locate(addresses, target, to, b, 2 * y, 2 * x, 2, i, j, differences);
          combine(
            part, floats(TILES) * N, <usize>load<u32>(addresses), <usize>load<u32>(addresses, 4),
            <usize>load<u32>(addresses, 8), <usize>load<u32>(addresses, 12), floats(to.channels),
          );
        }
      }
    }
  }
}
