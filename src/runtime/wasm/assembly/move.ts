// Runs of floats moved between two grids: joining, splitting, cutting out and framing tensors.

import { copy, floats } from "./vectors";

/** y[i·yI + j·yJ + k·yK + r] = x[i·xI + j·xJ + k·xK + r] for i < I, j < J, k < K, r < R. Strides count floats. */
export function moveRuns(
  x: usize, y: usize, I: i32, xI: i32, yI: i32, J: i32, xJ: i32, yJ: i32, K: i32, xK: i32, yK: i32, R: i32,
): void {
  for (let i = 0; i < I; i++) {
    for (let j = 0; j < J; j++) {
      let from = x + (<isize>(i * xI + j * xJ) << 2), to = y + (<isize>(i * yI + j * yJ) << 2);
      const stepFrom = <isize>xK << 2, stepTo = <isize>yK << 2;
      if (R == 1) for (let k = 0; k < K; k++, from += stepFrom, to += stepTo) store<f32>(to, load<f32>(from));
      else if (R >= 64) for (let k = 0; k < K; k++, from += stepFrom, to += stepTo) memory.copy(to, from, floats(R));
      else for (let k = 0; k < K; k++, from += stepFrom, to += stepTo) copy(to, from, R);
    }
  }
}

/** n times the value. */
export function fill(y: usize, n: i32, value: f32): void {
  const values = f32x4.splat(value);
  for (; n >= 4; n -= 4, y += 16) v128.store(y, values);
  for (; n > 0; n--, y += 4) store<f32>(y, value);
}
