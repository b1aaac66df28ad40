// What a convolution is, and the windows of its image as rows of a matrix: with them a convolution is a matrix product.

import { accumulate, clear, copy, floats } from "./vectors";

/**
 * The geometry of a convolution, written by the caller as fifteen consecutive i32. Pads may be negative, which crops;
 * `outHeight` and `outWidth` say how many windows there are, so bottom and right pads need no mention.
 */
@unmanaged
export class Convolution {
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
  filters: i32;
  dilationHeight: i32;
  dilationWidth: i32;
}

/** Floats of one window. */
export function windowSize(g: Convolution): i32 {
  return g.kernelHeight * g.kernelWidth * g.channels;
}

/** The `count` windows from number `first`, as rows [kernelHeight][kernelWidth][channels]; outside the image is zero. */
export function gatherWindows(columns: usize, image: usize, first: i32, count: i32, g: Convolution): void {
  visit(columns, image, first, count, g, false);
}

/** The reverse: adds the rows to the places of the image that they were gathered from. */
export function scatterWindows(columns: usize, image: usize, first: i32, count: i32, g: Convolution): void {
  visit(columns, image, first, count, g, true);
}

function visit(columns: usize, image: usize, first: i32, count: i32, g: Convolution, scatter: bool): void {
  const C = g.channels, H = g.height, W = g.width, kernelWidth = g.kernelWidth;
  const reach = g.kernelHeight * g.dilationHeight, dilationHeight = g.dilationHeight, dilationWidth = g.dilationWidth;
  const imageRow = floats(W * C), windowRow = floats(kernelWidth * C);
  const grid = g.outHeight * g.outWidth;
  let b = first / grid, y = (first % grid) / g.outWidth, x = first % g.outWidth;
  for (; count > 0; count--) {
    const h0 = y * g.strideHeight - g.top, w0 = x * g.strideWidth - g.left;
    // Columns low ≤ j < high of the window lie inside the image.
    const low = min(kernelWidth, w0 < 0 ? (dilationWidth - 1 - w0) / dilationWidth : 0);
    const high = max(low, w0 < W ? min(kernelWidth, (W - w0 + dilationWidth - 1) / dilationWidth) : 0);
    const skip = floats(low * C), run = (high - low) * C;
    let pixel = image + imageRow * (b * H + h0) + floats((w0 + low * dilationWidth) * C);
    for (let h = h0; h < h0 + reach; h += dilationHeight, columns += windowRow, pixel += imageRow * dilationHeight) {
      if (h < 0 || h >= H) {
        if (!scatter) clear(columns, kernelWidth * C);
        continue;
      }
      if (!scatter) {
        if (low > 0) clear(columns, low * C);
        if (high < kernelWidth) clear(columns + floats(high * C), (kernelWidth - high) * C);
      }
      if (dilationWidth == 1) move(columns + skip, pixel, run, scatter);
      else for (let j = 0; j < high - low; j++) {
        move(columns + skip + floats(j * C), pixel + floats(j * dilationWidth * C), C, scatter);
      }
    }
    if (++x < g.outWidth) continue;
    x = 0;
    if (++y < g.outHeight) continue;
    y = 0;
    b++;
  }
}

function move(column: usize, pixel: usize, count: i32, scatter: bool): void {
  if (scatter) accumulate(pixel, column, count);
  else copy(column, pixel, count);
}
