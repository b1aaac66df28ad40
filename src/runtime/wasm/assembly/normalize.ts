// Batch normalization with the batch's own statistics, and its gradient. x is [rows][C]; statistics are over rows.
// Several rows are taken as one (see foldOf), with the per-channel values repeated across it; the last one may be shorter.
//
// `leak` is what an activation multiplies negative results by, 1 where there is none. Which they were the gradient computes
// anew, by the very same operations.

import { addToTotal, foldOf, storeTotal, SUM_BLOCK, sumRows } from "./reduce";
import { clear, copy, floats } from "./vectors";

/** Three folded rows, and three for each of two sums. */
export function normalizeScratch(C: i32): usize {
  return 9 * floats(C * foldOf(C));
}

/**
 * y = γ (x − mean) · rstd + β, where mean and variance (biased, over all rows) are the batch's and
 * rstd = 1 / √(variance + epsilon). Both are left in [C], and in kept [4][C] what the gradient takes: mean, rstd, γ, β.
 */
export function normalize(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, variance: usize, kept: usize,
  rows: i32, C: i32, epsilon: f32, leak: f32, scratch: usize,
): void {
  const rstd = kept + floats(C);
  moments(x, mean, variance, rows, C, scratch);
  for (let c: usize = 0; c < floats(C); c += 4) {
    store<f32>(rstd + c, <f32>1 / Mathf.sqrt(load<f32>(variance + c) + epsilon));
  }
  copy(kept, mean, C);
  copy(kept + 2 * floats(C), gamma, C);
  copy(kept + 3 * floats(C), beta, C);
  normalizeBy(x, gamma, beta, mean, rstd, y, leak, rows, C, scratch);
}

/** mean[C] and variance[C] (biased) over the rows of x. */
export function moments(x: usize, mean: usize, variance: usize, rows: i32, C: i32, scratch: usize): void {
  const fold = foldOf(C), row = floats(C * fold);
  const means = scratch, rest = means + row;
  sumRows(x, mean, rows, C, <f64>1 / rows, rest);
  spread(means, mean, C, fold);
  squares(x, means, variance, rows, C, <f64>1 / rows, rest);
}

/** y = γ (x − mean) · rstd + β, by statistics [C] of whatever rows. */
export function normalizeBy(
  x: usize, gamma: usize, beta: usize, mean: usize, rstd: usize, y: usize, leak: f32, rows: i32, C: i32, scratch: usize,
): void {
  const fold = foldOf(C), width = C * fold, row = floats(width);
  const means = scratch, scales = means + row, shifts = scales + row;
  spreadAffine(means, gamma, beta, mean, rstd, C);
  const slope = f32x4.splat(leak);
  for (let left = rows * C; left > 0; left -= width, x += row, y += row) {
    let n = min(width, left);
    let p = x, q = y, m = means, s = scales, t = shifts;
    for (; n >= 4; n -= 4, p += 16, q += 16, m += 16, s += 16, t += 16) {
      const value = scaled(v128.load(p), v128.load(m), v128.load(s), v128.load(t));
      v128.store(q, leaked(value, value, slope));
    }
    for (; n > 0; n--, p += 4, q += 4, m += 4, s += 4, t += 4) {
      const value = scaled(v128.load32_zero(p), v128.load32_zero(m), v128.load32_zero(s), v128.load32_zero(t));
      v128.store_lane<f32>(q, leaked(value, value, slope), 0);
    }
  }
}

/** Means, γ · rstd and β, each across a folded row. */
function spreadAffine(to: usize, gamma: usize, beta: usize, mean: usize, rstd: usize, C: i32): void {
  const fold = foldOf(C), row = floats(C * fold), scales = to + row;
  spread(to, mean, C, fold);
  for (let c: usize = 0; c < floats(C); c += 4) store<f32>(scales + c, load<f32>(rstd + c) * load<f32>(gamma + c));
  spread(scales, scales, C, fold);
  spread(scales + row, beta, C, fold);
}

/**
 * Gradients of normalize: with x̂ = (x − mean) · rstd and dy as it comes through the activation,
 * dγ = Σ dy x̂, dβ = Σ dy, dx = γ rstd (dy − dβ/rows − x̂ dγ/rows).
 */
