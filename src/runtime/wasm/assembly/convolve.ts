// Convolution: its windows, as rows of a matrix, times the filters.

import { BLOCK, DEPTH, packColumns, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution, gatherWindows, windowSize } from "./windows";

export function convolveScratch(g: Convolution): usize {
  return floats(windowSize(g)) * roundUp(g.filters, COLUMNS) + windowsScratch(g);
}

/** y[batch, outHeight, outWidth, filters] = x[batch, height, width, channels] * filter */
export function convolve(x: usize, filter: usize, y: usize, g: Convolution, scratch: usize): void {
  const size = windowSize(g);
  if (g.filters <= ROWS) {
    packColumns(scratch, filter, floats(g.filters), size, g.filters, ROWS);
    fewFilters(x, scratch, y, g, scratch + floats(size * ROWS));
  } else {
    packFilters(scratch, filter, size, g.filters);
    const rest = scratch + floats(size) * roundUp(g.filters, COLUMNS);
    windowsTimesFilters(x, scratch, y, g, 1, 1, 0, 0, g.outHeight, g.outWidth, rest);
  }
}

/** All of a filter matrix [size][filters] as panels, one depth after the other. */
export function packFilters(to: usize, filter: usize, size: i32, filters: i32): void {
  for (let k = 0; k < size; k += DEPTH) {
    const from = filter + floats(filters) * k;
    packColumns(to + floats(roundUp(filters, COLUMNS)) * k, from, floats(filters), min(DEPTH, size - k), filters, COLUMNS);
  }
}

export function windowsScratch(g: Convolution): usize {
  return EDGE_BYTES + floats(BLOCK) + floats(BLOCK * DEPTH) + floats(BLOCK) * windowSize(g) + floats(COLUMNS * BLOCK);
}

/**
 * Windows times packed filters. The result of window (y, x) goes to pixel (y·stepY + offsetY, x·stepX + offsetX) of a
 * target image of targetHeight×targetWidth, which lets the phases of an input gradient interleave.
 */
export function windowsTimesFilters(
  image: usize, filters: usize, target: usize, g: Convolution,
  stepY: i32, stepX: i32, offsetY: i32, offsetX: i32, targetHeight: i32, targetWidth: i32, scratch: usize,
): void {
  const size = windowSize(g), N = g.filters, grid = g.outHeight * g.outWidth, count = g.batch * grid;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(BLOCK);
  const columns = panels + floats(BLOCK * DEPTH);
  for (let first = 0; first < count; first += BLOCK) {
    const height = min(BLOCK, count - first);
    gatherWindows(columns, image, first, height, g);
    for (let i = 0; i < height; i++) {
      const window = first + i;
      const row = (window / grid) * targetHeight + ((window % grid) / g.outWidth) * stepY + offsetY;
      const pixel = row * targetWidth + (window % g.outWidth) * stepX + offsetX;
      store<u32>(rowAddresses + floats(i), <u32>(target + floats(N) * pixel));
    }
    for (let k = 0; k < size; k += DEPTH) {
      const depth = min(DEPTH, size - k);
      packRows(panels, columns + floats(k), floats(size), depth, height, ROWS);
      multiplyPanels(panels, filters + floats(roundUp(N, COLUMNS)) * k, depth, height, N, rowAddresses, k > 0, edge);
    }
  }
}

/** At most four filters are the tile's rows, and windows its columns; the small result is turned while it is stored. */
function fewFilters(x: usize, filters: usize, y: usize, g: Convolution, scratch: usize): void {
  const size = windowSize(g), N = g.filters, count = g.batch * g.outHeight * g.outWidth;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(BLOCK);
  const result = panels + floats(BLOCK * DEPTH);
  const columns = result + floats(ROWS * BLOCK);
  for (let n = 0; n < N; n++) store<u32>(rowAddresses + floats(n), <u32>(result + floats(n * BLOCK)));
  for (let first = 0; first < count; first += BLOCK) {
    const width = min(BLOCK, count - first);
    gatherWindows(columns, x, first, width, g);
    for (let k = 0; k < size; k += DEPTH) {
      const depth = min(DEPTH, size - k);
      packRows(panels, columns + floats(k), floats(size), depth, width, COLUMNS);
      multiplyPanels(filters + floats(k * ROWS), panels, depth, N, width, rowAddresses, k > 0, edge);
    }
    for (let i = 0; i < width; i++) {
      for (let n = 0; n < N; n++, y += 4) store<f32>(y, load<f32>(result + floats(n * BLOCK + i)));
    }
  }
}
