// The middle of winograd.ts: differences of a source's blocks, their products with the filters, and a target's blocks.

import { Blocks, locate } from "./blocks";
import { DEPTH, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { combineThree, combineTwo, subtractThree, subtractTwo } from "./winograd-transforms";

/** Tiles that are transformed at a time: their differences stay in the L2 cache. */
const TILES: i32 = 64;
export const ADDRESS_BYTES: usize = 64;

/** Bytes from one product's matrix to the next: a cache line more than it has, so that they do not fall on one cache set. */
export function apart(rows: i32, width: i32): usize {
  return floats(rows) * width + 64;
}

export function multiplyTilesScratch(products: i32, S: i32, N: i32): usize {
  const panels = floats(TILES * DEPTH), transformed = (apart(TILES, S) + apart(TILES, N)) * products;
  return ADDRESS_BYTES + EDGE_BYTES + floats(TILES) + panels + transformed + floats(max(S, N));
}

/**
 * The blocks of the target from those of the source, tile by tile: differences, products with the packed filters, sums.
 * A block of the source has S channels in all, one of the target N.
 */
export function multiplyTiles(
  taps: i32, source: usize, from: Blocks, filters: usize, target: usize, to: Blocks,
  batch: i32, tilesY: i32, tilesX: i32, scratch: usize,
): void {
  const S = from.rows * from.columns * from.channels, N = to.rows * to.columns * to.channels;
  const count = batch * tilesY * tilesX, products = (taps + 1) * (taps + 1);
  const addresses = scratch;
  const edge = addresses + ADDRESS_BYTES;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(TILES);
  const differences = panels + floats(TILES * DEPTH);
  const results = differences + apart(TILES, S) * products;
  const zeros = results + apart(TILES, N) * products;
  clear(zeros, max(S, N));
  for (let first = 0; first < count; first += TILES) {
    const height = min(TILES, count - first);
    for (let t = 0; t < height; t++) {
      const b = (first + t) / (tilesY * tilesX), y = ((first + t) / tilesX) % tilesY, x = (first + t) % tilesX;
      subtractBlocks(taps, differences + floats(S) * t, apart(TILES, S), source, from, b, y, x, addresses, zeros);
    }
    for (let p = 0; p < products; p++) {
      const result = results + apart(TILES, N) * p;
      for (let t = 0; t < height; t++) store<u32>(rowAddresses + floats(t), <u32>(result + floats(N) * t));
      for (let k = 0; k < S; k += DEPTH) {
        const depth = min(DEPTH, S - k);
        packRows(panels, differences + apart(TILES, S) * p + floats(k), floats(S), depth, height, ROWS);
        const columns = filters + apart(S, roundUp(N, COLUMNS)) * p + floats(roundUp(N, COLUMNS)) * k;
        multiplyPanels(panels, columns, depth, height, N, rowAddresses, k > 0, edge);
      }
    }
    for (let t = 0; t < height; t++) {
      const b = (first + t) / (tilesY * tilesX), y = ((first + t) / tilesX) % tilesY, x = (first + t) % tilesX;
      let part = results + floats(N) * t;
      for (let i = 0; i < to.rows; i++) {
        for (let j = 0; j < to.columns; j++, part += floats(to.channels)) {
          // Outputs outside of the image go where the differences were, which are no longer needed.
          locate(addresses, target, to, b, 2 * y, 2 * x, 2, i, j, differences);
          if (taps == 3) combineThree(part, apart(TILES, N), addresses, floats(to.channels));
          else combineTwo(part, apart(TILES, N), addresses, floats(to.channels));
        }
      }
    }
  }
}

/** The differences of the (taps + 1)² blocks of tile (y, x), `product` bytes apart. */
export function subtractBlocks(
  taps: i32, to: usize, product: usize, image: usize, blocks: Blocks, b: i32, y: i32, x: i32, addresses: usize, zeros: usize,
): void {
  const bytes = floats(blocks.channels);
  for (let i = 0; i < blocks.rows; i++) {
    for (let j = 0; j < blocks.columns; j++, to += bytes) {
      locate(addresses, image, blocks, b, 2 * y, 2 * x, taps + 1, i, j, zeros);
      if (taps == 3) subtractThree(to, product, addresses, bytes);
      else subtractTwo(to, product, addresses, bytes);
    }
  }
}
