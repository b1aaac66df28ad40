import { expect, it } from "vitest";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

const sizes = [[1], [3], [4], [3, 5], [2, 7, 8], [64, 28, 28, 3], []];

describeVariants("activations", () => {
  it.each(sizes.map((shape) => [shape]))("leaky ReLU and its gradient: %s", (shape) => {
    tf.tidy(() => {
      const [x, dy] = [normal(shape, 1), normal(shape, 2)];
      const [xs, ds] = [x.dataSync(), dy.dataSync()];
      for (const alpha of [0, 0.2]) {
        const y = run("LeakyRelu", { x }, { alpha });
        expect(
          relativeError(
            y,
            Array.from(xs, (v) => (v > 0 ? v : alpha * v)),
          ),
        ).toBeLessThan(tolerance);
        const dx = run("LeakyReluGrad", { x, dy }, { alpha });
        expect(
          relativeError(
            dx,
            Array.from(xs, (v, i) => (v > 0 ? ds[i] : alpha * ds[i])),
          ),
        ).toBeLessThan(tolerance);
      }
    });
  });

  it("has slope alpha at zero, as PyTorch does", () => {
    tf.tidy(() => {
      const inputs = { x: tf.zeros([5]), dy: tf.ones([5]) };
      expect([...run("LeakyReluGrad", inputs, { alpha: 0.25 }).dataSync()]).toEqual(Array(5).fill(0.25));
    });
  });

  it("leaves leaky ReLU of integers to tfjs", () => {
    tf.tidy(() => {
      const y = run("LeakyRelu", { x: tf.tensor1d([-4, 8], "int32") }, { alpha: 0.5 });
      expect([...y.dataSync()]).toEqual([-2, 8]);
    });
  });

  it.each(sizes.map((shape) => [shape]))("gradients from outputs of tanh and sigmoid: %s", (shape) => {
    tf.tidy(() => {
      const [y, dy] = [normal(shape, 1).tanh(), normal(shape, 2)];
      const [ys, ds] = [y.dataSync(), dy.dataSync()];
      const tanh = Array.from(ys, (v, i) => ds[i] * (1 - v * v));
      expect(relativeError(run("TanhGrad", { y, dy }), tanh)).toBeLessThan(tolerance);
      const sigmoid = Array.from(ys, (v, i) => ds[i] * v * (1 - v));
      expect(relativeError(run("SigmoidGrad", { y, dy }), sigmoid)).toBeLessThan(tolerance);
    });
  });
});

describeVariants("layout", () => {
  it.each([
    [
      [2, 7, 7, 5],
      [0, 3, 1, 2],
    ],
    [
      [2, 5, 7, 7],
      [0, 2, 3, 1],
    ],
    [
      [3, 4, 4, 8],
      [0, 3, 1, 2],
    ],
    [
      [2, 9, 9, 1],
      [0, 3, 1, 2],
    ],
    [
      [2, 9, 9, 3],
      [0, 3, 1, 2],
    ],
    [
      [2, 3, 9, 10],
      [0, 2, 3, 1],
    ],
    [
      [70, 130],
      [1, 0],
    ],
    [
      [5, 3],
      [1, 0],
    ],
    [
      [2, 6, 9],
      [0, 2, 1],
    ],
    [
      [4, 3, 6],
      [2, 1, 0],
    ],
    [
      [8, 5, 4, 3],
      [2, 3, 1, 0],
    ],
    [
      [4, 3, 8, 5],
      [3, 2, 0, 1],
    ],
    [
      [3, 4, 5, 6],
      [1, 0, 2, 3],
    ],
    [
      [3, 4, 5, 6],
      [3, 1, 2, 0],
    ],
    [
      [3, 4, 5, 6],
      [2, 0, 3, 1],
    ],
    [
      [2, 3, 4, 2, 2, 5],
      [0, 1, 3, 2, 4, 5],
    ],
    [
      [2, 3, 4, 5, 6],
      [4, 3, 2, 1, 0],
    ], // five groups: tfjs's own kernel
    [
      [3, 4],
      [0, 1],
    ],
  ] as [number[], number[]][])("transposes %s by %s", (shape, perm) => {
    tf.tidy(() => {
      const x = normal(shape, 1);
      const values = x.dataSync();
      const y = run("Transpose", { x }, { perm });
      expect(y.shape).toEqual(perm.map((axis) => shape[axis]));
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const expected = Array.from({ length: x.size }, (_, i) => {
        let [at, left] = [0, i];
        for (let axis = perm.length - 1; axis >= 0; axis--) {
          at += (left % y.shape[axis]) * strides[perm[axis]];
          left = Math.floor(left / y.shape[axis]);
        }
        return values[at];
      });
      expect([...y.dataSync()]).toEqual(expected);
    });
  });

  it("shares the data of an identity until the last of its tensors is disposed", () => {
    const x = tf.tensor1d([1, 2, 3]);
    const same = run("Identity", { x });
    const turned = run("Transpose", { x: same }, { perm: [0] });
    x.dispose();
    same.dispose();
    expect([...turned.dataSync()]).toEqual([1, 2, 3]);
    turned.dispose();
  });
});
