// Batch normalization with the batch's own statistics, and its gradient. x is [rows][C]; statistics are over rows.
// Several rows are taken as one (see foldOf), with the per-channel values repeated across it; the last one may be shorter.

import { addToTotal, foldOf, storeTotal, SUM_BLOCK, sumRows } from "./reduce";
import { clear, copy, floats } from "./vectors";

/** Four folded rows, and three for a sum. */
export function normalizeScratch(C: i32): usize {
  return 7 * floats(C * foldOf(C));
}

/**
 * y = γ (x − mean) · rstd + β, where mean and variance (biased, over all rows) are the batch's and
 * rstd = 1 / √(variance + epsilon). All three statistics are left in [C].
 */
export function normalize(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, variance: usize, rstd: usize,
  rows: i32, C: i32, epsilon: f32, scratch: usize,
): void {
  moments(x, mean, variance, rows, C, scratch);
  for (let c: usize = 0; c < floats(C); c += 4) {
    store<f32>(rstd + c, <f32>1 / Mathf.sqrt(load<f32>(variance + c) + epsilon));
  }
  normalizeBy(x, gamma, beta, mean, rstd, y, rows, C, scratch);
}

/** mean[C] and variance[C] (biased) over the rows of x. */
export function moments(x: usize, mean: usize, variance: usize, rows: i32, C: i32, scratch: usize): void {
  const fold = foldOf(C), row = floats(C * fold);
  const means = scratch, rest = means + row;
  sumRows(x, mean, rows, C, <f64>1 / rows, rest);
  spread(means, mean, C, fold);
  distances(x, 0, means, variance, rows, C, <f64>1 / rows, rest, true);
}

/** y = γ (x − mean) · rstd + β, by statistics [C] of whatever rows. */
export function normalizeBy(
  x: usize, gamma: usize, beta: usize, mean: usize, rstd: usize, y: usize, rows: i32, C: i32, scratch: usize,
): void {
  const fold = foldOf(C), width = C * fold, row = floats(width);
  const means = scratch, scales = means + row, shifts = scales + row;
  spread(means, mean, C, fold);
  for (let c: usize = 0; c < floats(C); c += 4) store<f32>(scales + c, load<f32>(rstd + c) * load<f32>(gamma + c));
  spread(scales, scales, C, fold);
  spread(shifts, beta, C, fold);
  for (let left = rows * C; left > 0; left -= width, x += row, y += row) {
    let n = min(width, left);
    let p = x, q = y, m = means, s = scales, t = shifts;
    for (; n >= 4; n -= 4, p += 16, q += 16, m += 16, s += 16, t += 16) {
      v128.store(q, scaled(v128.load(p), v128.load(m), v128.load(s), v128.load(t)));
    }
    for (; n > 0; n--, p += 4, q += 4, m += 4, s += 4, t += 4) {
      v128.store_lane<f32>(
        q, scaled(v128.load32_zero(p), v128.load32_zero(m), v128.load32_zero(s), v128.load32_zero(t)), 0,
      );
    }
  }
}

/**
 * Gradients of normalize: with x̂ = (x − mean) · rstd,
 * dγ = Σ dy x̂, dβ = Σ dy, dx = γ rstd (dy − dβ/rows − x̂ dγ/rows).
 */
export function normalizeGradient(
  x: usize, dy: usize, gamma: usize, mean: usize, rstd: usize, dx: usize, dgamma: usize, dbeta: usize,
  rows: i32, C: i32, scratch: usize,
): void {
  gradientSums(x, dy, mean, rstd, dgamma, dbeta, rows, C, scratch);
  gradientBy(x, dy, gamma, mean, rstd, dgamma, dbeta, rows, dx, rows, C, scratch);
}

/** dγ = Σ dy x̂ and dβ = Σ dy over these rows. */
export function gradientSums(
  x: usize, dy: usize, mean: usize, rstd: usize, dgamma: usize, dbeta: usize, rows: i32, C: i32, scratch: usize,
): void {
  const fold = foldOf(C), row = floats(C * fold);
  const means = scratch, rest = means + row;
  sumRows(dy, dbeta, rows, C, 1, rest);
  spread(means, mean, C, fold);
  distances(x, dy, means, dgamma, rows, C, 1, rest, false);
  for (let c: usize = 0; c < floats(C); c += 4) store<f32>(dgamma + c, load<f32>(dgamma + c) * load<f32>(rstd + c));
}

