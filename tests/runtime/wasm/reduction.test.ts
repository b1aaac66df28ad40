import { expect, it } from "vitest";
import type { Tensor } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

describeVariants("reductions and repetitions", () => {
  it.each([
    [
      [64, 7, 7, 128],
      [0, 1, 2],
    ],
    [
      [5, 9, 7, 1],
      [0, 1, 2],
    ],
    [
      [5, 9, 7, 3],
      [0, 1, 2],
    ],
    [
      [2, 3, 3, 5],
      [0, 1, 2],
    ],
    [
      [3, 11, 5, 6],
      [1, 2],
    ],
    [[3, 11, 5, 6], [1]],
    [[3, 1, 5, 6], [1]],
    [[33, 10], [1]],
    [[33, 10], [0]],
    [[4000], [0]],
    [
      [3, 5, 7, 24],
      [0, 1, 2, 3],
    ],
    [[2, 3, 4, 130], [3]],
    [
      [4, 3, 5, 6],
      [1, 3],
    ], // not neighbours: tfjs's own kernel
    [[], []],
  ] as [number[], number[]][])("sums and averages %s over axes %s", (shape, axis) => {
    tf.tidy(() => {
      const x = normal(shape, 1).add(0.3);
      const expected = sums(x, axis);
      const count = x.size / expected.length;
      for (const keepDims of [false, true]) {
        const sum = run("Sum", { x }, { axis, keepDims });
        const kept = shape.map((size, i) => (axis.includes(i) ? 1 : size));
        expect(sum.shape).toEqual(keepDims ? kept : shape.filter((_, i) => !axis.includes(i)));
        expect(relativeError(sum, expected)).toBeLessThan(tolerance);
        const mean = run("Mean", { x }, { axis, keepDims });
        expect(mean.shape).toEqual(sum.shape);
        expect(
          relativeError(
            mean,
            expected.map((value) => value / count),
          ),
        ).toBeLessThan(tolerance);
      }
    });
  });

  it("leaves integers to tfjs", () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2], "int32");
      const sum = run("Sum", { x }, { axis: [0], keepDims: false });
      expect([sum.dtype, ...sum.dataSync()]).toEqual(["int32", 9, 12]);
      expect([...run("Mean", { x }, { axis: [0], keepDims: false }).dataSync()]).toEqual([3, 4]);
      expect([...run("Tile", { x }, { reps: [1, 2] }).dataSync()]).toEqual([1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6]);
    });
  });

  it("keeps a sum of ten million equal values exact to rounding", () => {
    tf.tidy(() => {
      const x = tf.fill([10_000_000], 0.1);
      expect(
        relativeError(run("Sum", { x }, { axis: [0], keepDims: false }), [10_000_000 * Math.fround(0.1)]),
      ).toBeLessThan(tolerance);
    });
  });

  it.each([
    [
      [1, 1, 1, 5],
      [4, 3, 2, 1],
    ],
    [
      [3, 1, 1, 6],
      [1, 5, 2, 1],
    ],
    [
      [3, 4],
      [5, 1],
    ],
    [
      [3, 4],
      [1, 5],
    ],
    [
      [7, 1],
      [1, 9],
    ],
    [[1], [1000]],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [2, 1, 3],
      [1, 4, 3],
    ],
    [
      [2, 3],
      [2, 3],
    ], // copies do not lie side by side: tfjs's own kernel
  ] as [number[], number[]][])("tiles %s by %s", (shape, reps) => {
    tf.tidy(() => {
      const x = normal(shape, 1);
      const y = run("Tile", { x }, { reps });
      expect(y.shape).toEqual(shape.map((size, i) => size * reps[i]));
      const values = x.dataSync();
      const expected = Array.from({ length: y.size }, (_, i) => {
        let [at, left, stride] = [0, i, 1];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          at += ((left % y.shape[axis]) % shape[axis]) * stride;
          left = Math.floor(left / y.shape[axis]);
          stride *= shape[axis];
        }
        return values[at];
      });
      expect([...y.dataSync()]).toEqual(expected);
    });
  });

  it("adds rows by segment and leaves out ids outside of the range", () => {
    tf.tidy(() => {
      const x = normal([6, 3, 2], 1);
      const segmentIds = tf.tensor1d([2, 0, 2, -1, 5, 2], "int32");
      const y = run("UnsortedSegmentSum", { x, segmentIds }, { numSegments: 4 });
      expect(y.shape).toEqual([4, 3, 2]);
      const expected = new Float64Array(24);
      [2, 0, 2, -1, 5, 2].forEach((id, row) => {
        if (id >= 0 && id < 4) for (let i = 0; i < 6; i++) expected[id * 6 + i] += x.dataSync()[row * 6 + i];
      });
      expect(relativeError(y, expected)).toBeLessThan(tolerance);
    });
  });

  it("gives gather its gradient", () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) =>
        tf
          .gather(x, tf.tensor1d([1, 0, 1, 1], "int32"), 1)
          .square()
          .sum(),
      );
      const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      expect([...gradient(x).dataSync()]).toEqual([2, 12, 0, 8, 30, 0]);
    });
  });
});

function sums(x: Tensor, axes: readonly number[]): Float64Array {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const totals = new Float64Array(kept.reduce((a, b) => a * b, 1));
  x.dataSync().forEach((value, i) => {
    let [at, left, stride] = [0, i, 1];
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      if (kept[axis] > 1) at += (left % x.shape[axis]) * stride;
      left = Math.floor(left / x.shape[axis]);
      stride *= kept[axis];
    }
    totals[at] += value;
  });
  return totals;
}
