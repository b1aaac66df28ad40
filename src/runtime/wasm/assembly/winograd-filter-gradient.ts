// The filter gradient of winograd.ts: differences of x, spread dy, products that run over tiles, and the taps from them.

import { Blocks, locate, view } from "./blocks";
import { BLOCK, packColumns } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { Convolution } from "./windows";
import { blockSize, half, productsOf, tapsOf } from "./winograd";
import { ADDRESS_BYTES, apart, subtractBlocks } from "./winograd-product";
import { addTwoTaps, combineTwo, load4 } from "./winograd-transforms";

/** Tiles that are transformed at a time. */
const TILES: i32 = 128;
const VIEW_BYTES: usize = 64;

export function winogradFilterGradientScratch(g: Convolution): usize {
  const S = blockSize(g), N = g.filters, products = productsOf(g);
  const transformed = (apart(TILES, S) + apart(TILES, N) + apart(S, N)) * products + floats(max(g.channels, N));
  const panels = floats(BLOCK * TILES) + floats(TILES) * roundUp(N, COLUMNS);
  return 2 * VIEW_BYTES + ADDRESS_BYTES + EDGE_BYTES + floats(BLOCK) + panels + transformed;
}

export function winogradFilterGradient(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
  const S = blockSize(g), N = g.filters, taps = tapsOf(g), count = productsOf(g);
  const input = changetype<Blocks>(scratch), output = changetype<Blocks>(scratch + VIEW_BYTES);
  view(input, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, g.top, g.left);
  view(output, g.outHeight, g.outWidth, N, 1, 1, 0, 0);
  const addresses = scratch + 2 * VIEW_BYTES;
  const edge = addresses + ADDRESS_BYTES;
  const rowAddresses = edge + EDGE_BYTES;
  const panelsA = rowAddresses + floats(BLOCK);
  const panelsB = panelsA + floats(BLOCK * TILES);
  const differences = panelsB + floats(TILES) * roundUp(N, COLUMNS);
  const spread = differences + apart(TILES, S) * count;
  const products = spread + apart(TILES, N) * count;
  const zeros = products + apart(S, N) * count;
  clear(zeros, max(g.channels, N));
  const tilesY = half(g.outHeight), tilesX = half(g.outWidth), tiles = g.batch * tilesY * tilesX;
  for (let first = 0; first < tiles; first += TILES) {
    const depth = min(TILES, tiles - first);
    for (let t = 0; t < depth; t++) {
      const b = (first + t) / (tilesY * tilesX), v = ((first + t) / tilesX) % tilesY, u = (first + t) % tilesX;
      subtractBlocks(taps, differences + floats(S) * t, apart(TILES, S), x, input, b, v, u, addresses, zeros);
      locate(addresses, dy, output, b, 2 * v, 2 * u, 2, 0, 0, zeros);
      for (let n: usize = 0; n < floats(N); n += 16) {
        const y00 = load4(addresses, 0, n), y01 = load4(addresses, 4, n);
        const y10 = load4(addresses, 8, n), y11 = load4(addresses, 12, n);
        const to = spread + floats(N) * t + n;
        if (taps == 3) spreadToThree(to, apart(TILES, N), y00, y01, y10, y11);
        else addTwoTaps(to, apart(TILES, N), y00, y01, y10, y11);
      }
    }
    for (let p = 0; p < count; p++) {
      packColumns(panelsB, spread + apart(TILES, N) * p, floats(N), depth, N, COLUMNS);
      for (let k = 0; k < S; k += BLOCK) {
        const height = min(BLOCK, S - k);
        packColumns(panelsA, differences + apart(TILES, S) * p + floats(k), floats(S), depth, height, ROWS);
        for (let i = 0; i < height; i++) {
          store<u32>(rowAddresses + floats(i), <u32>(products + apart(S, N) * p + floats(N) * (k + i)));
        }
        multiplyPanels(panelsA, panelsB, depth, height, N, rowAddresses, first > 0, edge);
      }
    }
  }
  // Block row (a, b, c) holds the taps (i·strideHeight + a, j·strideWidth + b).
  const right = floats(g.strideWidth * g.channels) * N, down = floats(g.strideHeight * g.kernelWidth * g.channels) * N;
  for (let a = 0; a < g.strideHeight; a++) {
    for (let b = 0; b < g.strideWidth; b++) {
      const from = products + floats((a * g.strideWidth + b) * g.channels) * N, bytes = floats(g.channels) * N;
      const to = gradient + floats((a * g.kernelWidth + b) * g.channels) * N;
      if (taps == 3) {
        gatherThree(from, apart(S, N), to, right, down, bytes);
      } else {
        // With two taps dy takes the part of the filter, and the taps are the outputs.
        for (let q: usize = 0; q < 4; q++) store<u32>(addresses + 4 * q, <u32>(to + (q & 1) * right + (q >> 1) * down));
        combineTwo(from, apart(S, N), addresses, bytes);
      }
    }
  }
}

/** The adjoint of combining sixteen products to 2×2 outputs: along both axes [y0, y0 + y1, y0 − y1, −y1]. */
function spreadToThree(to: usize, product: usize, y00: v128, y01: v128, y10: v128, y11: v128): void {
  spreadRow(to, product, y00, y01);
  spreadRow(to + 4 * product, product, f32x4.add(y00, y10), f32x4.add(y01, y11));
  spreadRow(to + 8 * product, product, f32x4.sub(y00, y10), f32x4.sub(y01, y11));
  spreadRow(to + 12 * product, product, f32x4.neg(y10), f32x4.neg(y11));
}

function spreadRow(to: usize, product: usize, y0: v128, y1: v128): void {
  v128.store(to, y0);
  v128.store(to + product, f32x4.add(y0, y1));
  v128.store(to + 2 * product, f32x4.sub(y0, y1));
  v128.store(to + 3 * product, f32x4.neg(y1));
}

/** The adjoint of summing 3×3 taps to sixteen: along both axes [m0 + (m1 + m2)/2, (m1 − m2)/2, (m1 + m2)/2 + m3]. */
function gatherThree(from: usize, product: usize, to: usize, right: usize, down: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16, to += 16) {
    for (let row: usize = 0; row < 3; row++) {
      const m0 = gatherColumn(from, product, row), m3 = gatherColumn(from + 3 * product, product, row);
      const m1 = gatherColumn(from + product, product, row), m2 = gatherColumn(from + 2 * product, product, row);
      const middle = f32x4.mul(f32x4.add(m1, m2), f32x4.splat(0.5)), at = to + down * row;
      v128.store(at, f32x4.add(m0, middle));
      v128.store(at + right, f32x4.mul(f32x4.sub(m1, m2), f32x4.splat(0.5)));
      v128.store(at + 2 * right, f32x4.add(middle, m3));
    }
  }
}

function gatherColumn(from: usize, product: usize, row: usize): v128 {
  const m1 = v128.load(from + 4 * product), m2 = v128.load(from + 8 * product);
  if (row == 1) return f32x4.mul(f32x4.sub(m1, m2), f32x4.splat(0.5));
  return f32x4.add(v128.load(from + (row == 0 ? 0 : 12 * product)), f32x4.mul(f32x4.add(m1, m2), f32x4.splat(0.5)));
}
