// Winograd's schemes along one axis; along two, each is done along one and then along the other. A scheme is told by its
// outputs or taps and its products: 2 outputs of 2 taps take 3 products, 3 of 2 and 2 of 3 take 4.
//
//   products of inputs d                         of taps g                                  outputs y
//   3        d0 − d1, d1, d1 − d2                g0, g0 + g1, g1                            m0 + m1, m1 − m2
//   4        d0 − d2, d1 + d2, d2 − d1, d1 − d3  g0, (g0 + g1 + g2)/2, (g0 − g1 + g2)/2, g2  m0 + m1 + m2, m1 − m2 − m3
//   4        the same                            g0, (g0 + g1)/2, (g0 − g1)/2, g1           m0 + m1 + m2, m1 − m2, m1 + m2 − m3
//
// All work on runs of `bytes` bytes, multiples of 16; what there are several of lies `step` bytes apart or is given one by one.

/** Inputs to what the products take of them. */
export function subtract(
  products: i32, to: usize, step: usize, d0: usize, d1: usize, d2: usize, d3: usize, bytes: usize,
): void {
  const second = to + step, third = second + step, fourth = third + step;
  if (products == 3) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const b = v128.load(d1 + i);
      v128.store(to + i, f32x4.sub(v128.load(d0 + i), b));
      v128.store(second + i, b);
      v128.store(third + i, f32x4.sub(b, v128.load(d2 + i)));
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      const b = v128.load(d1 + i), c = v128.load(d2 + i);
      v128.store(to + i, f32x4.sub(v128.load(d0 + i), c));
      v128.store(second + i, f32x4.add(b, c));
      v128.store(third + i, f32x4.sub(c, b));
      v128.store(fourth + i, f32x4.sub(b, v128.load(d3 + i)));
    }
  }
}

/** Taps to what the products take of them. */
export function sum(
  taps: i32, products: i32, to: usize, step: usize, g0: usize, g1: usize, g2: usize, bytes: usize,
): void {
  const second = to + step, third = second + step, fourth = third + step;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(g0 + i), b = v128.load(g1 + i);
    v128.store(to + i, a);
    if (products == 3) {
      v128.store(second + i, f32x4.add(a, b));
      v128.store(third + i, b);
    } else {
      const c = taps == 3 ? v128.load(g2 + i) : b, outer = taps == 3 ? f32x4.add(a, c) : a;
      v128.store(second + i, half(f32x4.add(outer, b)));
      v128.store(third + i, half(f32x4.sub(outer, b)));
      v128.store(fourth + i, c);
    }
  }
}

/** Products to outputs. */
export function combine(
  outputs: i32, products: i32, m: usize, step: usize, y0: usize, y1: usize, y2: usize, bytes: usize,
): void {
  const second = m + step, third = second + step, fourth = third + step;
  if (products == 3) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const b = v128.load(second + i);
      v128.store(y0 + i, f32x4.add(v128.load(m + i), b));
      v128.store(y1 + i, f32x4.sub(b, v128.load(third + i)));
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      const b = v128.load(second + i), c = v128.load(third + i), d = v128.load(fourth + i);
      const both = f32x4.add(b, c), apart = f32x4.sub(b, c);
      v128.store(y0 + i, f32x4.add(v128.load(m + i), both));
      if (outputs == 3) {
        v128.store(y1 + i, apart);
        v128.store(y2 + i, f32x4.sub(both, d));
      } else {
        v128.store(y1 + i, f32x4.sub(apart, d));
      }
    }
  }
}

/** The adjoint of `combine`: gradients of outputs to those of products. */
export function spread(
  outputs: i32, products: i32, to: usize, step: usize, y0: usize, y1: usize, y2: usize, bytes: usize,
): void {
  const second = to + step, third = second + step, fourth = third + step;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(y0 + i), b = v128.load(y1 + i);
    v128.store(to + i, a);
    if (products == 3) {
      v128.store(second + i, f32x4.add(a, b));
      v128.store(third + i, f32x4.neg(b));
    } else {
      const last = outputs == 3 ? v128.load(y2 + i) : b, outer = outputs == 3 ? f32x4.add(a, last) : a;
      v128.store(second + i, f32x4.add(outer, b));
      v128.store(third + i, f32x4.sub(outer, b));
      v128.store(fourth + i, f32x4.neg(last));
    }
  }
}

/** The adjoint of `sum`: gradients of what the products took to those of the taps. */
export function gather(
  taps: i32, products: i32, m: usize, step: usize, g0: usize, g1: usize, g2: usize, bytes: usize,
): void {
  const second = m + step, third = second + step, fourth = third + step;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(m + i), b = v128.load(second + i), c = v128.load(third + i);
    if (products == 3) {
      v128.store(g0 + i, f32x4.add(a, b));
      v128.store(g1 + i, f32x4.add(b, c));
    } else {
      const d = v128.load(fourth + i), both = half(f32x4.add(b, c)), apart = half(f32x4.sub(b, c));
      v128.store(g0 + i, f32x4.add(a, both));
      if (taps == 3) {
        v128.store(g1 + i, apart);
        v128.store(g2 + i, f32x4.add(both, d));
      } else {
        v128.store(g1 + i, f32x4.add(apart, d));
      }
    }
  }
}

function half(x: v128): v128 {
  return f32x4.mul(x, f32x4.splat(0.5));
}
