// Normalization of each sample by itself: over the pixels of groups of channels (Wu and He, 2018), or of each channel, which
// is instance normalization. x is [samples][pixels][C]; scale and offset are [C], or [samples][C] where each sample has its
// own.

import { foldOf } from "./reduce";
import { gradientRows, gradientSums, moments, normalizeBy, normalizeScratch, spread } from "./normalize";
import { accumulate, clear, copy, floats } from "./vectors";

/** What a normalization of all rows takes, and two rows. */
export function groupNormScratch(C: i32): usize {
  return normalizeScratch(C) + 2 * floats(C);
}

/**
 * y = γ (x − mean) · rstd + β. Means and rstd of the groups are left in [samples][C], equal within a group. `step` is C where
 * samples have their own γ and β, else 0.
 */
export function groupNorm(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, rstd: usize,
  samples: i32, pixels: i32, C: i32, groups: i32, step: i32, epsilon: f32, leak: f32, scratch: usize,
): void {
  const sample = floats(pixels * C);
  for (let n = 0; n < samples; n++, x += sample, y += sample, mean += floats(C), rstd += floats(C)) {
    moments(x, mean, rstd, pixels, C, scratch);
    joinGroups(mean, rstd, C, C / groups, epsilon);
    normalizeBy(x, gamma, beta, mean, rstd, y, leak, pixels, C, scratch);
    gamma += floats(step);
    beta += floats(step);
  }
}

/** Means and variances of channels become those of their groups, the variances 1 / √(variance + epsilon). */
function joinGroups(mean: usize, variance: usize, C: i32, size: i32, epsilon: f32): void {
  for (let c = 0; c < C; c += size, mean += floats(size), variance += floats(size)) {
    let centre: f64 = 0, spread: f64 = 0;
    for (let k = 0; k < size; k++) centre += <f64>load<f32>(mean + floats(k));
    centre /= size;
    for (let k = 0; k < size; k++) {
      const distance = <f64>load<f32>(mean + floats(k)) - centre;
      spread += <f64>load<f32>(variance + floats(k)) + distance * distance;
    }
    const r = <f32>1 / Mathf.sqrt(<f32>(spread / size) + epsilon);
    for (let k = 0; k < size; k++) {
      store<f32>(mean + floats(k), <f32>centre);
      store<f32>(variance + floats(k), r);
    }
  }
}

/**
 * With x̂ = (x − mean) · rstd and dy as it comes through the activation: dγ = Σ dy x̂ and dβ = Σ dy over pixels (and samples, where step is 0), and over each group of
 * M values dx = rstd (γ dy − Σ γ dy / M − x̂ Σ γ dy x̂ / M).
 */
export function groupNormGradient(
  x: usize, dy: usize, gamma: usize, beta: usize, mean: usize, rstd: usize, dx: usize, dgamma: usize, dbeta: usize,
  samples: i32, pixels: i32, C: i32, groups: i32, step: i32, leak: f32, scratch: usize,
): void {
  const sample = floats(pixels * C), row = floats(C * foldOf(C)), size = C / groups;
  const means = scratch, scales = means + row, slopes = scales + row, shifts = slopes + row;
  const offsets = shifts + row;
  const ownGamma = scratch + normalizeScratch(C), ownBeta = ownGamma + floats(C);
  const alone = size * pixels == 1; // a value that is its own mean: dx is 0, not the rounding of a difference
  clear(dgamma, step > 0 ? samples * C : C);
  clear(dbeta, step > 0 ? samples * C : C);
  for (let n = 0; n < samples; n++, x += sample, dy += sample, dx += sample, mean += floats(C), rstd += floats(C)) {
    gradientSums(x, dy, gamma, beta, mean, rstd, leak, ownGamma, ownBeta, pixels, C, scratch);
    accumulate(dgamma, ownGamma, C);
    accumulate(dbeta, ownBeta, C);
    for (let first = 0; first < C; first += size) {
      let along: f64 = 0, level: f64 = 0;
      for (let c = first; c < first + size; c++) {
        const scale = <f64>load<f32>(gamma + floats(c));
        along += scale * load<f32>(ownGamma + floats(c));
        level += scale * load<f32>(ownBeta + floats(c));
      }
      const r = load<f32>(rstd + floats(first)), share = <f64>1 / (<f64>size * pixels);
      for (let c = first; c < first + size; c++) {
        store<f32>(scales + floats(c), alone ? 0 : r * load<f32>(gamma + floats(c)));
        store<f32>(slopes + floats(c), <f32>(-along * share) * r * r);
        store<f32>(shifts + floats(c), alone ? 0 : <f32>(-level * share) * r);
      }
    }
    spread(means, mean, C, foldOf(C));
    copy(offsets, beta, C);
    gradientRows(x, dy, means, C, leak, dx, pixels);
    gamma += floats(step);
    beta += floats(step);
    dgamma += floats(step);
    dbeta += floats(step);
  }
}
