// Convolution. By shape: fewer multiplications where the kernel is twice or three times the stride (winograd.ts), the input
// gradient of the adjoint for few filters (adjoint.ts), and windows times filters for everything else, few or many.

import { ADJOINT_BYTES, adjointOf, flipTaps, prefersAdjoint } from "./adjoint";
import { fewWindowsScratch, fewWindowsTimesFilters, hasFewWindows } from "./few-windows";
import { inputGradient, inputGradientScratch } from "./input-gradient";
import { COLUMNS } from "./tile";
import { floats, roundUp } from "./vectors";
import { packFilters, windowsTimesFilters, windowsTimesFiltersScratch } from "./window-product";
import { Convolution, windowSize } from "./windows";
import { prefersWinograd, winogradConvolve, winogradConvolveScratch } from "./winograd";

/** Bytes of scratch for convolve; `temporary`: room for a second geometry. */
export function convolveScratch(g: Convolution, temporary: usize): usize {
  const filter = floats(windowSize(g)) * g.filters;
  if (prefersWinograd(g, g.outHeight, g.outWidth)) return winogradConvolveScratch(g);
  if (prefersAdjoint(g)) return ADJOINT_BYTES + filter + inputGradientScratch(adjointOf(g, temporary));
  if (hasFewWindows(g)) return fewWindowsScratch(windowSize(g));
  return floats(windowSize(g)) * roundUp(g.filters, COLUMNS) + windowsTimesFiltersScratch(g);
}

/** y[batch, outHeight, outWidth, filters] = x[batch, height, width, channels] * filter */
export function convolve(x: usize, filter: usize, y: usize, g: Convolution, scratch: usize): void {
  if (prefersWinograd(g, g.outHeight, g.outWidth)) {
    winogradConvolve(x, filter, y, g, scratch);
  } else if (prefersAdjoint(g)) {
    const adjoint = adjointOf(g, scratch), flipped = scratch + ADJOINT_BYTES;
    flipTaps(flipped, filter, 0, 0, g, adjoint);
    inputGradient(x, flipped, y, adjoint, flipped + floats(windowSize(g)) * g.filters);
  } else if (hasFewWindows(g)) {
    const tap = floats(g.channels) * g.filters, H = g.outHeight, W = g.outWidth;
    fewWindowsTimesFilters(x, filter, tap, tap * g.kernelWidth, false, y, g, 1, 1, 0, 0, H, W, scratch);
  } else {
    packFilters(scratch, filter, windowSize(g), g.filters);
    const rest = scratch + floats(windowSize(g)) * roundUp(g.filters, COLUMNS);
    windowsTimesFilters(x, scratch, y, g, 1, 1, 0, 0, g.outHeight, g.outWidth, rest);
  }
}
