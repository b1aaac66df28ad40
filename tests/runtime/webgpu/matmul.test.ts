// Products with a long inner extent, against sums in double precision; the same to the bit each time.

import type { Tensor2D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { WebGPUBackend } from "../../../src/runtime/webgpu/program.ts";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";

type Layout = readonly [transposeA: boolean, transposeB: boolean];
const layouts: Layout[] = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
];
const extents = [
  [2, 2048, 68],
  [17, 2003, 9],
] as const;

describe.runIf(driver)("products with a long inner extent on webgpu", () => {
  let backend: WebGPUBackend;
  beforeAll(async () => void (backend = await openWebGPU()));

  it.each(layouts)("are right and repeat to the bit with a transposed: %s, b: %s", async (transposeA, transposeB) => {
    for (const [rows, inner, columns] of extents) {
      const a = tf.randomNormal(transposeA ? [inner, rows] : [rows, inner], 0, 1, "float32", 1) as Tensor2D; // prettier-ignore
      const b = tf.randomNormal(transposeB ? [columns, inner] : [inner, columns], 0, 1, "float32", 2) as Tensor2D;
      const product = () =>
        withoutErrors(backend, async () => {
          poison([rows * columns, 16 * rows * columns]);
          const y = tf.matMul(a, b, transposeA, transposeB);
          const values = await y.data();
          y.dispose();
          return values;
        });
      const [first, second] = [await product(), await product()];
      expect(second).toEqual(first);
      const [x, y] = [await a.data(), await b.data()];
      first.forEach((found, index) => {
        const [row, column] = [Math.floor(index / columns), index % columns];
        let wanted = 0;
        for (let k = 0; k < inner; k++) {
          wanted += x[transposeA ? k * rows + row : row * inner + k] * y[transposeB ? column * inner + k : k * columns + column]; // prettier-ignore
        }
        expect(Math.abs(found - wanted)).toBeLessThan(1e-5 * Math.sqrt(inner));
      });
      tf.dispose([a, b]);
    }
  });
});

/** Leaves NaN in buffers that are about to serve again. */
function poison(sizes: readonly number[]): void {
  tf.dispose(sizes.map((size) => tf.fill([size], NaN)));
}
