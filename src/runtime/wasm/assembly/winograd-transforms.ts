// What goes into the products of a tile, and what comes of them: the sums and differences of winograd.ts, for two and three
// taps. Results lie `product` bytes apart; pixels are read from and written to the places in `addresses` (u32).

/** For two taps along both axes: [g0, g0 + g1, g1]. */
export function addTwoTaps(to: usize, product: usize, g00: v128, g01: v128, g10: v128, g11: v128): void {
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

/** For three taps along both axes: [g0, (g0 + g1 + g2)/2, (g0 − g1 + g2)/2, g2]. */
export function addThreeTaps(to: usize, product: usize, tap: usize, right: usize, down: usize): void {
  for (let column = 0; column < 3; column++) {
    // The middle column enters the sum and, negated, the difference; the outer ones enter both alike.
    const from = tap + right * column;
    const g0 = v128.load(from), g1 = v128.load(from + down), g2 = v128.load(from + 2 * down);
    const outer = f32x4.add(g0, g2);
    const sum = f32x4.mul(f32x4.add(outer, g1), f32x4.splat(0.5));
    const difference = f32x4.mul(f32x4.sub(outer, g1), f32x4.splat(0.5));
    addColumn(to, product, column, g0);
    addColumn(to + 4 * product, product, column, sum);
    addColumn(to + 8 * product, product, column, difference);
    addColumn(to + 12 * product, product, column, g2);
  }
}

function addColumn(to: usize, product: usize, column: i32, g: v128): void {
  if (column == 0) {
    v128.store(to, g);
  } else if (column == 1) {
    v128.store(to + product, g);
  } else {
    const outer = f32x4.add(v128.load(to), g), middle = v128.load(to + product);
    v128.store(to + product, f32x4.mul(f32x4.add(outer, middle), f32x4.splat(0.5)));
    v128.store(to + 2 * product, f32x4.mul(f32x4.sub(outer, middle), f32x4.splat(0.5)));
    v128.store(to + 3 * product, g);
  }
}

/** Of 3×3 pixels, along both axes: [d0 − d1, d1, d1 − d2]. */
export function subtractTwo(to: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let c: usize = 0; c < bytes; c += 16, to += 16) {
    const a0 = load4(addresses, 0, c), a1 = load4(addresses, 4, c), a2 = load4(addresses, 8, c);
    const b0 = load4(addresses, 12, c), b1 = load4(addresses, 16, c), b2 = load4(addresses, 20, c);
    const c0 = load4(addresses, 24, c), c1 = load4(addresses, 28, c), c2 = load4(addresses, 32, c);
    differenceOfTwo(to, product, f32x4.sub(a0, b0), f32x4.sub(a1, b1), f32x4.sub(a2, b2));
    differenceOfTwo(to + 3 * product, product, b0, b1, b2);
    differenceOfTwo(to + 6 * product, product, f32x4.sub(b0, c0), f32x4.sub(b1, c1), f32x4.sub(b2, c2));
  }
}

function differenceOfTwo(to: usize, product: usize, d0: v128, d1: v128, d2: v128): void {
  v128.store(to, f32x4.sub(d0, d1));
  v128.store(to + product, d1);
  v128.store(to + 2 * product, f32x4.sub(d1, d2));
}