/** dx of these rows, where dγ and dβ are sums over `all` rows that the statistics were taken of. */
export function gradientBy(
  x: usize, dy: usize, gamma: usize, mean: usize, rstd: usize, dgamma: usize, dbeta: usize, all: i32, dx: usize,
  rows: i32, C: i32, scratch: usize,
): void {
  const fold = foldOf(C), row = floats(C * fold);
  const means = scratch, scales = means + row, slopes = scales + row, shifts = slopes + row;
  spread(means, mean, C, fold);
  for (let c: usize = 0; c < floats(C); c += 4) {
    const r = load<f32>(rstd + c), scale = r * load<f32>(gamma + c);
    store<f32>(scales + c, scale);
    store<f32>(slopes + c, (-scale * r * load<f32>(dgamma + c)) / <f32>all);
    store<f32>(shifts + c, (-scale * load<f32>(dbeta + c)) / <f32>all);
  }
  gradientRows(x, dy, means, C, dx, rows);
}

/**
 * dx = scales·dy + slopes·(x − means) + shifts. At `coefficients` stand means (for the whole folded row), then scales, slopes
 * and shifts for the first C of theirs; these are spread here.
 */
export function gradientRows(x: usize, dy: usize, coefficients: usize, C: i32, dx: usize, rows: i32): void {
  const fold = foldOf(C), width = C * fold, row = floats(width);
  const means = coefficients, scales = means + row, slopes = scales + row, shifts = slopes + row;
  spread(scales, scales, C, fold);
  spread(slopes, slopes, C, fold);
  spread(shifts, shifts, C, fold);
  for (let left = rows * C; left > 0; left -= width, x += row, dy += row, dx += row) {
    const n = min(width, left);
    let i: usize = 0;
    for (; i + 16 <= floats(n); i += 16) {
      const own = f32x4.mul(v128.load(dy + i), v128.load(scales + i));
      const distance = f32x4.sub(v128.load(x + i), v128.load(means + i));
      const others = f32x4.add(f32x4.mul(distance, v128.load(slopes + i)), v128.load(shifts + i));
      v128.store(dx + i, f32x4.add(own, others));
    }
    for (; i < floats(n); i += 4) {
      const own = load<f32>(dy + i) * load<f32>(scales + i);
      const distance = load<f32>(x + i) - load<f32>(means + i);
      store<f32>(dx + i, own + (distance * load<f32>(slopes + i) + load<f32>(shifts + i)));
    }
  }
}

function scaled(x: v128, mean: v128, scale: v128, shift: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(x, mean), scale), shift);
}

/** to[fold][C] = from[C]; `to` may be `from`. */
export function spread(to: usize, from: usize, C: i32, fold: i32): void {
  for (let f = 0; f < fold; f++) copy(to + floats(C) * f, from, C);
}

/**
 * y[C] = scale · Σ over rows of (x − mean) times (x − mean) itself where `square`, else times the factor of the same row.
 * `means` holds the means of a folded row.
 */
function distances(
  x: usize, factor: usize, means: usize, y: usize, rows: i32, C: i32, scale: f64, scratch: usize, square: bool,
): void {
  const width = C * foldOf(C), row = floats(width);
  const total = scratch, part = scratch + 2 * row;
  clear(total, 2 * width);
  for (let left = rows * C; left > 0; ) {
    clear(part, width);
    for (let r = 0; r < SUM_BLOCK && left > 0; r++, left -= width, x += row, factor += row) {
      const bytes = floats(min(width, left));
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) {
        const distance = f32x4.sub(v128.load(x + i), v128.load(means + i));
        const other = square ? distance : v128.load(factor + i);
        v128.store(part + i, f32x4.add(v128.load(part + i), f32x4.mul(distance, other)));
      }
      for (; i < bytes; i += 4) {
        const distance = load<f32>(x + i) - load<f32>(means + i);
        const other = square ? distance : load<f32>(factor + i);
        store<f32>(part + i, load<f32>(part + i) + distance * other);
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
