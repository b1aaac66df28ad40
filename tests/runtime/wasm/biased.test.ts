import { expect, it } from "vitest";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { leaked } from "../../../src/runtime/activation.ts";
import { fusedBias } from "../../../src/runtime/biased.ts";
import { repairGradients } from "../../../src/runtime/gradients.ts";
import { secondOrderError } from "../finite-differences.ts";
import { describeVariants, normal, run, tf } from "./backend.ts";
import { expectSame, images } from "./fused-and-composed.ts";

const shapes = [...images, [7, 1], [1, 3], [64, 100], [3, 6272]];
const leaks = [1, 0.2, 0];

/** A tensor of its own with x's values, on the tape: what a convolution would have made. */
const made = (x: Tensor) => tf.mul(x, 1);

describeVariants("biases and leaks", () => {
  it.each(shapes.map((shape) => [shape]))("a bias and what follows it, in place: %s", (shape) => {
    const bias = normal(shape.slice(-1), 3);
    for (const [seed, leak] of leaks.entries())
      expectSame(
        (x, b) => fusedBias(tf, made(x), b as Tensor1D, leak),
        (x, b) => leaked(tf, tf.add(x, b), leak),
        [normal(shape, 10 + seed), bias],
      );
  });

  it.each(shapes.map((shape) => [shape]))("a leak alone, in place: %s", (shape) => {
    for (const [seed, leak] of [0.2, 0].entries())
      expectSame(
        (x) => fusedBias(tf, made(x), null, leak),
        (x) => leaked(tf, x, leak),
        [normal(shape, 20 + seed)],
      );
  });

  it("takes the memory of its input", () => {
    tf.tidy(() => {
      const x = normal([3, 4], 1);
      const [before, bias] = [x.arraySync() as number[][], normal([4], 2)];
      const y = fusedBias(tf, x, bias as Tensor1D, 0.5);
      expect(y.dataId).toBe(x.dataId);
      const shift = bias.dataSync();
      const expected = before.map((row) => row.map((v, c) => v + shift[c])).map((row) => row.map(weakened));
      (y.arraySync() as number[][]).flat().forEach((v, i) => expect(v).toBeCloseTo(expected.flat()[i], 5));
    });
  });

  it("leaves its input alone where another tensor has the same memory", () => {
    tf.tidy(() => {
      const x = normal([3, 4], 1);
      const other = tf.reshape(x, [12]);
      const before = [...other.dataSync()];
      for (const bias of [normal([4], 2) as Tensor1D, null]) fusedBias(tf, x, bias, 0.5);
      expect([...other.dataSync()]).toEqual(before);
    });
  });

  it("keeps what is not a number, and makes no such thing of it", () => {
    tf.tidy(() => {
      const y = fusedBias(tf, tf.tensor2d([[NaN, -2, 0, 3]]), tf.tensor1d([1, 1, 0, 1]), 0.25);
      expect([...y.dataSync()]).toEqual([NaN, -0.25, 0, 4]);
    });
  });

  it.each([0, 0.3])("a leak of %s differentiates twice by its own kernel", async (leak) => {
    repairGradients(tf);
    const f = (x: Tensor) => tf.square(leaked(tf, x, leak));
    expect(secondOrderError(tf, f, [normal([3, 5], 4)])).toBeLessThan(2e-3);
    const { kernelNames } = await tf.profile(() => void secondOrderError(tf, f, [normal([5], 5)]));
    expect(kernelNames).toContain("LeakyReluGrad");
    expect(kernelNames).not.toContain("Greater");
  });

  it("casts to the same type without a copy", () => {
    tf.tidy(() => {
      const x = normal([5], 1);
      expect(run("Cast", { x }, { dtype: "float32" }).dataId).toBe(x.dataId);
      expect([...run("Cast", { x: tf.tensor1d([1.5, -1.5]) }, { dtype: "int32" }).dataSync()]).toEqual([1, -1]);
    });
  });
});

const weakened = (value: number) => (value > 0 ? value : value / 2);
