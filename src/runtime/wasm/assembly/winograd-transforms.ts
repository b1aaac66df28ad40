// What goes into the nine products of a tile, and what comes of them: the sums and differences of winograd.ts.

import { Blocks, locate } from "./blocks";
import { floats } from "./vectors";
import { Convolution } from "./windows";

/** Channels of a block. */
export function blockSize(g: Convolution): i32 {
  return g.strideHeight * g.strideWidth * g.channels;
}

/** sums[9][S][N]: the 2×2 taps of every block channel and filter, in both directions [g0, g0 + g1, g1]; or reversed. */
export function sumTaps(sums: usize, filter: usize, g: Convolution, reversed: bool): void {
  const run = floats(g.channels) * g.filters, product = floats(blockSize(g)) * g.filters;
  const right = run * g.strideWidth, down = run * g.strideHeight * g.kernelWidth;
  for (let a = 0; a < g.strideHeight; a++) {
    for (let b = 0; b < g.strideWidth; b++, sums += run) {
      const tap = filter + run * (a * g.kernelWidth + b);
      for (let i: usize = 0; i < run; i += 16) {
        const g00 = v128.load(tap + i), g01 = v128.load(tap + right + i);
        const g10 = v128.load(tap + down + i), g11 = v128.load(tap + down + right + i);
        if (reversed) addTaps(sums + i, product, g11, g10, g01, g00);
        else addTaps(sums + i, product, g00, g01, g10, g11);
      }
    }
  }
}

export function addTaps(to: usize, product: usize, g00: v128, g01: v128, g10: v128, g11: v128): void {
  const left = f32x4.add(g00, g10), right = f32x4.add(g01, g11);
  v128.store(to, g00);
  v128.store(to + product, f32x4.add(g00, g01));
  v128.store(to + 2 * product, g01);
  v128.store(to + 3 * product, left);
  v128.store(to + 4 * product, f32x4.add(left, right));
  v128.store(to + 5 * product, right);
  v128.store(to + 6 * product, g10);
  v128.store(to + 7 * product, f32x4.add(g10, g11));
  v128.store(to + 8 * product, g11);
}

/** The nine differences of the 3×3 blocks from (u, v), `product` bytes apart: in both directions [d0 − d1, d1, d1 − d2]. */
export function subtractBlocks(
  to: usize, product: usize, image: usize, blocks: Blocks, b: i32, u: i32, v: i32, addresses: usize, zeros: usize,
): void {
  for (let i = 0; i < blocks.rows; i++) {
    for (let j = 0; j < blocks.columns; j++) {
      locate(addresses, image, blocks, b, u, v, 3, i, j, zeros);
      for (let c: usize = 0; c < floats(blocks.channels); c += 16, to += 16) {
        const a0 = load4(addresses, 0, c), a1 = load4(addresses, 4, c), a2 = load4(addresses, 8, c);
        const b0 = load4(addresses, 12, c), b1 = load4(addresses, 16, c), b2 = load4(addresses, 20, c);
        const c0 = load4(addresses, 24, c), c1 = load4(addresses, 28, c), c2 = load4(addresses, 32, c);
        difference(to, product, f32x4.sub(a0, b0), f32x4.sub(a1, b1), f32x4.sub(a2, b2));
        difference(to + 3 * product, product, b0, b1, b2);
        difference(to + 6 * product, product, f32x4.sub(b0, c0), f32x4.sub(b1, c1), f32x4.sub(b2, c2));
      }
    }
  }
}

export function load4(addresses: usize, number: usize, offset: usize): v128 {
  return v128.load(<usize>load<u32>(addresses + number) + offset);
}

function difference(to: usize, product: usize, d0: v128, d1: v128, d2: v128): void {
  v128.store(to, f32x4.sub(d0, d1));
  v128.store(to + product, d1);
  v128.store(to + 2 * product, f32x4.sub(d1, d2));
}

/** The four outputs of `bytes` bytes from nine products: in both directions [m0 + m1, m1 − m2]. */
export function combine(
  from: usize, product: usize, to00: usize, to01: usize, to10: usize, to11: usize, bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16) {
    const b0 = v128.load(from + 3 * product), b1 = v128.load(from + 4 * product), b2 = v128.load(from + 5 * product);
    const up0 = f32x4.add(v128.load(from), b0), down0 = f32x4.sub(b0, v128.load(from + 6 * product));
    const up1 = f32x4.add(v128.load(from + product), b1), down1 = f32x4.sub(b1, v128.load(from + 7 * product));
    const up2 = f32x4.add(v128.load(from + 2 * product), b2), down2 = f32x4.sub(b2, v128.load(from + 8 * product));
    v128.store(to00 + i, f32x4.add(up0, up1));
    v128.store(to01 + i, f32x4.sub(up1, up2));
    v128.store(to10 + i, f32x4.add(down0, down1));
    v128.store(to11 + i, f32x4.sub(down1, down2));
  }
}
