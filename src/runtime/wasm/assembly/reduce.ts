// Sums over rows, repetition of rows, and sums by segment.

import { accumulate, clear, copy, floats } from "./vectors";

/** Rows that are summed in single precision; sums of so many go to a total in double precision. */
export const SUM_BLOCK: i32 = 64;
const MIN_WIDTH: i32 = 32;

/**
 * How many rows of C floats are taken as one, so that a row fills vectors: a narrow or odd C then costs no more than a wide
 * one. The smallest multiple of 4 / gcd(C, 4) that makes a row at least 32 floats wide.
 */
export function foldOf(C: i32): i32 {
  const step = C % 4 == 0 ? 1 : C % 2 == 0 ? 2 : 4;
  return ((MIN_WIDTH + C * step - 1) / (C * step)) * step;
}

export function sumMiddleScratch(inner: i32): usize {
  return 3 * floats(inner * foldOf(inner));
}

/** y[outer][inner] = scale · Σ over the middle of x[outer][count][inner] */
export function sumMiddle(x: usize, y: usize, outer: i32, count: i32, inner: i32, scale: f64, scratch: usize): void {
  for (; outer > 0; outer--, x += floats(inner) * count, y += floats(inner)) {
    if (inner == 1) store<f32>(y, <f32>(sumRun(x, count) * scale));
    else sumRows(x, y, count, inner, scale, scratch);
  }
}

/** Σ of a run of floats. */
export function sumRun(x: usize, count: i32): f64 {
  let sum: f64 = 0;
  while (count >= 16) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (let block = min(SUM_BLOCK, count / 16); block > 0; block--, x += 64, count -= 16) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
    }
    const all = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    sum += <f64>f32x4.extract_lane(all, 0) + <f64>f32x4.extract_lane(all, 1);
    sum += <f64>f32x4.extract_lane(all, 2) + <f64>f32x4.extract_lane(all, 3);
  }
  for (; count > 0; count--, x += 4) sum += <f64>load<f32>(x);
  return sum;
}

/** y[C] = scale · Σ of `rows` rows; scratch as sumMiddleScratch. */
export function sumRows(x: usize, y: usize, rows: i32, C: i32, scale: f64, scratch: usize): void {
  const width = C * foldOf(C), total = scratch, part = scratch + 2 * floats(width);
  clear(total, 2 * width);
  for (let left = rows * C; left > 0; ) {
    clear(part, width);
    for (let r = 0; r < SUM_BLOCK && left > 0; r++, left -= width, x += floats(width)) {
      accumulate(part, x, min(width, left));
    }
    addToTotal(total, part, width);
  }
  storeTotal(total, y, C, scale);
}

/** total (double precision) += part, `width` values; a folded row's width is a multiple of four. */
export function addToTotal(total: usize, part: usize, width: i32): void {
  for (; width > 0; width -= 4, total += 32, part += 16) {
    const low = v128.load(part), high = v128.shuffle<f64>(low, low, 1, 1);
    v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(low)));
    v128.store(total, f64x2.add(v128.load(total, 16), f64x2.promote_low_f32x4(high)), 16);
  }
}

/** y[C] = scale · the sum of the rows that the folded row `total` holds side by side. */
export function storeTotal(total: usize, y: usize, C: i32, scale: f64): void {
  const fold = foldOf(C);
  for (let c = 0; c < C; c++, total += 8, y += 4) {
    let sum: f64 = 0;
    for (let f = 0; f < fold; f++) sum += load<f64>(total + ((<usize>(f * C)) << 3));
    store<f32>(y, <f32>(sum * scale));
  }
}

/** y[outer][times][inner] = x[outer][inner] */
export function repeat(x: usize, y: usize, outer: i32, times: i32, inner: i32): void {
  const size = floats(inner) * times;
  for (; outer > 0; outer--, x += floats(inner), y += size) {
    copy(y, x, inner);
    // What is there already is copied behind itself, doubling each time.
    for (let done = floats(inner); done < size; done <<= 1) memory.copy(y + done, y, min(done, size - done));
  }
}

/** y[segments][inner]: the sum of the rows x[i] with ids[i] = s. Ids outside 0 … segments − 1 are left out. */
export function addSegments(x: usize, ids: usize, y: usize, rows: i32, segments: i32, inner: i32): void {
  for (let s = 0; s < segments; s++) clear(y + floats(inner) * s, inner);
  for (; rows > 0; rows--, ids += 4, x += floats(inner)) {
    const id = load<i32>(ids);
    if (id >= 0 && id < segments) accumulate(y + floats(inner) * id, x, inner);
  }
}
