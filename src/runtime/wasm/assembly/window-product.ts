// The windows of an image, as rows of a matrix, times filters: what convolution and the phases of its input gradient share.

import { BLOCK, DEPTH, packColumns, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution, gatherWindows, windowSize } from "./windows";

/** All of a filter matrix [size][filters] as panels, one depth after the other. */
export function packFilters(to: usize, filter: usize, size: i32, filters: i32): void {
  for (let k = 0; k < size; k += DEPTH) {
    const from = filter + floats(filters) * k;
    packColumns(to + floats(roundUp(filters, COLUMNS)) * k, from, floats(filters), min(DEPTH, size - k), filters, COLUMNS);
  }
}

export function windowsTimesFiltersScratch(g: Convolution): usize {
  return EDGE_BYTES + floats(BLOCK) + floats(BLOCK * DEPTH) + floats(BLOCK) * windowSize(g);
}

/**
 * Windows times packed filters. The result of window (y, x) goes to pixel (y·stepY + offsetY, x·stepX + offsetX) of a
 * target image of targetHeight×targetWidth, which lets the phases of an input gradient interleave.
 */
export function windowsTimesFilters(
  image: usize, filters: usize, target: usize, g: Convolution,
  stepY: i32, stepX: i32, offsetY: i32, offsetX: i32, targetHeight: i32, targetWidth: i32, scratch: usize,
): void {
  const size = windowSize(g), N = g.filters, count = g.batch * g.outHeight * g.outWidth;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(BLOCK);
  const columns = panels + floats(BLOCK * DEPTH);
  for (let first = 0; first < count; first += BLOCK) {
    const height = min(BLOCK, count - first);
    gatherWindows(columns, image, first, height, g);
    placeWindows(rowAddresses, target, first, height, g, stepY, stepX, offsetY, offsetX, targetHeight, targetWidth);
    for (let k = 0; k < size; k += DEPTH) {
      const depth = min(DEPTH, size - k);
      packRows(panels, columns + floats(k), floats(size), depth, height, ROWS);
      multiplyPanels(panels, filters + floats(roundUp(N, COLUMNS)) * k, depth, height, N, rowAddresses, k > 0, edge);
    }
  }
}

/** Addresses (u32) of the pixels that the results of `count` windows from number `first` on go to. */
export function placeWindows(
  addresses: usize, target: usize, first: i32, count: i32, g: Convolution,
  stepY: i32, stepX: i32, offsetY: i32, offsetX: i32, targetHeight: i32, targetWidth: i32,
): void {
  const grid = g.outHeight * g.outWidth;
  for (let i = 0; i < count; i++) {
    const window = first + i;
    const row = (window / grid) * targetHeight + ((window % grid) / g.outWidth) * stepY + offsetY;
    const pixel = row * targetWidth + (window % g.outWidth) * stepX + offsetX;
    store<u32>(addresses + floats(i), <u32>(target + floats(g.filters) * pixel));
  }
}
