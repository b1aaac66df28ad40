// What follows a sum of products: a bias for each channel, and an activation that only multiplies negative values (`leak`, 1
// where there is none), in one pass over rows [rows][C]. Where values were negative, the gradient reads off the results, whose
// sign they share.

import { leakyRelu, leakyReluGradient } from "./activations";
import { spread } from "./normalize";
import { addToTotal, foldOf, storeTotal, SUM_BLOCK } from "./reduce";
import { accumulate, clear, floats } from "./vectors";

/** A folded row (see foldOf), and what a sum of rows takes. */
export function addBiasScratch(C: i32): usize {
  return 4 * floats(C * foldOf(C));
}

/** y = x + bias, negative values times leak; y may be x. */
export function addBias(x: usize, bias: usize, y: usize, rows: i32, C: i32, leak: f32, scratch: usize): void {
  const fold = foldOf(C), width = C * fold;
  spread(scratch, bias, C, fold);
  for (let left = rows * C; left > 0; left -= width, x += floats(width), y += floats(width)) {
    const bytes = floats(min(width, left));
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(y + i, f32x4.add(v128.load(x + i), v128.load(scratch + i)));
    for (; i < bytes; i += 4) store<f32>(y + i, load<f32>(x + i) + load<f32>(scratch + i));
    if (leak != 1) leakyRelu(y, y, min(width, left), leak); // the row is still in the nearest cache
  }
}

/** dx = dy, times leak where y is not above 0, and dbias[C] = Σ of its rows. */
export function addBiasGradient(
  y: usize, dy: usize, dx: usize, dbias: usize, rows: i32, C: i32, leak: f32, scratch: usize,
): void {
  const width = C * foldOf(C), row = floats(width);
  const total = scratch, part = total + 2 * row;
  clear(total, 2 * width);
  for (let left = rows * C; left > 0; ) {
    clear(part, width);
    for (let r = 0; r < SUM_BLOCK && left > 0; r++, left -= width, y += row, dy += row, dx += row) {
      const count = min(width, left);
      leakyReluGradient(y, dy, dx, count, leak);
      accumulate(part, dx, count);
    }
    addToTotal(total, part, width);
  }
  storeTotal(total, dbias, C, 1);
}
