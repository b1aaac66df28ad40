// Gradient of a convolution with respect to its image, which is also the transposed convolution.
//
// With stride s, the image's pixels fall into s×s phases by their position modulo s. Every phase is a convolution of
// stride 1 of dy with the taps that reach it (every s-th one, flipped), so no multiplication is wasted on zeros. Along an
// axis of stride 1 the taps may be dilated.

import { flipTaps } from "./adjoint";
import { fewWindowsScratch, fewWindowsTimesFilters, hasFewWindows } from "./few-windows";
import { BLOCK, DEPTH, packRows } from "./pack";
import { hasOneWindow, pointInputGradient, pointInputGradientScratch } from "./point-gradient";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { packFilters, windowsTimesFilters, windowsTimesFiltersScratch } from "./window-product";
import { Convolution, scatterWindows, windowSize } from "./windows";
import { prefersWinograd, winogradInputGradient, winogradInputGradientScratch } from "./winograd";

/** Room for the phase's own Convolution. */
const PHASE_BYTES: usize = 64;

export function inputGradientScratch(g: Convolution): usize {
  if (hasOneWindow(g)) return pointInputGradientScratch(g);
  if (usesWinograd(g)) return winogradInputGradientScratch(g);
  const taps = g.kernelHeight * g.kernelWidth, size = windowSize(g);
  if (isNarrow(g)) {
    const panels = floats(BLOCK * DEPTH) + floats(g.filters) * roundUp(size, COLUMNS);
    return EDGE_BYTES + floats(BLOCK) + panels + floats(BLOCK) * size;
  }
  // A phase's windows are of dy; the widest phase has at most all taps.
  const windows = max(windowsTimesFiltersScratch(g) + floats(BLOCK * taps) * g.filters, fewWindowsScratch(taps * g.filters));
  return PHASE_BYTES + floats(taps * g.filters) * roundUp(g.channels, COLUMNS) + floats(size) * g.filters + windows;
}

/** dx[batch, height, width, channels] from dy[batch, outHeight, outWidth, filters] and the filters */
export function inputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  if (hasOneWindow(g)) pointInputGradient(dy, filter, dx, g, scratch);
  else if (usesWinograd(g)) winogradInputGradient(dy, filter, dx, g, scratch);
  else if (isNarrow(g)) narrowInputGradient(dy, filter, dx, g, scratch);
  else phases(dy, filter, dx, g, scratch);
}

function usesWinograd(g: Convolution): bool {
  const rows = (g.height + g.strideHeight - 1) / g.strideHeight;
  return prefersWinograd(g, rows, (g.width + g.strideWidth - 1) / g.strideWidth);
}

/** With few channels a phase would leave most of the tile's columns empty; dilated strides have no such phases. */
function isNarrow(g: Convolution): bool {
  const phased = min(g.strideHeight, g.dilationHeight) == 1 && min(g.strideWidth, g.dilationWidth) == 1;
  return g.channels < COLUMNS || !phased;
}

/** All windows' gradients at once, dy · filterᵀ, which are then added to the image where the windows lay. */
function narrowInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  const size = windowSize(g), N = g.filters, count = g.batch * g.outHeight * g.outWidth;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(BLOCK);
  const columns = panels + floats(BLOCK * DEPTH);
  const filterPanels = columns + floats(BLOCK) * size;
  const panelRow = floats(roundUp(size, COLUMNS));
  for (let b = 0; b < g.batch; b++) {
    const image = g.height * g.width * g.channels;
    clear(dx + floats(image) * b, image);
  }
  for (let n = 0; n < N; n += DEPTH) {
    packRows(filterPanels + panelRow * n, filter + floats(n), floats(N), min(DEPTH, N - n), size, COLUMNS);
  }
  for (let i = 0; i < BLOCK; i++) store<u32>(rowAddresses + floats(i), <u32>(columns + floats(size) * i));
  for (let first = 0; first < count; first += BLOCK) {
    const height = min(BLOCK, count - first);
    for (let n = 0; n < N; n += DEPTH) {
      const depth = min(DEPTH, N - n);
      packRows(panels, dy + floats(N) * first + floats(n), floats(N), depth, height, ROWS);
      multiplyPanels(panels, filterPanels + panelRow * n, depth, height, size, rowAddresses, n > 0, edge);
    }
    scatterWindows(columns, dx, first, height, g);
  }
}

function phases(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  const taps = g.kernelHeight * g.kernelWidth;
  const packed = scratch + PHASE_BYTES;
  const flipped = packed + floats(taps * g.filters) * roundUp(g.channels, COLUMNS);
  const rest = flipped + floats(windowSize(g)) * g.filters;
  const phase = changetype<Convolution>(scratch);
  phase.batch = g.batch;
  phase.height = g.outHeight;
  phase.width = g.outWidth;
  phase.channels = g.filters;
  phase.strideHeight = 1;
  phase.strideWidth = 1;
  phase.dilationHeight = g.dilationHeight;
  phase.dilationWidth = g.dilationWidth;
  phase.filters = g.channels;
  if (g.kernelHeight < g.strideHeight || g.kernelWidth < g.strideWidth) {
    // Some pixels belong to no window.
    const image = g.height * g.width * g.channels;
    for (let b = 0; b < g.batch; b++) clear(dx + floats(image) * b, image);
  }
  for (let a = 0; a < min(g.strideHeight, g.height); a++) {
    const i0 = modulo(a + g.top, g.strideHeight);
    phase.kernelHeight = countFrom(i0, g.kernelHeight, g.strideHeight);
    phase.top = (phase.kernelHeight - 1) * g.dilationHeight - (a + g.top - i0) / g.strideHeight;
    phase.outHeight = countFrom(a, g.height, g.strideHeight);
    for (let b = 0; b < min(g.strideWidth, g.width); b++) {
      const j0 = modulo(b + g.left, g.strideWidth);
      phase.kernelWidth = countFrom(j0, g.kernelWidth, g.strideWidth);
      phase.left = (phase.kernelWidth - 1) * g.dilationWidth - (b + g.left - j0) / g.strideWidth;
      phase.outWidth = countFrom(b, g.width, g.strideWidth);
      if (phase.kernelHeight == 0 || phase.kernelWidth == 0) continue;
      if (hasFewWindows(phase)) {
        const right = floats(g.channels) * g.filters * g.strideWidth, row = floats(g.channels) * g.filters * g.kernelWidth;
        const down = row * g.strideHeight, first = filter + row * i0 + floats(g.channels) * g.filters * j0;
        const last = first + down * (phase.kernelHeight - 1) + right * (phase.kernelWidth - 1);
        const sy = g.strideHeight, sx = g.strideWidth;
        fewWindowsTimesFilters(dy, last, 0 - right, 0 - down, true, dx, phase, sy, sx, a, b, g.height, g.width, rest);
        continue;
      }
      flipTaps(flipped, filter, i0, j0, g, phase);
      packFilters(packed, flipped, windowSize(phase), phase.filters);
      windowsTimesFilters(dy, packed, dx, phase, g.strideHeight, g.strideWidth, a, b, g.height, g.width, rest);
    }
  }
}

function modulo(n: i32, divisor: i32): i32 {
  return ((n % divisor) + divisor) % divisor;
}

/** How many of first, first + step, … lie below `end`. */
function countFrom(first: i32, end: i32, step: i32): i32 {
  return first < end ? (end - first + step - 1) / step : 0;
}
