// An image seen as a grid of blocks of pixels.

import { floats } from "./vectors";

/**
 * An image as a grid of blocks of rows×columns pixels: block (u, v) begins at pixel (u·stepY − top, v·stepX − left), and its
 * pixels lie `gap` apart.
 */
@unmanaged
export class Blocks {
  height: i32;
  width: i32;
  channels: i32;
  stepY: i32;
  stepX: i32;
  top: i32;
  left: i32;
  rows: i32;
  columns: i32;
  gap: i32;
}

/** Room for 4×4 addresses. */
export const ADDRESS_BYTES: usize = 64;

/** Blocks of stepY×stepX neighbouring pixels. */
export function view(v: Blocks, height: i32, width: i32, channels: i32, stepY: i32, stepX: i32, top: i32, left: i32): void {
  v.height = height;
  v.width = width;
  v.channels = channels;
  v.stepY = stepY;
  v.stepX = stepX;
  v.top = top;
  v.left = left;
  v.rows = stepY;
  v.columns = stepX;
  v.gap = 1;
}

/**
 * Addresses (u32) of pixel (i, j) of rows×columns blocks, at most 4×4, from (u, v) of image number b, four places a row;
 * `outside` for those that lie outside of the image.
 */
export function locate(
  addresses: usize, image: usize, blocks: Blocks, b: i32, u: i32, v: i32, rows: i32, columns: i32, i: i32, j: i32,
  outside: usize,
): void {
  for (let r = 0; r < rows; r++, addresses += 16) {
    const y = (u + r) * blocks.stepY + i * blocks.gap - blocks.top;
    for (let c = 0; c < columns; c++) {
      const x = (v + c) * blocks.stepX + j * blocks.gap - blocks.left;
      const inside = y >= 0 && y < blocks.height && x >= 0 && x < blocks.width;
      const pixel = image + floats(blocks.channels) * ((b * blocks.height + y) * blocks.width + x);
      store<u32>(addresses + floats(c), <u32>(inside ? pixel : outside));
    }
  }
}

/** The address in row r and column c. */
export function addressOf(addresses: usize, r: i32, c: i32): usize {
  return <usize>load<u32>(addresses + floats(4 * r + c));
}
