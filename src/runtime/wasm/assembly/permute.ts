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

/**
 * Channels become pixels: y[(h·r + i)·W·r·C + (w·r + j)·C + c] = x[h·W·C·r² + w·C·r² + c·r² + i·r + j] for every row h of
 * every image (rows of all images: `rows`), in PyTorch's order of channels; backwards, with `inverse`, y is read and x written.
 */
export function pixelShuffle(x: usize, y: usize, rows: i32, W: i32, C: i32, r: i32, inverse: bool): void {
  const step = floats(r * r);
  for (let h = 0; h < rows; h++) {
    for (let i = 0; i < r; i++) {
      for (let w = 0; w < W; w++) {
        for (let j = 0; j < r; j++) {
          let at = x + floats((h * W + w) * C * r * r + i * r + j);
          if (inverse) for (let c = 0; c < C; c++, at += step, y += 4) store<f32>(at, load<f32>(y));
          else for (let c = 0; c < C; c++, at += step, y += 4) store<f32>(y, load<f32>(at));
        }
      }
    }
  }
}
