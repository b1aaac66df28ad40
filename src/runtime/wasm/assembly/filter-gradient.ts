// Gradient of a convolution with respect to its filters: the windows, transposed, times the output's gradient.

import { BLOCK, DEPTH, packColumns } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution, gatherWindows, windowSize } from "./windows";

export function filterGradientScratch(g: Convolution): usize {
  const size = windowSize(g), panels = max(roundUp(g.filters, COLUMNS), roundUp(size, COLUMNS));
  return EDGE_BYTES + floats(BLOCK) + floats(BLOCK * DEPTH) + floats(DEPTH) * panels + floats(DEPTH + ROWS) * size;
}

/** gradient[kernelHeight, kernelWidth, channels, filters] from x and dy[batch, outHeight, outWidth, filters] */
export function filterGradient(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
  if (g.filters <= ROWS) return fewFilters(x, dy, gradient, g, scratch);
  const size = windowSize(g), N = g.filters, count = g.batch * g.outHeight * g.outWidth;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const windowPanels = rowAddresses + floats(BLOCK);
  const dyPanels = windowPanels + floats(BLOCK * DEPTH);
  const columns = dyPanels + floats(DEPTH) * roundUp(N, COLUMNS);
  for (let first = 0; first < count; first += DEPTH) {
    const depth = min(DEPTH, count - first);
    gatherWindows(columns, x, first, depth, g);
    packColumns(dyPanels, dy + floats(N) * first, floats(N), depth, N, COLUMNS);
    for (let k = 0; k < size; k += BLOCK) {
      const height = min(BLOCK, size - k);
      packColumns(windowPanels, columns + floats(k), floats(size), depth, height, ROWS);
      for (let i = 0; i < height; i++) store<u32>(rowAddresses + floats(i), <u32>(gradient + floats(N) * (k + i)));
      multiplyPanels(windowPanels, dyPanels, depth, height, N, rowAddresses, first > 0, edge);
    }
  }
}

/** At most four filters are the tile's rows: the gradient is made as [filters][size] and turned at the end. */
function fewFilters(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
  const size = windowSize(g), N = g.filters, count = g.batch * g.outHeight * g.outWidth;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const dyPanels = rowAddresses + floats(BLOCK);
  const windowPanels = dyPanels + floats(ROWS * DEPTH);
  const columns = windowPanels + floats(DEPTH) * roundUp(size, COLUMNS);
  const turned = columns + floats(DEPTH) * size;
  for (let n = 0; n < N; n++) store<u32>(rowAddresses + floats(n), <u32>(turned + floats(size) * n));
  for (let first = 0; first < count; first += DEPTH) {
    const depth = min(DEPTH, count - first);
    gatherWindows(columns, x, first, depth, g);
    packColumns(dyPanels, dy + floats(N) * first, floats(N), depth, N, ROWS);
    packColumns(windowPanels, columns, floats(size), depth, size, COLUMNS);
    multiplyPanels(dyPanels, windowPanels, depth, N, size, rowAddresses, first > 0, edge);
  }
  for (let k = 0; k < size; k++) {
    for (let n = 0; n < N; n++, gradient += 4) store<f32>(gradient, load<f32>(turned + floats(size) * n + floats(k)));
  }
}
