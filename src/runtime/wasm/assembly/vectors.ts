// Small moves on runs of floats that all kernels share. A run may have any length; the lanes that do not fill a vector
// are done one at a time.

/** x·y + sum: fused where relaxed SIMD is on (one rounding, and which rounding depends on the machine). */
export function multiplyAdd(x: v128, y: v128, sum: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(x, y, sum) : f32x4.add(sum, f32x4.mul(x, y));
}

export function copy(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += 16, from += 16) v128.store(to, v128.load(from));
  for (; count > 0; count--, to += 4, from += 4) store<f32>(to, load<f32>(from));
}

/** to += from */
export function accumulate(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (; count > 0; count--, to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

export function clear(to: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += 16) v128.store(to, f32x4.splat(0));
  for (; count > 0; count--, to += 4) store<f32>(to, 0);
}

/** Bytes of `count` floats. */
export function floats(count: i32): usize {
  return (<usize>count) << 2;
}

/** `count` rounded up to a multiple of `step`. */
export function roundUp(count: i32, step: i32): i32 {
  return ((count + step - 1) / step) * step;
}
