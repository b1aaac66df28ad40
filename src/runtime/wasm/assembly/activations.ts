// Leaky ReLU, and gradients of activations that tfjs composes of several kernels. All elementwise over n floats. The last
// n mod 4 run through the same expression, one lane at a time.

/** y = x for x > 0, else slope·x */
export function leakyRelu(x: usize, y: usize, n: i32, slope: f32): void {
  const slopes = f32x4.splat(slope);
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, leaky(v128.load(x), v128.load(x), slopes));
  for (; n > 0; n--, x += 4, y += 4) v128.store_lane<f32>(y, leaky(v128.load32_zero(x), v128.load32_zero(x), slopes), 0);
}

/** dx = dy for x > 0, else slope·dy */
export function leakyReluGradient(x: usize, dy: usize, dx: usize, n: i32, slope: f32): void {
  const slopes = f32x4.splat(slope);
  for (; n >= 4; n -= 4, x += 16, dy += 16, dx += 16) v128.store(dx, leaky(v128.load(x), v128.load(dy), slopes));
  for (; n > 0; n--, x += 4, dy += 4, dx += 4) {
    v128.store_lane<f32>(dx, leaky(v128.load32_zero(x), v128.load32_zero(dy), slopes), 0);
  }
}

function leaky(x: v128, value: v128, slopes: v128): v128 {
  return v128.bitselect(value, f32x4.mul(value, slopes), f32x4.gt(x, f32x4.splat(0)));
}

/** dx = dy (1 − y²), where y = tanh x */
export function tanhGradient(y: usize, dy: usize, dx: usize, n: i32): void {
  for (; n >= 4; n -= 4, y += 16, dy += 16, dx += 16) v128.store(dx, tanhSlope(v128.load(y), v128.load(dy)));
  for (; n > 0; n--, y += 4, dy += 4, dx += 4) {
    v128.store_lane<f32>(dx, tanhSlope(v128.load32_zero(y), v128.load32_zero(dy)), 0);
  }
}

function tanhSlope(y: v128, dy: v128): v128 {
  return f32x4.mul(dy, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
}

/** dx = dy · y (1 − y), where y = σ(x) */
export function sigmoidGradient(y: usize, dy: usize, dx: usize, n: i32): void {
  for (; n >= 4; n -= 4, y += 16, dy += 16, dx += 16) v128.store(dx, sigmoidSlope(v128.load(y), v128.load(dy)));
  for (; n > 0; n--, y += 4, dy += 4, dx += 4) {
    v128.store_lane<f32>(dx, sigmoidSlope(v128.load32_zero(y), v128.load32_zero(dy)), 0);
  }
}

function sigmoidSlope(y: v128, dy: v128): v128 {
  return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}
