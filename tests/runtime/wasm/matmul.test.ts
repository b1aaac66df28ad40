import { expect, it } from "vitest";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

// [M, K, N], then the batches of a and b
const cases: [number[], number[]?, number[]?][] = [
  [[1, 1, 1]],
  [[5, 3, 7]],
  [[64, 64, 64]],
  [[130, 300, 517]],
  [[33, 513, 9]],
  [[64, 700, 1]],
  [[1, 90, 70]],
  [[3, 2, 1]],
  [[2, 1, 530]],
  [[1, 7, 6]],
  [[1, 130, 45]],
  [[3, 21, 18]],
  [[13, 1, 11]],
  [[11, 6, 1]],
  [[6, 5, 4], [3], [3]],
  [
    [7, 4, 9],
    [2, 3],
    [2, 3],
  ],
  [[7, 4, 1], [4], [1]],
  [[3, 8, 5], [1], [6]],
  [[3, 8, 5], [2, 2], []],
];
const flags = [false, true];

describeVariants("BatchMatMul", () => {
  it.each(cases)("agrees with float64 loops: M, K, N = %s, batches %s, %s", ([M, K, N], batchA = [], batchB = []) => {
    for (const transposeA of flags) {
      for (const transposeB of flags) {
        tf.tidy(() => {
          const a = normal([...batchA, ...(transposeA ? [K, M] : [M, K])], 1);
          const b = normal([...batchB, ...(transposeB ? [N, K] : [K, N])], 2);
          const c = run("BatchMatMul", { a, b }, { transposeA, transposeB });
          expect(c.shape).toEqual([...(batchA.length > 0 ? (a.size / M / K > 1 ? batchA : batchB) : []), M, N]);
          expect(relativeError(c, product(a.dataSync(), b.dataSync(), M, K, N, transposeA, transposeB))).toBeLessThan(
            tolerance,
          );
        });
      }
    }
  });

  it("leaves a batch that is broadcast along one of two axes to tfjs", () => {
    tf.tidy(() => {
      const [a, b] = [normal([2, 1, 3, 4], 1), normal([1, 1, 4, 5], 2)];
      const expected = product(a.dataSync(), b.dataSync(), 3, 4, 5, false, false);
      const c = run("BatchMatMul", { a, b }, { transposeA: false, transposeB: false });
      expect(relativeError(c, expected)).toBeLessThan(tolerance);
    });
  });
});

/** Products of all matrices, one operand repeated where it has no batch. */
function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  M: number,
  K: number,
  N: number,
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const batch = Math.max(a.length / M / K, b.length / K / N);
  const c = new Float64Array(batch * M * N);
  for (let i = 0; i < batch; i++) {
    const atA = a.length > M * K ? i * M * K : 0;
    const atB = b.length > K * N ? i * K * N : 0;
    for (let m = 0; m < M; m++) {
      for (let k = 0; k < K; k++) {
        const left = a[atA + (transposeA ? k * M + m : m * K + k)];
        for (let n = 0; n < N; n++) c[(i * M + m) * N + n] += left * b[atB + (transposeB ? n * K + k : k * N + n)];
      }
    }
  }
  return c;
}
