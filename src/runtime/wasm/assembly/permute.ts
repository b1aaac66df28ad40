// Permutations of axes. The caller merges neighbouring axes that stay together, which leaves at most four.

import { turn } from "./pack";
import { copy, floats } from "./vectors";

/** Rows of y that are written side by side, so that their cache lines are still there for the next four columns. */
const STRIP: i32 = 64;

/**
 * Transposes a grid of planes: y[i·yI + j·yJ + p·yP + q] = x[i·xI + j·xJ + q·xQ + p] for i < I, j < J, p < P, q < Q.
 * Strides count floats.
 */
export function transposePlanes(
  x: usize, y: usize, I: i32, xI: i32, yI: i32, J: i32, xJ: i32, yJ: i32, P: i32, yP: i32, Q: i32, xQ: i32,
): void {
  for (let i = 0; i < I; i++) {
    for (let j = 0; j < J; j++) {
      const from = x + floats(xI) * i + floats(xJ) * j, to = y + floats(yI) * i + floats(yJ) * j;
      for (let p = 0; p < P; p += STRIP) {
        for (let q = 0; q < Q; q += 4) {
          const rows = min(4, Q - q), depth = min(STRIP, P - p);
          const strip = from + floats(xQ) * q + floats(p);
          turn(to + floats(yP) * p + floats(q), floats(yP), strip, floats(xQ), depth, rows, rows);
        }
      }
    }
  }
}

/** Moves runs of R floats: y[((i·J + j)·K + k)·R + r] = x[i·xI + j·xJ + k·xK + r]. Strides count floats. */
export function permuteRuns(x: usize, y: usize, I: i32, xI: i32, J: i32, xJ: i32, K: i32, xK: i32, R: i32): void {
  for (let i = 0; i < I; i++) {
    for (let j = 0; j < J; j++) {
      let from = x + floats(xI) * i + floats(xJ) * j;
      for (let k = 0; k < K; k++, from += floats(xK), y += floats(R)) copy(y, from, R);
    }
  }
}