export function normalizeGradient(
  x: usize, dy: usize, kept: usize, dx: usize, dgamma: usize, dbeta: usize, rows: i32, C: i32, leak: f32, scratch: usize,
): void {
  const mean = kept, rstd = mean + floats(C), gamma = rstd + floats(C), beta = gamma + floats(C);
  gradientSums(x, dy, gamma, beta, mean, rstd, leak, dgamma, dbeta, rows, C, scratch);
  gradientBy(x, dy, gamma, beta, mean, rstd, dgamma, dbeta, rows, leak, dx, rows, C, scratch);
}

/** dγ = Σ dy x̂ and dβ = Σ dy over these rows. */
export function gradientSums(
  x: usize, dy: usize, gamma: usize, beta: usize, mean: usize, rstd: usize, leak: f32, dgamma: usize, dbeta: usize,
  rows: i32, C: i32, scratch: usize,
): void {
  spreadAffine(scratch, gamma, beta, mean, rstd, C);
  if (leak == 1) sumGradients(false, x, dy, scratch, 1, dgamma, dbeta, rows, C);
  else sumGradients(true, x, dy, scratch, leak, dgamma, dbeta, rows, C);
  for (let c: usize = 0; c < floats(C); c += 4) store<f32>(dgamma + c, load<f32>(dgamma + c) * load<f32>(rstd + c));
}

/** Σ dy and Σ dy (x − mean). At `affine` stand means, scales and shifts; behind them is room for two sums. */
@inline
function sumGradients(
  bent: bool, x: usize, dy: usize, affine: usize, leak: f32, along: usize, level: usize, rows: i32, C: i32,
): void {
  const width = C * foldOf(C), row = floats(width);
  const scales = affine + row, shifts = scales + row;
  const totals = shifts + row, parts = totals + 4 * row;
  const slope = f32x4.splat(leak);
  clear(totals, 4 * width);
  for (let left = rows * C; left > 0; ) {
    clear(parts, 2 * width);
    for (let r = 0; r < SUM_BLOCK && left > 0; r++, left -= width, x += row, dy += row) {
      const bytes = floats(min(width, left));
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) {
        const value = v128.load(x + i), mean = v128.load(affine + i);
        let arriving = v128.load(dy + i);
        if (bent) {
          arriving = leaked(scaled(value, mean, v128.load(scales + i), v128.load(shifts + i)), arriving, slope);
        }
        v128.store(parts + i, f32x4.add(v128.load(parts + i), arriving));
        const product = f32x4.mul(f32x4.sub(value, mean), arriving), at = parts + row + i;
        v128.store(at, f32x4.add(v128.load(at), product));
      }
      for (; i < bytes; i += 4) {
        const value = v128.load32_zero(x + i), mean = v128.load32_zero(affine + i);
        let arriving = v128.load32_zero(dy + i);
        if (bent) {
          arriving = leaked(
            scaled(value, mean, v128.load32_zero(scales + i), v128.load32_zero(shifts + i)), arriving, slope,
          );
        }
        v128.store_lane<f32>(parts + i, f32x4.add(v128.load32_zero(parts + i), arriving), 0);
        const product = f32x4.mul(f32x4.sub(value, mean), arriving), at = parts + row + i;
        v128.store_lane<f32>(at, f32x4.add(v128.load32_zero(at), product), 0);
      }
    }
    addToTotal(totals, parts, 2 * width);
  }
  storeTotal(totals, level, C, 1);
  storeTotal(totals + 2 * row, along, C, 1);
}

/** dx of these rows, where dγ and dβ are sums over `all` rows that the statistics were taken of. */
export function gradientBy(
  x: usize, dy: usize, gamma: usize, beta: usize, mean: usize, rstd: usize, dgamma: usize, dbeta: usize, all: i32,
  leak: f32, dx: usize, rows: i32, C: i32, scratch: usize,
): void {
  const fold = foldOf(C), row = floats(C * fold);
  const means = scratch, scales = means + row, slopes = scales + row, shifts = slopes + row, offsets = shifts + row;
  spread(means, mean, C, fold);
  for (let c: usize = 0; c < floats(C); c += 4) {
    const r = load<f32>(rstd + c), scale = r * load<f32>(gamma + c);
    store<f32>(scales + c, scale);
    store<f32>(slopes + c, (-scale * r * load<f32>(dgamma + c)) / <f32>all);
    store<f32>(shifts + c, (-scale * load<f32>(dbeta + c)) / <f32>all);
  }
  copy(offsets, beta, C);
  gradientRows(x, dy, means, C, leak, dx, rows);
}

