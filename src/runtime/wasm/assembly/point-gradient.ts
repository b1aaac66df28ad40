// The input gradient where a convolution has one window an image, as DCGAN's first transposed convolution from 1×1: for every
// tap inside the image one matrix product, dx[batch, pixel] = dy · tapᵀ, and nothing is gathered or added.

import { BLOCK, DEPTH, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { clear, floats, roundUp } from "./vectors";
import { Convolution } from "./windows";

export function hasOneWindow(g: Convolution): bool {
  return g.outHeight * g.outWidth == 1;
}

export function pointInputGradientScratch(g: Convolution): usize {
  return EDGE_BYTES + floats(BLOCK) + floats(BLOCK * DEPTH) + floats(DEPTH) * roundUp(g.channels, COLUMNS);
}

export function pointInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution, scratch: usize): void {
  const C = g.channels, N = g.filters, image = g.height * g.width * C;
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const panels = rowAddresses + floats(BLOCK);
  const tapPanels = panels + floats(BLOCK * DEPTH);
  for (let b = 0; b < g.batch; b++) clear(dx + floats(image) * b, image);
  for (let first = 0; first < g.batch; first += BLOCK) {
    const height = min(BLOCK, g.batch - first);
    for (let n = 0; n < N; n += DEPTH) {
      const depth = min(DEPTH, N - n);
      packRows(panels, dy + floats(N) * first + floats(n), floats(N), depth, height, ROWS);
      for (let i = 0; i < g.kernelHeight; i++) {
        const y = i * g.dilationHeight - g.top;
        if (y < 0 || y >= g.height) continue;
        for (let j = 0; j < g.kernelWidth; j++) {
          const x = j * g.dilationWidth - g.left;
          if (x < 0 || x >= g.width) continue;
          const tap = filter + floats(C) * (N * (i * g.kernelWidth + j)), pixel = dx + floats(C) * (y * g.width + x);
          packRows(tapPanels, tap + floats(n), floats(N), depth, C, COLUMNS);
          for (let b = 0; b < height; b++) {
            store<u32>(rowAddresses + floats(b), <u32>(pixel + floats(image) * (first + b)));
          }
          multiplyPanels(panels, tapPanels, depth, height, C, rowAddresses, n > 0, edge);
        }
      }
    }
  }
}