/** Of 4×4 pixels, along both axes: [d0 − d2, d1 + d2, d2 − d1, d1 − d3]. */
export function subtractThree(to: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let c: usize = 0; c < bytes; c += 16, to += 16) {
    let a0 = load4(addresses, 0, c), a1 = load4(addresses, 4, c), a2 = load4(addresses, 8, c), a3 = load4(addresses, 12, c);
    const c0 = load4(addresses, 32, c), c1 = load4(addresses, 36, c), c2 = load4(addresses, 40, c), c3 = load4(addresses, 44, c);
    differenceOfThree(to, product, f32x4.sub(a0, c0), f32x4.sub(a1, c1), f32x4.sub(a2, c2), f32x4.sub(a3, c3));
    a0 = load4(addresses, 16, c); a1 = load4(addresses, 20, c); a2 = load4(addresses, 24, c); a3 = load4(addresses, 28, c);
    differenceOfThree(to + 4 * product, product, f32x4.add(a0, c0), f32x4.add(a1, c1), f32x4.add(a2, c2), f32x4.add(a3, c3));
    differenceOfThree(to + 8 * product, product, f32x4.sub(c0, a0), f32x4.sub(c1, a1), f32x4.sub(c2, a2), f32x4.sub(c3, a3));
    const d0 = load4(addresses, 48, c), d1 = load4(addresses, 52, c), d2 = load4(addresses, 56, c), d3 = load4(addresses, 60, c);
    differenceOfThree(to + 12 * product, product, f32x4.sub(a0, d0), f32x4.sub(a1, d1), f32x4.sub(a2, d2), f32x4.sub(a3, d3));
  }
}

function differenceOfThree(to: usize, product: usize, d0: v128, d1: v128, d2: v128, d3: v128): void {
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + product, f32x4.add(d1, d2));
  v128.store(to + 2 * product, f32x4.sub(d2, d1));
  v128.store(to + 3 * product, f32x4.sub(d1, d3));
}

/** The 2×2 outputs of nine products: along both axes [m0 + m1, m1 − m2]. */
export function combineTwo(from: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16) {
    const b0 = v128.load(from + 3 * product), b1 = v128.load(from + 4 * product), b2 = v128.load(from + 5 * product);
    const up0 = f32x4.add(v128.load(from), b0), down0 = f32x4.sub(b0, v128.load(from + 6 * product));
    const up1 = f32x4.add(v128.load(from + product), b1), down1 = f32x4.sub(b1, v128.load(from + 7 * product));
    const up2 = f32x4.add(v128.load(from + 2 * product), b2), down2 = f32x4.sub(b2, v128.load(from + 8 * product));
    store4(addresses, 0, i, f32x4.add(up0, up1));
    store4(addresses, 4, i, f32x4.sub(up1, up2));
    store4(addresses, 8, i, f32x4.add(down0, down1));
    store4(addresses, 12, i, f32x4.sub(down1, down2));
  }
}

/** The 2×2 outputs of sixteen products: along both axes [m0 + m1 + m2, m1 − m2 − m3]. */
export function combineThree(from: usize, product: usize, addresses: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, from += 16) {
    let up = upper(from, product), down = lower(from, product);
    let left0 = up, left1 = down;
    up = upper(from + product, product); down = lower(from + product, product);
    left0 = f32x4.add(left0, up); left1 = f32x4.add(left1, down);
    let right0 = up, right1 = down;
    up = upper(from + 2 * product, product); down = lower(from + 2 * product, product);
    store4(addresses, 0, i, f32x4.add(left0, up));
    store4(addresses, 8, i, f32x4.add(left1, down));
    right0 = f32x4.sub(right0, up); right1 = f32x4.sub(right1, down);
    store4(addresses, 4, i, f32x4.sub(right0, upper(from + 3 * product, product)));
    store4(addresses, 12, i, f32x4.sub(right1, lower(from + 3 * product, product)));
  }
}

function upper(m: usize, product: usize): v128 {
  return f32x4.add(v128.load(m), f32x4.add(v128.load(m + 4 * product), v128.load(m + 8 * product)));
}

function lower(m: usize, product: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + 4 * product), v128.load(m + 8 * product)), v128.load(m + 12 * product));
}

export function load4(addresses: usize, number: usize, offset: usize): v128 {
  return v128.load(<usize>load<u32>(addresses + number) + offset);
}

function store4(addresses: usize, number: usize, offset: usize, value: v128): void {
  v128.store(<usize>load<u32>(addresses + number) + offset, value);
}
