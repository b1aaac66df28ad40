// Convolutions whose kernel is twice the stride, with 9/16 of the multiplications (Winograd's F(2×2, 2×2); Lavin and Gray,
// 2016). With stride s, blocks of s×s pixels are taken as one pixel of s²·C channels: then the kernel is 2×2 with stride 1.
// In one dimension, two outputs of two taps take three products instead of four:
//
//   y0 = d0·g0 + d1·g1 = m0 + m1      m0 = (d0 − d1)·g0
//   y1 = d1·g0 + d2·g1 = m1 − m2      m1 = d1·(g0 + g1)      m2 = (d1 − d2)·g1
//
// In two, 3×3 inputs (`dilate`d to 9 differences), 2×2 taps (9 sums) and 9 matrix products give 2×2 outputs. All three of
// a convolution's passes have this form: forward with x as d, the input gradient with dy as d and the taps reversed, and the
// filter gradient with x as d, dy as g and the taps as outputs.

import { BLOCK, DEPTH, packColumns, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { Convolution } from "./windows";

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

/** An image as a grid of blocks of stepY×stepX pixels: block (u, v) begins at pixel (u·stepY − top, v·stepX − left). */
@unmanaged
class Blocks {
  height: i32;
  width: i32;
  channels: i32;
  stepY: i32;
  stepX: i32;
  top: i32;
  left: i32;
  /** How many rows and columns of a block count; normally all. */
  rows: i32;
  columns: i32;
}

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

/** Channels of a block. */
function blockSize(g: Convolution): i32 {
  return g.strideHeight * g.strideWidth * g.channels;
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

function view(v: Blocks, height: i32, width: i32, channels: i32, stepY: i32, stepX: i32, top: i32, left: i32): void {
  v.height = height;
  v.width = width;
  v.channels = channels;
  v.stepY = stepY;
  v.stepX = stepX;
  v.top = top;
  v.left = left;
  v.rows = stepY;
  v.columns = stepX;
}

function floorDivide(n: i32, divisor: i32): i32 {
  return n >= 0 ? n / divisor : -((divisor - 1 - n) / divisor);
}

function filterBytes(depth: i32, width: i32): usize {
  return 2 * VIEW_BYTES + floats(PRODUCTS * depth) * (roundUp(width, COLUMNS) + width);
}

/** sums[9][S][N]: the 2×2 taps of every block channel and filter, in both directions [g0, g0 + g1, g1]; or reversed. */
function sumTaps(sums: usize, filter: usize, g: Convolution, reversed: bool): void {
  const run = floats(g.channels) * g.filters, product = floats(blockSize(g)) * g.filters;
  const right = run * g.strideWidth, down = run * g.strideHeight * g.kernelWidth;
  for (let a = 0; a < g.strideHeight; a++) {
    for (let b = 0; b < g.strideWidth; b++, sums += run) {
      const tap = filter + run * (a * g.kernelWidth + b);
      for (let i: usize = 0; i < run; i += 16) {
        const g00 = v128.load(tap + i), g01 = v128.load(tap + right + i);
        const g10 = v128.load(tap + down + i), g11 = v128.load(tap + down + right + i);
        if (reversed) addTaps(sums + i, product, g11, g10, g01, g00);
        else addTaps(sums + i, product, g00, g01, g10, g11);
      }
    }
  }
}

function addTaps(to: usize, product: usize, g00: v128, g01: v128, g10: v128, g11: v128): void {
  const left = f32x4.add(g00, g10), right = f32x4.add(g01, g11);
  v128.store(to, g00);
  v128.store(to + product, f32x4.add(g00, g01));
  v128.store(to + 2 * product, g01);
  v128.store(to + 3 * product, left);
  v128.store(to + 4 * product, f32x4.add(left, right));
  v128.store(to + 5 * product, right);
  v128.store(to + 6 * product, g10);
  v128.store(to + 7 * product, f32x4.add(g10, g11));
  v128.store(to + 8 * product, g11);
}

function tilesScratch(S: i32, N: i32): usize {
  const panels = floats(TILES * DEPTH), transformed = floats(PRODUCTS * TILES) * (S + N);
  return ADDRESS_BYTES + EDGE_BYTES + floats(TILES) + panels + transformed + floats(max(S, N));
}

/** The blocks of the target from those of the source, tile by tile: differences, nine products with the filters, sums. */
function tiles(
  source: usize, from: Blocks, filters: usize, target: usize, to: Blocks, batch: i32, tilesY: i32, tilesX: i32, scratch: usize,
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

/**
 * Addresses (u32) of pixel (i, j) of the size×size blocks from (u, v) of image number b, row by row; `outside` for those
 * that lie outside of the image.
 */
function locate(
  addresses: usize, image: usize, blocks: Blocks, b: i32, u: i32, v: i32, size: i32, i: i32, j: i32, outside: usize,
): void {
  for (let r = 0; r < size; r++) {
    const y = (u + r) * blocks.stepY + i - blocks.top;
    for (let c = 0; c < size; c++, addresses += 4) {
      const x = (v + c) * blocks.stepX + j - blocks.left;
      const inside = y >= 0 && y < blocks.height && x >= 0 && x < blocks.width;
      const pixel = image + floats(blocks.channels) * ((b * blocks.height + y) * blocks.width + x);
      store<u32>(addresses, <u32>(inside ? pixel : outside));
    }
  }
}

/** The nine differences of the 3×3 blocks from (u, v), `product` bytes apart: in both directions [d0 − d1, d1, d1 − d2]. */
function subtractBlocks(
  to: usize, product: usize, image: usize, blocks: Blocks, b: i32, u: i32, v: i32, addresses: usize, zeros: usize,
): void {
  for (let i = 0; i < blocks.rows; i++) {
    for (let j = 0; j < blocks.columns; j++) {
      locate(addresses, image, blocks, b, u, v, 3, i, j, zeros);
      for (let c: usize = 0; c < floats(blocks.channels); c += 16, to += 16) {
        const a0 = load4(addresses, 0, c), a1 = load4(addresses, 4, c), a2 = load4(addresses, 8, c);
        const b0 = load4(addresses, 12, c), b1 = load4(addresses, 16, c), b2 = load4(addresses, 20, c);
        const c0 = load4(addresses, 24, c), c1 = load4(addresses, 28, c), c2 = load4(addresses, 32, c);
        difference(to, product, f32x4.sub(a0, b0), f32x4.sub(a1, b1), f32x4.sub(a2, b2));
        difference(to + 3 * product, product, b0, b1, b2);
        difference(to + 6 * product, product, f32x4.sub(b0, c0), f32x4.sub(b1, c1), f32x4.sub(b2, c2));
      }
    }
  }
}

function load4(addresses: usize, number: usize, offset: usize): v128 {
  return v128.load(<usize>load<u32>(addresses + number) + offset);
}

function difference(to: usize, product: usize, d0: v128, d1: v128, d2: v128): void {
  v128.store(to, f32x4.sub(d0, d1));
  v128.store(to + product, d1);
  v128.store(to + 2 * product, f32x4.sub(d1, d2));
}

/** The four outputs of `bytes` bytes from nine products: in both directions [m0 + m1, m1 − m2]. */
function combine(
  from: usize, product: usize, to00: usize, to01: usize, to10: usize, to11: usize, bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16) {
    const b0 = v128.load(from + 3 * product), b1 = v128.load(from + 4 * product), b2 = v128.load(from + 5 * product);
    const up0 = f32x4.add(v128.load(from), b0), down0 = f32x4.sub(b0, v128.load(from + 6 * product));
    const up1 = f32x4.add(v128.load(from + product), b1), down1 = f32x4.sub(b1, v128.load(from + 7 * product));
    const up2 = f32x4.add(v128.load(from + 2 * product), b2), down2 = f32x4.sub(b2, v128.load(from + 8 * product));
    v128.store(to00 + i, f32x4.add(up0, up1));
    v128.store(to01 + i, f32x4.sub(up1, up2));
    v128.store(to10 + i, f32x4.add(down0, down1));
    v128.store(to11 + i, f32x4.sub(down1, down2));
  }
}
