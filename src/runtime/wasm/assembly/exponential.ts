// eˣ, ln(1 + eˣ), tanh and erf of four floats at a time, right to about two units in the last place (polynomials from
// Moshier's Cephes library, single precision).

import { multiplyAdd } from "./vectors";

const LOG2E: f32 = 1.44269504088896341;
/** ln 2 in two parts, of which the first has few digits: its multiples are exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** 1.5·2²³: a float of that size has no digits behind the point, so adding it rounds, and its last bits are the whole number. */
const ROUNDER: f32 = 12582912;

/** eˣ: 0 far below, infinite above 88.72, NaN stays. */
export function exp4(x: v128): v128 {
  const bounded = boundedOf(x), rounded = exponentOf(bounded);
  return scaleBy(f32x4.add(f32x4.splat(1), restOf(reduced(bounded, rounded))), wholeOf(rounded));
}

/** eˣ − 1 without cancellation near 0, for x ≤ 0. */
export function expm1(x: v128): v128 {
  const bounded = boundedOf(x), rounded = exponentOf(bounded), one = f32x4.splat(1);
  const power = powerOfTwo(i32x4.max_s(wholeOf(rounded), i32x4.splat(-126)));
  return multiplyAdd(power, restOf(reduced(bounded, rounded)), f32x4.sub(power, one));
}

/** Within what leaves 2ⁿ in two floats' reach. */
@inline
function boundedOf(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(130)), f32x4.splat(-130));
}

/** The exponent n of the power of two nearest to eˣ, plus ROUNDER. */
@inline
function exponentOf(x: v128): v128 {
  return multiplyAdd(x, f32x4.splat(LOG2E), f32x4.splat(ROUNDER));
}

@inline
function wholeOf(rounded: v128): v128 {
  return i32x4.sub(rounded, f32x4.splat(ROUNDER));
}

/** x − n ln 2 */
@inline
function reduced(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDER));
  return multiplyAdd(n, f32x4.splat(-LN2_LOW), multiplyAdd(n, f32x4.splat(-LN2_HIGH), x));
}

/** eʳ − 1 for |r| ≤ ln 2 / 2. */
@inline
function restOf(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  return multiplyAdd(f32x4.mul(p, r), r, r);
}

/** x·2ⁿ in two steps, since 2ⁿ itself may be too small or too large for a float. */
@inline
function scaleBy(x: v128, n: v128): v128 {
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(x, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** ln(1 + eˣ) */
export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1pExp4(x));
}

/** ln(1 + e) with e = e^−|x|, as 2 artanh(e / (2 + e)): what softplus has beside max(x, 0). */
export function log1pExp4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(e, f32x4.add(e, f32x4.splat(2))), q = f32x4.mul(s, s);
  let p = f32x4.splat(2.0 / 15);
  p = multiplyAdd(p, q, f32x4.splat(2.0 / 13));
  p = multiplyAdd(p, q, f32x4.splat(2.0 / 11));
  p = multiplyAdd(p, q, f32x4.splat(2.0 / 9));
  p = multiplyAdd(p, q, f32x4.splat(2.0 / 7));
  p = multiplyAdd(p, q, f32x4.splat(2.0 / 5));
  p = multiplyAdd(p, q, f32x4.splat(2.0 / 3));
  p = multiplyAdd(p, q, f32x4.splat(2));
  return f32x4.mul(p, s);
}

/** 1 / (1 + e⁻ˣ) */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x), one = f32x4.splat(1), q = f32x4.mul(x, x);
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(size, size)), one)));
  const signed = v128.bitselect(x, far, i32x4.splat(0x80000000));
  let p = f32x4.splat(-5.70498872745e-3);
  p = multiplyAdd(p, q, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, q, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, q, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, q, f32x4.splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, q), x, x);
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** The error function. */
export function erf4(x: v128): v128 {
  return erfBeside(x, exp4(f32x4.neg(f32x4.mul(x, x))));
}

/** The same where e^−x² is known: a polynomial below 1, above it 1 − e^−x² times one in 1 / x². */
export function erfBeside(x: v128, power: v128): v128 {
  const size = f32x4.abs(x), one = f32x4.splat(1), q = f32x4.mul(x, x);
  let t = f32x4.splat(7.853861353153693e-5);
  t = multiplyAdd(t, q, f32x4.splat(-8.010193625184903e-4));
  t = multiplyAdd(t, q, f32x4.splat(5.188327685732524e-3));
  t = multiplyAdd(t, q, f32x4.splat(-2.685381193529856e-2));
  t = multiplyAdd(t, q, f32x4.splat(1.128358514861418e-1));
  t = multiplyAdd(t, q, f32x4.splat(-3.761262582423300e-1));
  t = multiplyAdd(t, q, f32x4.splat(1.128379165726710));
  const near = f32x4.mul(x, t);

  const inverse = f32x4.div(one, size), y = f32x4.mul(inverse, inverse);
  let p = f32x4.splat(2.326819970068386e-2);
  p = multiplyAdd(p, y, f32x4.splat(-1.387039388740657e-1));
  p = multiplyAdd(p, y, f32x4.splat(3.687424674597105e-1));
  p = multiplyAdd(p, y, f32x4.splat(-5.824733027278666e-1));
  p = multiplyAdd(p, y, f32x4.splat(6.210004621745983e-1));
  p = multiplyAdd(p, y, f32x4.splat(-4.944515323274145e-1));
  p = multiplyAdd(p, y, f32x4.splat(3.404879937665872e-1));
  p = multiplyAdd(p, y, f32x4.splat(-2.741127028184656e-1));
  p = multiplyAdd(p, y, f32x4.splat(5.638259427386472e-1));
  const tail = f32x4.mul(f32x4.mul(power, inverse), p);
  const far = v128.bitselect(x, f32x4.sub(one, tail), i32x4.splat(0x80000000));
  return v128.bitselect(near, far, f32x4.lt(size, one));
}
