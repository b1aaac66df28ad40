// How a convolution becomes one of 2×2 or 3×3 taps of stride 1 over blocks of pixels. With stride s, s×s neighbours are a block
// whose channels are theirs, and the kernel's taps (i·s + a, j·s + b) belong to pixel (a, b) of it. A kernel of 4×4 with stride 1 is
// four kernels of 2×2: its blocks are pixels (2a, 2b) from where they begin, and the taps (2a + i, 2b + j) belong to them.

import { Blocks, view } from "./blocks";
import { floats } from "./vectors";
import { Convolution } from "./windows";

export function isFourByFour(g: Convolution): bool {
  return g.kernelHeight == 4 && g.kernelWidth == 4 && g.strideHeight == 1 && g.strideWidth == 1;
}

/** Taps along both axes, 2 or 3; 0 for a convolution that cannot be seen like this. */
export function tapsOf(g: Convolution): i32 {
  if (isFourByFour(g)) return 2;
  const taps = g.kernelHeight / g.strideHeight;
  const whole = g.kernelHeight == taps * g.strideHeight && g.kernelWidth == taps * g.strideWidth;
  return whole && (taps == 2 || taps == 3) ? taps : 0;
}

export function blockHeight(g: Convolution): i32 {
  return isFourByFour(g) ? 2 : g.strideHeight;
}

export function blockWidth(g: Convolution): i32 {
  return isFourByFour(g) ? 2 : g.strideWidth;
}

/** Channels of a block. */
export function blockSize(g: Convolution): i32 {
  return blockHeight(g) * blockWidth(g) * g.channels;
}

/** The image in blocks. */
export function viewInput(blocks: Blocks, g: Convolution): void {
  view(blocks, g.height, g.width, g.channels, g.strideHeight, g.strideWidth, g.top, g.left);
  blocks.rows = blockHeight(g);
  blocks.columns = blockWidth(g);
  blocks.gap = isFourByFour(g) ? 2 : 1;
}

/** Bytes from the filter's start to the first tap of a block's pixel number `block`. */
export function firstTap(g: Convolution, block: i32): usize {
  const gap = isFourByFour(g) ? 2 : 1, a = block / blockWidth(g) * gap, b = block % blockWidth(g) * gap;
  return floats(g.channels) * g.filters * (a * g.kernelWidth + b);
}

/** Bytes from a tap of a pixel to its next one to the right. */
export function tapRight(g: Convolution): usize {
  return floats(g.channels) * g.filters * g.strideWidth;
}

export function tapDown(g: Convolution): usize {
  return floats(g.channels) * g.filters * (g.strideHeight * g.kernelWidth);
}
