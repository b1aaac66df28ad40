// Gradient of a convolution with respect to its filters. By shape as in convolve.ts: fewer multiplications, the adjoint's
// filter gradient, or windows, transposed, times the output's gradient.

import { ADJOINT_BYTES, adjointOf, flipTaps, prefersAdjoint } from "./adjoint";
import { BLOCK, DEPTH, packColumns } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { floats, roundUp } from "./vectors";
import { Convolution, gatherWindows, windowSize } from "./windows";
import { prefersWinogradFilterGradient } from "./winograd";
import { winogradFilterGradient, winogradFilterGradientScratch } from "./winograd-filter-gradient";

/** Bytes of scratch for filterGradient; `temporary`: room for a second geometry. */
export function filterGradientScratch(g: Convolution, temporary: usize): usize {
  if (prefersWinogradFilterGradient(g)) return winogradFilterGradientScratch(g);
  if (prefersAdjoint(g)) return ADJOINT_BYTES + floats(windowSize(g)) * g.filters + windowsScratch(adjointOf(g, temporary));
  return windowsScratch(g);
}

/** gradient[kernelHeight, kernelWidth, channels, filters] from x and dy[batch, outHeight, outWidth, filters] */
export function filterGradient(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
  if (prefersWinogradFilterGradient(g)) {
    winogradFilterGradient(x, dy, gradient, g, scratch);
  } else if (prefersAdjoint(g)) {
    const adjoint = adjointOf(g, scratch), flipped = scratch + ADJOINT_BYTES;
    windowsTimesGradient(dy, x, flipped, adjoint, flipped + floats(windowSize(g)) * g.filters);
    flipTaps(gradient, flipped, 0, 0, adjoint, g);
  } else {
    windowsTimesGradient(x, dy, gradient, g, scratch);
  }
}

function windowsScratch(g: Convolution): usize {
  const panels = floats(BLOCK * DEPTH) + floats(DEPTH) * roundUp(g.filters, COLUMNS);
  return EDGE_BYTES + floats(BLOCK) + panels + floats(DEPTH) * windowSize(g);
}

function windowsTimesGradient(x: usize, dy: usize, gradient: usize, g: Convolution, scratch: usize): void {
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