/**
 * dx = scales·dy + slopes·(x − means) + shifts, dy as it comes through the activation. At `coefficients` stand means (for the
 * whole folded row), then scales, slopes, shifts and β for the first C of theirs; these are spread here.
 */
export function gradientRows(x: usize, dy: usize, coefficients: usize, C: i32, leak: f32, dx: usize, rows: i32): void {
  const fold = foldOf(C), row = floats(C * fold);
  for (let k: usize = 1; k < 5; k++) spread(coefficients + k * row, coefficients + k * row, C, fold);
  if (leak == 1) combineRows(false, x, dy, coefficients, C, 1, dx, rows);
  else combineRows(true, x, dy, coefficients, C, leak, dx, rows);
}

@inline
function combineRows(
  bent: bool, x: usize, dy: usize, coefficients: usize, C: i32, leak: f32, dx: usize, rows: i32,
): void {
  const width = C * foldOf(C), row = floats(width);
  const means = coefficients, scales = means + row, slopes = scales + row, shifts = slopes + row, offsets = shifts + row;
  const slope = f32x4.splat(leak);
  for (let left = rows * C; left > 0; left -= width, x += row, dy += row, dx += row) {
    const n = min(width, left);
    let i: usize = 0;
    for (; i + 16 <= floats(n); i += 16) {
      const value = v128.load(x + i), mean = v128.load(means + i), scale = v128.load(scales + i);
      let arriving = v128.load(dy + i);
      if (bent) arriving = leaked(scaled(value, mean, scale, v128.load(offsets + i)), arriving, slope);
      const others = f32x4.add(f32x4.mul(f32x4.sub(value, mean), v128.load(slopes + i)), v128.load(shifts + i));
      v128.store(dx + i, f32x4.add(f32x4.mul(arriving, scale), others));
    }
    for (; i < floats(n); i += 4) {
      const value = v128.load32_zero(x + i), mean = v128.load32_zero(means + i), scale = v128.load32_zero(scales + i);
      let arriving = v128.load32_zero(dy + i);
      if (bent) arriving = leaked(scaled(value, mean, scale, v128.load32_zero(offsets + i)), arriving, slope);
      const distance = f32x4.mul(f32x4.sub(value, mean), v128.load32_zero(slopes + i));
      const others = f32x4.add(distance, v128.load32_zero(shifts + i));
      v128.store_lane<f32>(dx + i, f32x4.add(f32x4.mul(arriving, scale), others), 0);
    }
  }
}

function scaled(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(x, mean), scale), shift);
}

/** `value` where the normalized number is above 0, a multiple of it elsewhere. */
function leaked(normal: v128, value: v128, slope: v128): v128 {
  return v128.bitselect(value, f32x4.mul(value, slope), f32x4.gt(normal, f32x4.splat(0)));
}

/** to[fold][C] = from[C]; `to` may be `from`. */
export function spread(to: usize, from: usize, C: i32, fold: i32): void {
  for (let f = 0; f < fold; f++) copy(to + floats(C) * f, from, C);
}

/** y[C] = scale · Σ over rows of (x − mean)². `means` holds the means of a folded row. */
function squares(x: usize, means: usize, y: usize, rows: i32, C: i32, scale: f64, scratch: usize): void {
  const width = C * foldOf(C), row = floats(width);
  const total = scratch, part = scratch + 2 * row;
  clear(total, 2 * width);
  for (let left = rows * C; left > 0; ) {
    clear(part, width);
    for (let r = 0; r < SUM_BLOCK && left > 0; r++, left -= width, x += row) {
      const bytes = floats(min(width, left));
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) {
        const distance = f32x4.sub(v128.load(x + i), v128.load(means + i));
        v128.store(part + i, f32x4.add(v128.load(part + i), f32x4.mul(distance, distance)));
      }
      for (; i < bytes; i += 4) {
        const distance = load<f32>(x + i) - load<f32>(means + i);
        store<f32>(part + i, load<f32>(part + i) + distance * distance);
      }
    }
    addToTotal(total, part, width);
  }
  storeTotal(total, y, C, scale);
}

/** Running statistics [C] move towards the batch's: y = x·keep + now·weight, each of them in single precision. */
export function moveTowards(x: usize, now: usize, y: usize, C: i32, keep: f32, factor: f32, weight: f32): void {
  for (let c: usize = 0; c < floats(C); c += 4) {
    store<f32>(y + c, load<f32>(x + c) * keep + load<f32>(now + c) * factor * weight);
  }
}
