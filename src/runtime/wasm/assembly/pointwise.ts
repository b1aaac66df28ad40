// Functions of each value alone, and their gradients in one pass. One loop is written for all; the compiler writes it out for
// each function.

import { erf4, erfBeside, exp4, expm1, sigmoid4, softplus4, tanh4 } from "./exponential";
import { multiplyAdd } from "./vectors";

const EXP = 0, TANH = 1, SOFTPLUS = 2, ELU = 3, SILU = 4, GELU = 5, GELU_TANH = 6, CLIP = 7, ERF = 8;

const SLOPE: f32 = 0.79788456080286535588; // √(2 / π)
const CUBIC: f32 = 0.044715;
const INVERSE_ROOT_TWO: f32 = 0.70710678118654752440;
const DENSITY: f32 = 0.39894228040143267794; // 1 / √(2π)

// Each is a function of its own, y = f(x) or dx = dy f′(x) for n values: an engine compiles small ones sooner.

export function exp(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(EXP, x, y, n, a, b);
}
export function tanh(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(TANH, x, y, n, a, b);
}
export function erf(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(ERF, x, y, n, a, b);
}
export function softplus(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(SOFTPLUS, x, y, n, a, b);
}
export function elu(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(ELU, x, y, n, a, b);
}
export function silu(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(SILU, x, y, n, a, b);
}
export function gelu(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(GELU, x, y, n, a, b);
}
export function geluByTanh(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(GELU_TANH, x, y, n, a, b);
}
export function clip(x: usize, y: usize, n: i32, a: f32, b: f32): void {
  valueLoop(CLIP, x, y, n, a, b);
}

export function eluGradient(x: usize, dy: usize, dx: usize, n: i32, a: f32, b: f32): void {
  slopeLoop(ELU, x, dy, dx, n, a, b);
}
export function siluGradient(x: usize, dy: usize, dx: usize, n: i32, a: f32, b: f32): void {
  slopeLoop(SILU, x, dy, dx, n, a, b);
}
export function geluGradient(x: usize, dy: usize, dx: usize, n: i32, a: f32, b: f32): void {
  slopeLoop(GELU, x, dy, dx, n, a, b);
}
export function geluByTanhGradient(x: usize, dy: usize, dx: usize, n: i32, a: f32, b: f32): void {
  slopeLoop(GELU_TANH, x, dy, dx, n, a, b);
}
export function clipGradient(x: usize, dy: usize, dx: usize, n: i32, a: f32, b: f32): void {
  slopeLoop(CLIP, x, dy, dx, n, a, b);
}

@inline
function valueLoop(f: i32, x: usize, y: usize, n: i32, a: f32, b: f32): void {
  const va = f32x4.splat(a), vb = f32x4.splat(b);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, value(f, v128.load(x), va, vb));
  for (; n > 0; n--, x += 4, y += 4) v128.store_lane<f32>(y, value(f, v128.load32_zero(x), va, vb), 0);
}

@inline
function slopeLoop(f: i32, x: usize, dy: usize, dx: usize, n: i32, a: f32, b: f32): void {
  const va = f32x4.splat(a), vb = f32x4.splat(b);
  for (; n >= 4; n -= 4, x += 16, dy += 16, dx += 16) {
    v128.store(dx, slope(f, v128.load(x), v128.load(dy), va, vb));
  }
  for (; n > 0; n--, x += 4, dy += 4, dx += 4) {
    v128.store_lane<f32>(dx, slope(f, v128.load32_zero(x), v128.load32_zero(dy), va, vb), 0);
  }
}

@inline
function value(f: i32, x: v128, a: v128, b: v128): v128 {
  if (f == EXP) return exp4(x);
  if (f == TANH) return tanh4(x);
  if (f == ERF) return erf4(x);
  if (f == SOFTPLUS) return softplus4(x);
  if (f == ELU) {
    // b · (x above 0, else a (eˣ − 1))
    return f32x4.mul(b, v128.bitselect(x, f32x4.mul(a, expm1(x)), f32x4.gt(x, f32x4.splat(0))));
  }
  if (f == SILU) return f32x4.mul(x, sigmoid4(x));
  if (f == GELU) return f32x4.mul(x, normalBelow(x));
  if (f == GELU_TANH) return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(tanh4(bent(x)), f32x4.splat(1)));
  return f32x4.min(f32x4.max(x, a), b); // CLIP
}

@inline
function slope(f: i32, x: v128, dy: v128, a: v128, b: v128): v128 {
  const one = f32x4.splat(1);
  if (f == ELU) {
    return f32x4.mul(f32x4.mul(dy, b), v128.bitselect(one, f32x4.mul(a, exp4(x)), f32x4.gt(x, f32x4.splat(0))));
  }
  if (f == SILU) {
    const gate = sigmoid4(x);
    return f32x4.mul(dy, f32x4.mul(gate, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, gate)))));
  }
  if (f == GELU) {
    const root = f32x4.mul(x, f32x4.splat(INVERSE_ROOT_TWO)), power = exp4(f32x4.neg(f32x4.mul(root, root)));
    const below = f32x4.mul(f32x4.splat(0.5), f32x4.add(one, erfBeside(root, power)));
    return f32x4.mul(dy, multiplyAdd(x, f32x4.mul(power, f32x4.splat(DENSITY)), below));
  }
  if (f == GELU_TANH) {
    const t = tanh4(bent(x)), half = f32x4.splat(0.5);
    const bend = f32x4.add(f32x4.splat(SLOPE), f32x4.mul(f32x4.mul(x, x), f32x4.splat(3 * CUBIC * SLOPE)));
    const inner = f32x4.mul(f32x4.mul(x, f32x4.sub(one, f32x4.mul(t, t))), bend);
    return f32x4.mul(dy, f32x4.mul(half, f32x4.add(f32x4.add(one, t), inner)));
  }
  return v128.and(dy, v128.and(f32x4.ge(x, a), f32x4.le(x, b))); // CLIP: the bounds themselves count as inside
}

/** Φ(x): the chance that a normal number is below x. */
@inline
function normalBelow(x: v128): v128 {
  return f32x4.mul(f32x4.splat(0.5), f32x4.add(f32x4.splat(1), erf4(f32x4.mul(x, f32x4.splat(INVERSE_ROOT_TWO)))));
}

/** The argument of GELU's tanh. */
@inline
function bent(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  return f32x4.mul(f32x4.add(x, f32x4.mul(cube, f32x4.splat(CUBIC))), f32x4.splat(SLOPE));
}
