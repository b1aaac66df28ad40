// Matrix products that are bound by reading one matrix once, as linear layers at batch 1: nothing is packed.

import { floats, multiplyAdd } from "./vectors";

/** c[N] = a[K] · b[K][N], four rows of b at a time. */
export function vectorTimesRows(a: usize, b: usize, c: usize, N: i32, K: i32): void {
  for (let k = 0; k < K; k += 4) {
    // What is missing of the last four rows is the first of them, times 0.
    const row = b + floats(N) * k, step = floats(N), left = K - k;
    const b1 = left > 1 ? row + step : row, b2 = left > 2 ? row + 2 * step : row, b3 = left > 3 ? row + 3 * step : row;
    const a0 = load<f32>(a + floats(k)), a1: f32 = left > 1 ? load<f32>(a + floats(k + 1)) : 0;
    const a2: f32 = left > 2 ? load<f32>(a + floats(k + 2)) : 0, a3: f32 = left > 3 ? load<f32>(a + floats(k + 3)) : 0;
    const x0 = f32x4.splat(a0), x1 = f32x4.splat(a1), x2 = f32x4.splat(a2), x3 = f32x4.splat(a3);
    let i: usize = 0;
    for (; i + 16 <= floats(N); i += 16) {
      const sum = k > 0 ? v128.load(c + i) : f32x4.splat(0);
      const first = multiplyAdd(x1, v128.load(b1 + i), multiplyAdd(x0, v128.load(row + i), sum));
      v128.store(c + i, multiplyAdd(x3, v128.load(b3 + i), multiplyAdd(x2, v128.load(b2 + i), first)));
    }
    for (; i < floats(N); i += 4) {
      const sum = (k > 0 ? load<f32>(c + i) : 0) + a0 * load<f32>(row + i) + a1 * load<f32>(b1 + i);
      store<f32>(c + i, sum + a2 * load<f32>(b2 + i) + a3 * load<f32>(b3 + i));
    }
  }
}

/** c[N] = b[N][K] · a[K], four rows of b at a time. */
export function rowsTimesVector(a: usize, b: usize, c: usize, N: i32, K: i32): void {
  let n = 0;
  const step = floats(K);
  for (; n + 4 <= N; n += 4) {
    const row = b + step * n;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let i: usize = 0;
    for (; i + 16 <= step; i += 16) {
      const x = v128.load(a + i), at = row + i;
      s0 = multiplyAdd(x, v128.load(at), s0);
      s1 = multiplyAdd(x, v128.load(at + step), s1);
      s2 = multiplyAdd(x, v128.load(at + 2 * step), s2);
      s3 = multiplyAdd(x, v128.load(at + 3 * step), s3);
    }
    const from = c + floats(n);
    store<f32>(from, total(s0) + dot(a + i, row + i, step - i));
    store<f32>(from, total(s1) + dot(a + i, row + step + i, step - i), 4);
    store<f32>(from, total(s2) + dot(a + i, row + 2 * step + i, step - i), 8);
    store<f32>(from, total(s3) + dot(a + i, row + 3 * step + i, step - i), 12);
  }
  for (; n < N; n++) {
    let sum = f32x4.splat(0), i: usize = 0;
    for (; i + 16 <= step; i += 16) sum = multiplyAdd(v128.load(a + i), v128.load(b + step * n + i), sum);
    store<f32>(c + floats(n), total(sum) + dot(a + i, b + step * n + i, step - i));
  }
}

function total(x: v128): f32 {
  const left = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
  return left + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** The few elements that fill no vector. */
function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < bytes; i += 4) sum += load<f32>(a + i) * load<f32>(b + i);
  return sum;
}

/** c[M][N] = a[M] · b[N] */
export function outerProduct(a: usize, b: usize, c: usize, M: i32, N: i32): void {
  for (let m = 0; m < M; m++, c += floats(N)) {
    const x = load<f32>(a + floats(m)), four = f32x4.splat(x);
    let i: usize = 0;
    for (; i + 16 <= floats(N); i += 16) v128.store(c + i, f32x4.mul(four, v128.load(b + i)));
    for (; i < floats(N); i += 4) store<f32>(c + i, x * load<f32>(b + i));
  }
}
