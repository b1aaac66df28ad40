// The transforms of winograd-transforms.ts for tiles whose two axes are alike, in one go: what most tiles are. Pixels'
// addresses lie four places a row, as `locate` writes them.

/** Of 3×3 inputs, along both axes: [d0 − d1, d1, d1 − d2]. */
export function subtractNine(to: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let c: usize = 0; c < bytes; c += 16, to += 16) {
    const a0 = pixel(addresses, 0, c), a1 = pixel(addresses, 4, c), a2 = pixel(addresses, 8, c);
    const b0 = pixel(addresses, 16, c), b1 = pixel(addresses, 20, c), b2 = pixel(addresses, 24, c);
    const c0 = pixel(addresses, 32, c), c1 = pixel(addresses, 36, c), c2 = pixel(addresses, 40, c);
    threeDifferences(to, product, f32x4.sub(a0, b0), f32x4.sub(a1, b1), f32x4.sub(a2, b2));
    threeDifferences(to + 3 * product, product, b0, b1, b2);
    threeDifferences(to + 6 * product, product, f32x4.sub(b0, c0), f32x4.sub(b1, c1), f32x4.sub(b2, c2));
  }
}

function threeDifferences(to: usize, product: usize, d0: v128, d1: v128, d2: v128): void {
  v128.store(to, f32x4.sub(d0, d1));
  v128.store(to + product, d1);
  v128.store(to + 2 * product, f32x4.sub(d1, d2));
}

/** Of 4×4 inputs, along both axes: [d0 − d2, d1 + d2, d2 − d1, d1 − d3]. */
export function subtractSixteen(to: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let c: usize = 0; c < bytes; c += 16, to += 16) {
    let r0 = pixel(addresses, 0, c), r1 = pixel(addresses, 4, c), r2 = pixel(addresses, 8, c), r3 = pixel(addresses, 12, c);
    const c0 = pixel(addresses, 32, c), c1 = pixel(addresses, 36, c), c2 = pixel(addresses, 40, c), c3 = pixel(addresses, 44, c);
    fourDifferences(to, product, f32x4.sub(r0, c0), f32x4.sub(r1, c1), f32x4.sub(r2, c2), f32x4.sub(r3, c3));
    r0 = pixel(addresses, 16, c); r1 = pixel(addresses, 20, c); r2 = pixel(addresses, 24, c); r3 = pixel(addresses, 28, c);
    fourDifferences(to + 4 * product, product, f32x4.add(r0, c0), f32x4.add(r1, c1), f32x4.add(r2, c2), f32x4.add(r3, c3));
    fourDifferences(to + 8 * product, product, f32x4.sub(c0, r0), f32x4.sub(c1, r1), f32x4.sub(c2, r2), f32x4.sub(c3, r3));
    const d0 = pixel(addresses, 48, c), d1 = pixel(addresses, 52, c), d2 = pixel(addresses, 56, c), d3 = pixel(addresses, 60, c);
    fourDifferences(to + 12 * product, product, f32x4.sub(r0, d0), f32x4.sub(r1, d1), f32x4.sub(r2, d2), f32x4.sub(r3, d3));
  }
}

function fourDifferences(to: usize, product: usize, d0: v128, d1: v128, d2: v128, d3: v128): void {
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + product, f32x4.add(d1, d2));
  v128.store(to + 2 * product, f32x4.sub(d2, d1));
  v128.store(to + 3 * product, f32x4.sub(d1, d3));
}

/** 2×2 outputs of nine products: along both axes [m0 + m1, m1 − m2]. */
export function combineNine(from: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16) {
    const b0 = v128.load(from + 3 * product), b1 = v128.load(from + 4 * product), b2 = v128.load(from + 5 * product);
    const up0 = f32x4.add(v128.load(from), b0), down0 = f32x4.sub(b0, v128.load(from + 6 * product));
    const up1 = f32x4.add(v128.load(from + product), b1), down1 = f32x4.sub(b1, v128.load(from + 7 * product));
    const up2 = f32x4.add(v128.load(from + 2 * product), b2), down2 = f32x4.sub(b2, v128.load(from + 8 * product));
    setPixel(addresses, 0, i, f32x4.add(up0, up1));
    setPixel(addresses, 4, i, f32x4.sub(up1, up2));
    setPixel(addresses, 16, i, f32x4.add(down0, down1));
    setPixel(addresses, 20, i, f32x4.sub(down1, down2));
  }
}

/** 2×2 outputs of sixteen products: along both axes [m0 + m1 + m2, m1 − m2 − m3]. */
export function combineSixteen(from: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16) {
    const up0 = upper(from, product), down0 = lower(from, product);
    const up1 = upper(from + product, product), down1 = lower(from + product, product);
    const up2 = upper(from + 2 * product, product), down2 = lower(from + 2 * product, product);
    const up3 = upper(from + 3 * product, product), down3 = lower(from + 3 * product, product);
    setPixel(addresses, 0, i, f32x4.add(up0, f32x4.add(up1, up2)));
    setPixel(addresses, 4, i, f32x4.sub(f32x4.sub(up1, up2), up3));
    setPixel(addresses, 16, i, f32x4.add(down0, f32x4.add(down1, down2)));
    setPixel(addresses, 20, i, f32x4.sub(f32x4.sub(down1, down2), down3));
  }
}

