// What averages, momentum and a step downhill are made of.

/** y = first·a + second·b, each product and the sum rounded by itself. */
export function weightedSum(a: usize, b: usize, y: usize, n: i32, first: f32, second: f32): void {
  const firsts = f32x4.splat(first), seconds = f32x4.splat(second);
  for (; n >= 4; n -= 4, a += 16, b += 16, y += 16) {
    v128.store(y, f32x4.add(f32x4.mul(v128.load(a), firsts), f32x4.mul(v128.load(b), seconds)));
  }
  for (; n > 0; n--, a += 4, b += 4, y += 4) store<f32>(y, load<f32>(a) * first + load<f32>(b) * second);
}
