// The filter gradient of winograd.ts, the adjoint of forward: differences of x, spread dy, products that run over tiles, and the
// taps gathered from them.

import { ADDRESS_BYTES, Blocks, locate, view } from "./blocks";
import { BLOCK, packColumns } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { Convolution } from "./windows";
import { blockHeight, blockSize, blockWidth, firstTap, tapDown, tapRight, tapsOf, viewInput } from "./winograd-blocks";
import { apart, subtractBlocks } from "./winograd-product";
import { goTo, prefersMixed, productsAcross, productsDown, region, REGIONS, Tiles, TILES_BYTES } from "./winograd-tiles";
import { gatherTaps, ROOM_BYTES, spreadTile } from "./winograd-transforms";

/** Tiles that are transformed at a time. */
const COUNT: i32 = 64;
const VIEW_BYTES: usize = 64;
const HEADER_BYTES: usize = 2 * VIEW_BYTES + TILES_BYTES;
/** Products of the largest tile. */
const PRODUCTS: i32 = 16;

export function winogradFilterGradientScratch(g: Convolution): usize {
  const S = blockSize(g), N = g.filters;
  const transformed = (apart(COUNT, S) + apart(COUNT, N) + apart(S, N)) * PRODUCTS + floats(max(g.channels, N));
  const panels = floats(BLOCK * COUNT) + floats(COUNT) * roundUp(N, COLUMNS);
  return HEADER_BYTES + ADDRESS_BYTES + ROOM_BYTES + EDGE_BYTES + floats(BLOCK) + panels + transformed;
}

export function winogradFilterGradient(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
  const S = blockSize(g), N = g.filters, taps = tapsOf(g);
  const t = changetype<Tiles>(scratch + 2 * VIEW_BYTES);
  viewInput(changetype<Blocks>(scratch), g);
  view(changetype<Blocks>(scratch + VIEW_BYTES), g.outHeight, g.outWidth, N, 1, 1, 0, 0);
  const room = scratch + HEADER_BYTES, products = room + ROOM_BYTES;
  const rest = products + apart(S, N) * PRODUCTS;
  const mixed = prefersMixed(taps, g.batch, g.outHeight, g.outWidth, S, N);
  let add = false;
  for (let number = 0; number < REGIONS; number++) {
    if (!region(t, number, taps, mixed, g.outHeight, g.outWidth)) continue;
    multiplyOverTiles(x, dy, products, g, t, scratch, room, rest);
    const run = floats(g.channels) * N;
    for (let block = 0; block < blockHeight(g) * blockWidth(g); block++) {
      const to = gradient + firstTap(g, block);
      gatherTaps(t, products + run * block, apart(S, N), to, tapRight(g), tapDown(g), run, add, room);
    }
    add = true;
  }
}

/** The products [S][N] of a region's differences and its spread dy, summed over its tiles. */
function multiplyOverTiles(
  x: usize, dy: usize, products: usize, g: Convolution, t: Tiles, views: usize, room: usize, scratch: usize,
): void {
  const S = blockSize(g), N = g.filters, tiles = g.batch * t.down * t.across;
  const input = changetype<Blocks>(views), output = changetype<Blocks>(views + VIEW_BYTES);
  const count = productsDown(t) * productsAcross(t);
  const addresses = scratch;
  const edge = addresses + ADDRESS_BYTES;
  const rowAddresses = edge + EDGE_BYTES;
  const panelsA = rowAddresses + floats(BLOCK);
  const panelsB = panelsA + floats(BLOCK * COUNT);
  const differences = panelsB + floats(COUNT) * roundUp(N, COLUMNS);
  const spread = differences + apart(COUNT, S) * count;
  const zeros = spread + apart(COUNT, N) * count;
  clear(zeros, max(g.channels, N));
  for (let first = 0; first < tiles; first += COUNT) {
    const depth = min(COUNT, tiles - first);
    for (let n = 0; n < depth; n++) {
      goTo(t, first + n);
      subtractBlocks(t, differences + floats(S) * n, apart(COUNT, S), x, input, addresses, zeros, room);
      locate(addresses, dy, output, t.image, t.y, t.x, t.rows, t.columns, 0, 0, zeros);
      spreadTile(t, spread + floats(N) * n, apart(COUNT, N), addresses, floats(N), room);
    }
    for (let p = 0; p < count; p++) {
      packColumns(panelsB, spread + apart(COUNT, N) * p, floats(N), depth, N, COLUMNS);
      for (let k = 0; k < S; k += BLOCK) {
        const height = min(BLOCK, S - k);
        packColumns(panelsA, differences + apart(COUNT, S) * p + floats(k), floats(S), depth, height, ROWS);
        for (let i = 0; i < height; i++) {
          store<u32>(rowAddresses + floats(i), <u32>(products + apart(S, N) * p + floats(N) * (k + i)));
        }
        multiplyPanels(panelsA, panelsB, depth, height, N, rowAddresses, first > 0, edge);
      }
    }
  }
}
