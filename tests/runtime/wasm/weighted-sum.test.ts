import { expect, it } from "vitest";
import { gradientLength, updateAverage } from "../../../src/runtime/optimizers.ts";
import { weightedSum } from "../../../src/runtime/weighted-sum.ts";
import { secondOrderError } from "../finite-differences.ts";
import { describeVariants, normal, relativeError, tf } from "./backend.ts";
import { expectSame, images } from "./fused-and-composed.ts";

describeVariants("sums of whole tensors", () => {
  it.each([...images, [1], [3], [130], []].map((shape) => [shape]))("is the composed sum, to the bit: %s", (shape) => {
    tf.tidy(() => {
      const [a, b] = [normal(shape, 1), normal(shape, 2)];
      for (const [first, second] of [
        [0.999, 0.001],
        [1, -0.01],
        [0.9, 1],
      ])
        // prettier-ignore
        expect(weightedSum(tf, a, first, b, second).dataSync()).toEqual(
          tf.add(tf.mul(a, first), tf.mul(b, second)).dataSync(),
        );
      expectSame(
        (x, y) => weightedSum(tf, x, 0.75, y, -2),
        (x, y) => tf.sub(tf.mul(x, 0.75), tf.mul(y, 2)),
        [a, b],
      );
    });
  });

  it("differentiates twice", () => {
    const f = (...[a, b]: Parameters<typeof tf.mul>[0][]) =>
      tf.square(weightedSum(tf, a as never, 0.5, tf.square(b as never), 2));
    expect(secondOrderError(tf, f, [normal([3], 1), normal([3], 2)])).toBeLessThan(2e-3);
  });

  it("leaves values of two shapes to the composed form", () => {
    tf.tidy(() => {
      const y = weightedSum(tf, tf.ones([2, 3]), 2, tf.tensor1d([1, 2, 3]), 1);
      expect([...y.dataSync()]).toEqual([3, 4, 5, 3, 4, 5]);
    });
  });

  it("makes a moving average of one kernel", async () => {
    const { kernelNames } = await tf.profile(() => updateAverage(tf, normal([5], 1), normal([5], 2), 0.9));
    expect(kernelNames).toEqual(["WeightedSum"]);
  });

  it("measures all gradients at once", () => {
    tf.tidy(() => {
      const gradients = [[1], [3, 5], [2, 7, 8], [130], []].map((shape, i) => normal(shape, i));
      const squares = gradients.flatMap((gradient) => Array.from(gradient.dataSync(), (value) => value ** 2));
      const length = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      expect(relativeError(gradientLength(tf, gradients), [length])).toBeLessThan(1e-6);
      expect([...gradientLength(tf, []).dataSync()]).toEqual([0]);
    });
  });
});
