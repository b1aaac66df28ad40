// The middle of winograd.ts: differences of a source's blocks, their products with the filters, and a target's blocks.

import { ADDRESS_BYTES, Blocks, locate } from "./blocks";
import { DEPTH, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { goTo, productsAcross, productsDown, Tiles } from "./winograd-tiles";
import { combineTile, ROOM_BYTES, subtractTile } from "./winograd-transforms";

/** Tiles that are transformed at a time: their differences stay in the L2 cache. */
const COUNT: i32 = 64;

/** Bytes from one product's matrix to the next: a cache line more than it has, so that they do not fall on one cache set. */
export function apart(rows: i32, width: i32): usize {
  return floats(rows) * width + 64;
}

export function multiplyTilesScratch(products: i32, S: i32, N: i32): usize {
  const panels = floats(COUNT * DEPTH), transformed = (apart(COUNT, S) + apart(COUNT, N)) * products;
  return ADDRESS_BYTES + ROOM_BYTES + EDGE_BYTES + floats(COUNT) + panels + transformed + floats(max(S, N));
}

/**
 * The blocks of the target from those of the source, for all tiles of a region: differences, products with the packed
 * filters, outputs. A block of the source has S channels in all, one of the target N.
 */
export function multiplyTiles(
  t: Tiles, source: usize, from: Blocks, filters: usize, target: usize, to: Blocks, batch: i32, scratch: usize,
): void {
  const S = from.rows * from.columns * from.channels, N = to.rows * to.columns * to.channels;
  const count = batch * t.down * t.across, products = productsDown(t) * productsAcross(t);
  const addresses = scratch;
  const room = addresses + ADDRESS_BYTES;
  const edge = room + ROOM_BYTES;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(COUNT);
  const differences = panels + floats(COUNT * DEPTH);
  const results = differences + apart(COUNT, S) * products;
  const zeros = results + apart(COUNT, N) * products;
  clear(zeros, max(S, N));
  for (let first = 0; first < count; first += COUNT) {
    const height = min(COUNT, count - first);
    for (let n = 0; n < height; n++) {
      goTo(t, first + n);
      subtractBlocks(t, differences + floats(S) * n, apart(COUNT, S), source, from, addresses, zeros, room);
    }
    for (let p = 0; p < products; p++) {
      const result = results + apart(COUNT, N) * p;
      for (let n = 0; n < height; n++) store<u32>(rowAddresses + floats(n), <u32>(result + floats(N) * n));
      for (let k = 0; k < S; k += DEPTH) {
        const depth = min(DEPTH, S - k);
        packRows(panels, differences + apart(COUNT, S) * p + floats(k), floats(S), depth, height, ROWS);
        const columns = filters + apart(S, roundUp(N, COLUMNS)) * p + floats(roundUp(N, COLUMNS)) * k;
        multiplyPanels(panels, columns, depth, height, N, rowAddresses, k > 0, edge);
      }
    }
    for (let n = 0; n < height; n++) {
      let part = results + floats(N) * n;
      goTo(t, first + n);
      for (let i = 0; i < to.rows; i++) {
        for (let j = 0; j < to.columns; j++, part += floats(to.channels)) {
          // Outputs outside of the image go where the differences were, which are no longer needed.
          locate(addresses, target, to, t.image, t.y, t.x, t.rows, t.columns, i, j, differences);
          combineTile(t, part, apart(COUNT, N), addresses, floats(to.channels), room);
        }
      }
    }
  }
}

/** The differences of all blocks of the tile, `product` bytes apart. */
export function subtractBlocks(
  t: Tiles, to: usize, product: usize, image: usize, blocks: Blocks, addresses: usize, zeros: usize, room: usize,
): void {
  const bytes = floats(blocks.channels), rows = productsDown(t), columns = productsAcross(t);
  for (let i = 0; i < blocks.rows; i++) {
    for (let j = 0; j < blocks.columns; j++, to += bytes) {
      locate(addresses, image, blocks, t.image, t.y, t.x, rows, columns, i, j, zeros);
      subtractTile(t, to, product, addresses, bytes, room);
    }
  }
}
