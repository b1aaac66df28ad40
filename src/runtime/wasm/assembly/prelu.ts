// A leaky ReLU whose slope is learned: one for all, or one for each channel. Rows are folded as in normalize.ts.

import { addToTotal, foldOf, storeTotal, SUM_BLOCK } from "./reduce";
import { spread } from "./normalize";
import { clear, floats } from "./vectors";

/** One folded row of slopes, and three for a sum. */
export function preluScratch(C: i32): usize {
  return 4 * floats(C * foldOf(C));
}

/** y = x above 0, else a·x, with a [C]. */
export function prelu(x: usize, a: usize, y: usize, rows: i32, C: i32, scratch: usize): void {
  const fold = foldOf(C), width = C * fold;
  spread(scratch, a, C, fold);
  for (let left = rows * C; left > 0; left -= width, x += floats(width), y += floats(width)) {
    const bytes = floats(min(width, left));
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const value = v128.load(x + i), scaled = f32x4.mul(value, v128.load(scratch + i));
      v128.store(y + i, v128.bitselect(value, scaled, f32x4.gt(value, f32x4.splat(0))));
    }
    for (; i < bytes; i += 4) {
      const value = load<f32>(x + i);
      store<f32>(y + i, value > 0 ? value : value * load<f32>(scratch + i));
    }
  }
}

/** dx = dy above 0, else a·dy; da = Σ dy·min(x, 0) over rows. */
export function preluGradient(x: usize, a: usize, dy: usize, dx: usize, da: usize, rows: i32, C: i32, scratch: usize): void {
  const fold = foldOf(C), width = C * fold, row = floats(width);
  const total = scratch + row, part = total + 2 * row;
  spread(scratch, a, C, fold);
  clear(total, 2 * width);
  for (let left = rows * C; left > 0; ) {
    clear(part, width);
    for (let r = 0; r < SUM_BLOCK && left > 0; r++, left -= width, x += row, dy += row, dx += row) {
      const bytes = floats(min(width, left));
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) {
        const value = v128.load(x + i), arriving = v128.load(dy + i), above = f32x4.gt(value, f32x4.splat(0));
        v128.store(dx + i, v128.bitselect(arriving, f32x4.mul(arriving, v128.load(scratch + i)), above));
        const below = v128.andnot(f32x4.mul(arriving, value), above);
        v128.store(part + i, f32x4.add(v128.load(part + i), below));
      }
      for (; i < bytes; i += 4) {
        const value = load<f32>(x + i), arriving = load<f32>(dy + i);
        store<f32>(dx + i, value > 0 ? arriving : arriving * load<f32>(scratch + i));
        if (value <= 0) store<f32>(part + i, load<f32>(part + i) + arriving * value);
      }
    }
    addToTotal(total, part, width);
  }
  storeTotal(total, da, C, 1);
}