function upper(m: usize, product: usize): v128 {
  return f32x4.add(v128.load(m), f32x4.add(v128.load(m + 4 * product), v128.load(m + 8 * product)));
}

function lower(m: usize, product: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + 4 * product), v128.load(m + 8 * product)), v128.load(m + 12 * product));
}

/** Of the gradients of 2×2 outputs, along both axes: [y0, y0 + y1, −y1]. */
export function spreadNine(to: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, to += 16) {
    const a0 = pixel(addresses, 0, i), a1 = pixel(addresses, 4, i), b0 = pixel(addresses, 16, i), b1 = pixel(addresses, 20, i);
    threeSpread(to, product, a0, a1);
    threeSpread(to + 3 * product, product, f32x4.add(a0, b0), f32x4.add(a1, b1));
    threeSpread(to + 6 * product, product, f32x4.neg(b0), f32x4.neg(b1));
  }
}

function threeSpread(to: usize, product: usize, y0: v128, y1: v128): void {
  v128.store(to, y0);
  v128.store(to + product, f32x4.add(y0, y1));
  v128.store(to + 2 * product, f32x4.neg(y1));
}

/** The same for three taps: [y0, y0 + y1, y0 − y1, −y1]. */
export function spreadSixteen(to: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, to += 16) {
    const a0 = pixel(addresses, 0, i), a1 = pixel(addresses, 4, i), b0 = pixel(addresses, 16, i), b1 = pixel(addresses, 20, i);
    fourSpread(to, product, a0, a1);
    fourSpread(to + 4 * product, product, f32x4.add(a0, b0), f32x4.add(a1, b1));
    fourSpread(to + 8 * product, product, f32x4.sub(a0, b0), f32x4.sub(a1, b1));
    fourSpread(to + 12 * product, product, f32x4.neg(b0), f32x4.neg(b1));
  }
}

function fourSpread(to: usize, product: usize, y0: v128, y1: v128): void {
  v128.store(to, y0);
  v128.store(to + product, f32x4.add(y0, y1));
  v128.store(to + 2 * product, f32x4.sub(y0, y1));
  v128.store(to + 3 * product, f32x4.neg(y1));
}

/** Of 2×2 taps, along both axes: [g0, g0 + g1, g1]. */
export function sumNine(to: usize, product: usize, tap: usize, right: usize, down: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, to += 16, tap += 16) {
    const g00 = v128.load(tap), g01 = v128.load(tap + right), g10 = v128.load(tap + down), g11 = v128.load(tap + down + right);
    threeSums(to, product, g00, g01);
    threeSums(to + 3 * product, product, f32x4.add(g00, g10), f32x4.add(g01, g11));
    threeSums(to + 6 * product, product, g10, g11);
  }
}

function threeSums(to: usize, product: usize, g0: v128, g1: v128): void {
  v128.store(to, g0);
  v128.store(to + product, f32x4.add(g0, g1));
  v128.store(to + 2 * product, g1);
}

/** Of 3×3 taps, along both axes: [g0, (g0 + g1 + g2)/2, (g0 − g1 + g2)/2, g2]. */
export function sumSixteen(to: usize, product: usize, tap: usize, right: usize, down: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, to += 16, tap += 16) {
    const second = tap + down, third = second + down;
    const a0 = v128.load(tap), a1 = v128.load(tap + right), a2 = v128.load(tap + 2 * right);
    const b0 = v128.load(second), b1 = v128.load(second + right), b2 = v128.load(second + 2 * right);
    const c0 = v128.load(third), c1 = v128.load(third + right), c2 = v128.load(third + 2 * right);
    fourSums(to, product, a0, a1, a2);
    fourSums(to + 12 * product, product, c0, c1, c2);
    const o0 = f32x4.add(a0, c0), o1 = f32x4.add(a1, c1), o2 = f32x4.add(a2, c2);
    fourSums(to + 4 * product, product, half(f32x4.add(o0, b0)), half(f32x4.add(o1, b1)), half(f32x4.add(o2, b2)));
    fourSums(to + 8 * product, product, half(f32x4.sub(o0, b0)), half(f32x4.sub(o1, b1)), half(f32x4.sub(o2, b2)));
  }
}

function fourSums(to: usize, product: usize, g0: v128, g1: v128, g2: v128): void {
  const outer = f32x4.add(g0, g2);
  v128.store(to, g0);
  v128.store(to + product, half(f32x4.add(outer, g1)));
  v128.store(to + 2 * product, half(f32x4.sub(outer, g1)));
  v128.store(to + 3 * product, g2);
}

function half(x: v128): v128 {
  return f32x4.mul(x, f32x4.splat(0.5));
}

function pixel(addresses: usize, place: usize, offset: usize): v128 {
  return v128.load(<usize>load<u32>(addresses + place) + offset);
}

function setPixel(addresses: usize, place: usize, offset: usize, value: v128): void {
  v128.store(<usize>load<u32>(addresses + place) + offset, value);
}
