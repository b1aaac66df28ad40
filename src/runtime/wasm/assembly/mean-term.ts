// The mean of a function of each value and of one number t, which most losses are, and its gradient. Sums of a few vectors in
// single precision go to a total in double precision.

import { log1pExp4, sigmoid4 } from "./exponential";
import { floats } from "./vectors";

const VALUE = 0, LOGITS = 1, SQUARE = 2, DISTANCE = 3, HINGE = 4;

/** Vectors that are summed in single precision. */
const BLOCK: i32 = 64;

// Each returns Σ f(x) over n values, or writes dx = scale f′(x); scale is the gradient that arrives, divided by their number.

export function sumOfValue(x: usize, n: i32, t: f32): f64 { return sumLoop(VALUE, x, n, t); }
export function sumOfLogits(x: usize, n: i32, t: f32): f64 { return sumLoop(LOGITS, x, n, t); }
export function sumOfSquare(x: usize, n: i32, t: f32): f64 { return sumLoop(SQUARE, x, n, t); }
export function sumOfDistance(x: usize, n: i32, t: f32): f64 { return sumLoop(DISTANCE, x, n, t); }
export function sumOfHinge(x: usize, n: i32, t: f32): f64 { return sumLoop(HINGE, x, n, t); }

export function slopeOfValue(x: usize, dx: usize, n: i32, t: f32, scale: f32): void { slopeLoop(VALUE, x, dx, n, t, scale); }
export function slopeOfLogits(x: usize, dx: usize, n: i32, t: f32, scale: f32): void { slopeLoop(LOGITS, x, dx, n, t, scale); }
export function slopeOfSquare(x: usize, dx: usize, n: i32, t: f32, scale: f32): void { slopeLoop(SQUARE, x, dx, n, t, scale); }
export function slopeOfDistance(x: usize, dx: usize, n: i32, t: f32, scale: f32): void { slopeLoop(DISTANCE, x, dx, n, t, scale); }
export function slopeOfHinge(x: usize, dx: usize, n: i32, t: f32, scale: f32): void { slopeLoop(HINGE, x, dx, n, t, scale); }

/** Cross-entropy of probabilities, logarithms clamped at −100 as PyTorch's. */
export function sumOfProbability(x: usize, n: i32, t: f32): f64 {
  let sum: f64 = 0;
  for (const end = x + floats(n); x < end; x += 4) {
    const p = load<f32>(x);
    if (t > 0) sum -= <f64>(t * max(Mathf.log(p), -100));
    if (t < 1) sum -= <f64>((1 - t) * max(Mathf.log(1 - p), -100));
  }
  return sum;
}
export function slopeOfProbability(x: usize, dx: usize, n: i32, t: f32, scale: f32): void {
  for (const end = x + floats(n); x < end; x += 4, dx += 4) {
    const p = load<f32>(x);
    store<f32>(dx, (scale * (p - t)) / max(p * (1 - p), 1e-12));
  }
}

@inline
function sumLoop(f: i32, x: usize, n: i32, t: f32): f64 {
  const targets = f32x4.splat(t);
  let sum: f64 = 0;
  while (n >= 4) {
    let part = f32x4.splat(0);
    for (let block = min(BLOCK, n / 4); block > 0; block--, n -= 4, x += 16) {
      part = f32x4.add(part, value(f, v128.load(x), targets));
    }
    sum += <f64>f32x4.extract_lane(part, 0) + <f64>f32x4.extract_lane(part, 1);
    sum += <f64>f32x4.extract_lane(part, 2) + <f64>f32x4.extract_lane(part, 3);
  }
  for (; n > 0; n--, x += 4) sum += <f64>f32x4.extract_lane(value(f, v128.load32_zero(x), targets), 0);
  return sum;
}

@inline
function slopeLoop(f: i32, x: usize, dx: usize, n: i32, t: f32, scale: f32): void {
  const targets = f32x4.splat(t), scales = f32x4.splat(scale);
  for (; n >= 4; n -= 4, x += 16, dx += 16) v128.store(dx, f32x4.mul(scales, slope(f, v128.load(x), targets)));
  for (; n > 0; n--, x += 4, dx += 4) {
    v128.store_lane<f32>(dx, f32x4.mul(scales, slope(f, v128.load32_zero(x), targets)), 0);
  }
}

@inline
function value(f: i32, x: v128, t: v128): v128 {
  const zero = f32x4.splat(0), off = f32x4.sub(x, t);
  if (f == VALUE) return x;
  // t·softplus(−x) + (1 − t)·softplus(x) = max(x, 0) − t·x + ln(1 + e^−|x|)
  if (f == LOGITS) return f32x4.add(f32x4.sub(f32x4.max(x, zero), f32x4.mul(t, x)), log1pExp4(x));
  if (f == SQUARE) return f32x4.mul(off, off);
  if (f == DISTANCE) return f32x4.abs(off);
  return f32x4.max(zero, f32x4.sub(f32x4.splat(1), f32x4.mul(t, x))); // HINGE
}

@inline
function slope(f: i32, x: v128, t: v128): v128 {
  const one = f32x4.splat(1), off = f32x4.sub(x, t);
  if (f == VALUE) return one;
  if (f == LOGITS) {
    const up = f32x4.mul(f32x4.sub(one, t), sigmoid4(x));
    return f32x4.sub(up, f32x4.mul(t, sigmoid4(f32x4.neg(x))));
  }
  if (f == SQUARE) return f32x4.add(off, off);
  if (f == DISTANCE) return v128.and(v128.bitselect(off, one, i32x4.splat(0x80000000)), f32x4.ne(off, f32x4.splat(0)));
  return v128.and(f32x4.neg(t), f32x4.lt(f32x4.mul(t, x), one)); // HINGE
}
