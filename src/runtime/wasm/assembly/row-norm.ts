// Normalization of rows by themselves: by their mean and variance (layer normalization, Ba et al., 2016), or by their mean
// square alone (the pixel normalization of ProGAN, Karras et al., 2018). x is [rows][F]. The address 0 stands for what is left
// out: no `mean` leaves the mean in place, no `gamma` scales by 1 and offsets by 0.

import { sumRun } from "./reduce";
import { clear, floats } from "./vectors";

/** Vectors that are multiplied and summed in single precision before they go to a sum in double precision. */
const BLOCK: i32 = 64;

/** y = γ (x − mean) · rstd + β with rstd = 1 / √(mean of (x − mean)² + epsilon); mean and rstd are left in [rows]. */
export function rowNorm(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, rstd: usize, rows: i32, F: i32, epsilon: f32,
): void {
  for (; rows > 0; rows--, x += floats(F), y += floats(F), rstd += 4) {
    let centre: f32 = 0;
    if (mean) {
      centre = <f32>(sumRun(x, F) / F);
      store<f32>(mean, centre);
      mean += 4;
    }
    const r = <f32>1 / Mathf.sqrt(<f32>(productRun(x, x, centre, centre, F) / F) + epsilon);
    store<f32>(rstd, r);
    const centres = f32x4.splat(centre), scales = f32x4.splat(r);
    let f: usize = 0;
    for (; f + 16 <= floats(F); f += 16) {
      let value = f32x4.mul(f32x4.sub(v128.load(x + f), centres), scales);
      if (gamma) value = f32x4.add(f32x4.mul(value, v128.load(gamma + f)), v128.load(beta + f));
      v128.store(y + f, value);
    }
    for (; f < floats(F); f += 4) {
      let value = (load<f32>(x + f) - centre) * r;
      if (gamma) value = value * load<f32>(gamma + f) + load<f32>(beta + f);
      store<f32>(y + f, value);
    }
  }
}

/**
 * With x̂ = (x − mean) · rstd and g = γ dy: dγ = Σ dy x̂, dβ = Σ dy over rows, and dx = rstd (g − Σ g / F − x̂ Σ g x̂ / F), the
 * second term only where the mean was taken away.
 */
export function rowNormGradient(
  x: usize, dy: usize, gamma: usize, mean: usize, rstd: usize, dx: usize, dgamma: usize, dbeta: usize, rows: i32, F: i32,
): void {
  if (gamma) {
    clear(dgamma, F);
    clear(dbeta, F);
  }
  for (; rows > 0; rows--, x += floats(F), dy += floats(F), dx += floats(F), rstd += 4) {
    let centre: f32 = 0;
    if (mean) {
      centre = load<f32>(mean);
      mean += 4;
    }
    const r = load<f32>(rstd);
    let g = dy;
    if (gamma) {
      addToScales(x, dy, dgamma, dbeta, centre, r, F);
      multiply(dx, dy, gamma, F);
      g = dx;
    }
    const along = <f32>(productRun(g, x, 0, centre, F) / F) * r * r * r;
    const level = mean ? <f32>(sumRun(g, F) / F) * r : <f32>0;
    const scales = f32x4.splat(r), slopes = f32x4.splat(along), levels = f32x4.splat(level), centres = f32x4.splat(centre);
    let f: usize = 0;
    for (; f + 16 <= floats(F); f += 16) {
      const others = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x + f), centres), slopes), levels);
      v128.store(dx + f, f32x4.sub(f32x4.mul(v128.load(g + f), scales), others));
    }
    for (; f < floats(F); f += 4) {
      store<f32>(dx + f, load<f32>(g + f) * r - ((load<f32>(x + f) - centre) * along + level));
    }
  }
}

/** dγ += dy x̂ and dβ += dy for one row. */
function addToScales(x: usize, dy: usize, dgamma: usize, dbeta: usize, centre: f32, r: f32, F: i32): void {
  const centres = f32x4.splat(centre), scales = f32x4.splat(r);
  let f: usize = 0;
  for (; f + 16 <= floats(F); f += 16) {
    const arriving = v128.load(dy + f), unit = f32x4.mul(f32x4.sub(v128.load(x + f), centres), scales);
    v128.store(dgamma + f, f32x4.add(v128.load(dgamma + f), f32x4.mul(arriving, unit)));
    v128.store(dbeta + f, f32x4.add(v128.load(dbeta + f), arriving));
  }
  for (; f < floats(F); f += 4) {
    const arriving = load<f32>(dy + f);
    store<f32>(dgamma + f, load<f32>(dgamma + f) + arriving * (load<f32>(x + f) - centre) * r);
    store<f32>(dbeta + f, load<f32>(dbeta + f) + arriving);
  }
}

function multiply(to: usize, a: usize, b: usize, n: i32): void {
  for (; n >= 4; n -= 4, to += 16, a += 16, b += 16) v128.store(to, f32x4.mul(v128.load(a), v128.load(b)));
  for (; n > 0; n--, to += 4, a += 4, b += 4) store<f32>(to, load<f32>(a) * load<f32>(b));
}

/** Σ (a − ca)(b − cb) of two runs. */
export function productRun(a: usize, b: usize, ca: f32, cb: f32, n: i32): f64 {
  const centresA = f32x4.splat(ca), centresB = f32x4.splat(cb);
  let sum: f64 = 0;
  while (n >= 8) {
    let low = f32x4.splat(0), high = low;
    for (let block = min(BLOCK, n / 8); block > 0; block--, n -= 8, a += 32, b += 32) {
      const pair = f32x4.mul(f32x4.sub(v128.load(a), centresA), f32x4.sub(v128.load(b), centresB));
      low = f32x4.add(low, pair);
      high = f32x4.add(high, f32x4.mul(f32x4.sub(v128.load(a, 16), centresA), f32x4.sub(v128.load(b, 16), centresB)));
    }
    const all = f32x4.add(low, high);
    sum += <f64>f32x4.extract_lane(all, 0) + <f64>f32x4.extract_lane(all, 1);
    sum += <f64>f32x4.extract_lane(all, 2) + <f64>f32x4.extract_lane(all, 3);
  }
  for (; n > 0; n--, a += 4, b += 4) sum += <f64>((load<f32>(a) - ca) * (load<f32>(b) - cb));
  return sum;
}
