// Windows times filters where there are few windows, as deep layers have them at small batches: then most of the time goes into
// reading the filters, which are packed a strip at a time, just before it is used, and written nowhere else.

import { BLOCK, DEPTH, packColumns, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { floats } from "./vectors";
import { placeWindows } from "./window-product";
import { Convolution, gatherWindows, windowSize } from "./windows";

/** Filters of a strip: two panels, which read whole cache lines. */
const STRIP: i32 = 16;
/** Fewer channels of a tap make panels too short, and smaller filters stay in the cache when they are packed at once. */
const MIN_CHANNELS: i32 = 32;
const MIN_FILTER: i32 = 1 << 16;

export function hasFewWindows(g: Convolution): bool {
  const few = g.batch * g.outHeight * g.outWidth <= BLOCK;
  return few && g.channels >= MIN_CHANNELS && windowSize(g) * g.filters >= MIN_FILTER;
}

export function fewWindowsScratch(size: i32): usize {
  return EDGE_BYTES + 2 * floats(BLOCK) + floats((BLOCK + STRIP) * DEPTH) + floats(BLOCK) * size;
}

/**
 * As windowsTimesFilters. The taps of a window lie `right` and `down` bytes apart from `tap` on, each a matrix
 * [channels][filters] or, where `turned`, [filters][channels].
 */
export function fewWindowsTimesFilters(
  image: usize, tap: usize, right: usize, down: usize, turned: bool, target: usize, g: Convolution,
  stepY: i32, stepX: i32, offsetY: i32, offsetX: i32, targetHeight: i32, targetWidth: i32, scratch: usize,
): void {
  const size = windowSize(g), C = g.channels, N = g.filters, height = g.batch * g.outHeight * g.outWidth;
  const edge = scratch;
  const places = edge + EDGE_BYTES;
  const rowAddresses = places + floats(BLOCK);
  const panels = rowAddresses + floats(BLOCK);
  const strip = panels + floats(BLOCK * DEPTH);
  const columns = strip + floats(STRIP * DEPTH);
  gatherWindows(columns, image, 0, height, g);
  placeWindows(places, target, 0, height, g, stepY, stepX, offsetY, offsetX, targetHeight, targetWidth);
  for (let i = 0, k = 0; i < g.kernelHeight; i++) {
    for (let j = 0; j < g.kernelWidth; j++, k += C) {
      const from = tap + down * i + right * j;
      for (let c = 0; c < C; c += DEPTH) {
        const depth = min(DEPTH, C - c);
        packRows(panels, columns + floats(k + c), floats(size), depth, height, ROWS);
        for (let n = 0; n < N; n += STRIP) {
          const width = min(STRIP, N - n);
          if (turned) packRows(strip, from + floats(C) * n + floats(c), floats(C), depth, width, COLUMNS);
          else packColumns(strip, from + floats(N) * c + floats(n), floats(N), depth, width, COLUMNS);
          for (let r: usize = 0; r < floats(height); r += 4) {
            store<u32>(rowAddresses + r, <u32>(<usize>load<u32>(places + r) + floats(n)));
          }
          multiplyPanels(panels, strip, depth, height, width, rowAddresses, k + c > 0, edge);
        }
      }
    }
  }
}
