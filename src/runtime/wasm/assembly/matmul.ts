// Matrix product.

import { BLOCK, DEPTH, packColumns, packRows } from "./pack";
import { COLUMNS, EDGE_BYTES, multiplyPanels, ROWS } from "./tile";
import { outerProduct, rowsTimesVector, vectorTimesRows } from "./vector-product";
import { floats } from "./vectors";

/** Columns of B that are packed at a time. */
const WIDTH: i32 = 512;

export function matMulScratch(): usize {
  return EDGE_BYTES + floats(BLOCK) + floats((BLOCK + WIDTH) * DEPTH);
}

/** c[M][N] = a·b. a is [M][K], transposed [K][M]; b is [K][N], transposed [N][K]. */
export function matMul(
  a: usize, b: usize, c: usize, M: i32, N: i32, K: i32, transposeA: bool, transposeB: bool, scratch: usize,
): void {
  if (K == 1) return outerProduct(a, b, c, M, N);
  if (M == 1 || (M < ROWS && !transposeA)) {
    for (let m = 0; m < M; m++, a += floats(K), c += floats(N)) {
      if (transposeB) rowsTimesVector(a, b, c, N, K);
      else vectorTimesRows(a, b, c, N, K);
    }
    return;
  }
  // One column is one row of the transposed product.
  if (N == 1) return transposeA ? vectorTimesRows(b, a, c, M, K) : rowsTimesVector(b, a, c, M, K);
  const edge = scratch;
  const rowAddresses = edge + EDGE_BYTES;
  const packedA = rowAddresses + floats(BLOCK);
  const packedB = packedA + floats(BLOCK * DEPTH);
  for (let n = 0; n < N; n += WIDTH) {
    const width = min(WIDTH, N - n);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      if (transposeB) packRows(packedB, b + floats(K) * n + floats(k), floats(K), depth, width, COLUMNS);
      else packColumns(packedB, b + floats(N) * k + floats(n), floats(N), depth, width, COLUMNS);
      for (let m = 0; m < M; m += BLOCK) {
        const height = min(BLOCK, M - m);
        if (transposeA) packColumns(packedA, a + floats(M) * k + floats(m), floats(M), depth, height, ROWS);
        else packRows(packedA, a + floats(K) * m + floats(k), floats(K), depth, height, ROWS);
        for (let i = 0; i < height; i++) {
          store<u32>(rowAddresses + floats(i), <u32>(c + floats(N) * (m + i) + floats(n)));
        }
        multiplyPanels(packedA, packedB, depth, height, width, rowAddresses, k > 0, edge);
      }
    }
  }
}
