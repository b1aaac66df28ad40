// Batch normalization, activations' gradients and sums on WebGPU, against what they are composed of.

import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { runKernel, runKernels } from "../../../src/runtime/fused.ts";
import { batchNormTrain, fusedBatchNormTrain } from "../../../src/runtime/normalization.ts";
import { fusedGroupNorm, fusedRmsNorm, groupNorm, rmsNorm } from "../../../src/runtime/sample-normalization.ts";
import { normalTensor } from "../finite-differences.ts";
import { driver, openWebGPU, tf } from "./software-webgpu.ts";

const shapes = [[1, 1, 1, 1], [7, 1, 1, 3], [2, 5, 3, 24], [1, 9, 9, 96], [33, 1], [3, 70, 41, 1], [5, 9, 7, 37], [2, 31, 29, 5]]; // prettier-ignore

describe.runIf(driver)("on WebGPU", () => {
  beforeAll(openWebGPU);

  describe.each(shapes.map((shape) => ({ shape })))("batch normalization of $shape", ({ shape }) => {
    const cases = [[0, 1], [1000, 1], [0, 0], [0, 0.2]]; // prettier-ignore
    it.each(cases)("equals the composed one, both ways, with means near %d and a leak of %d", async (far, leak) => {
      const channels = shape[shape.length - 1];
      const x = tf.add(normalTensor(tf, "x", shape), far);
      const [gamma, beta, dy] = [[channels], [channels], shape].map((each, i) => normalTensor(tf, `input ${i}`, each));
      const gradientsOf = (f: typeof batchNormTrain) =>
        tf.grads((a: Tensor, b: Tensor, c: Tensor) => f(tf, a, b as Tensor1D, c as Tensor1D, 1e-3, leak).y)(
          [x, gamma, beta],
          dy,
        );
      const found = fusedBatchNormTrain(tf, x, gamma as Tensor1D, beta as Tensor1D, 1e-3, leak);
      const wanted = batchNormTrain(tf, x, gamma as Tensor1D, beta as Tensor1D, 1e-3, leak);
      // float32 tells numbers near 1000 apart by 6e-5, and the composed one loses digits there
      const tolerance = far ? 5e-4 : 1e-5;
      for (const part of ["y", "mean", "variance"] as const) await expectClose(found[part], wanted[part], tolerance);
      const [own, composed] = [fusedBatchNormTrain, batchNormTrain].map(gradientsOf);
      for (const [i, gradient] of own.entries()) await expectClose(gradient, composed[i], tolerance);
    });
  });

  const groups: [number[], number, "each" | "one" | "none"][] = [
    [[1, 1, 1, 1], 1, "one"],
    [[7, 3, 3, 24], 24, "one"],
    [[2, 33, 31, 3], 3, "each"],
    [[1, 40, 37, 5], 5, "one"],
    [[2, 9, 9, 96], 8, "one"],
    [[3, 70, 41, 6], 2, "each"],
    [[2, 5, 4, 8], 1, "none"],
  ];
  it.each(groups)(
    "normalization of each sample of %j in %d groups equals the composed one, both ways, with and without a leak",
    async (shape, parts, affine) => {
      const [samples, channels] = [shape[0], shape[shape.length - 1]];
      const own = affine === "each" ? [samples, channels] : [channels];
      const [x, scale, offset, dy] = [shape, own, own, shape].map((each, i) => normalTensor(tf, `input ${i}`, each));
      for (const [far, leak] of [
        [0, 1],
        [100, 1],
        [0, 0],
        [0, 0.2],
      ]) {
        // prettier-ignore
        const [found, wanted] = [fusedGroupNorm, groupNorm].map((f) => {
          const of = (a: Tensor, b: Tensor, c: Tensor) =>
            f(tf, a, parts, affine === "none" ? null : { scale: b, offset: c }, 1e-3, leak);
          const given = [tf.add(x, far), scale, offset];
          const y = of(given[0], given[1], given[2]);
          const wrt = affine === "none" ? given.slice(0, 1) : given;
          return [y, ...tf.grads((...each: Tensor[]) => of(each[0], each[1], each[2]))(wrt, dy)];
        });
        for (const [i, tensor] of found.entries()) await expectClose(tensor, wanted[i], far ? 2e-4 : 1e-5);
      }
    },
  );

  it.each([[[1, 1]], [[5, 3]], [[2, 3, 3, 24]], [[33, 512]], [[3, 1000]], [[70, 1]]])(
    "normalization of each row of %j by its mean square equals the composed one, both ways",
    async (shape) => {
      const [x, dy] = ["x", "dy"].map((name) => normalTensor(tf, name, shape));
      const [found, wanted] = [fusedRmsNorm, rmsNorm].map((f) => {
        const of = (each: Tensor) => f(tf, each, 1e-3);
        return [of(x), tf.grad(of)(x, dy)];
      });
      for (const [i, tensor] of found.entries()) await expectClose(tensor, wanted[i], 1e-5);
    },
  );

  it("batch normalization gives the same bits every time", async () => {
    const x = normalTensor(tf, "x", [3, 70, 41, 1]);
    const once = async () => {
      const [y] = runKernels(
        tf,
        "BatchNormTrain",
        { x, gamma: tf.ones([1]), beta: tf.zeros([1]) },
        { epsilon: 1e-5, leak: 0 },
      );
      return y.data();
    };
    expect(await once()).toEqual(await once());
  });

  it.each([[1], [1023], [4, 7, 5, 9], [1025]])("gradients of activations of %j numbers", async (...shape) => {
    const [x, dy] = ["x", "dy"].map((name) => normalTensor(tf, name, shape.flat()));
    const y = tf.tanh(x);
    const s = tf.sigmoid(x);
    const above = tf.cast(tf.greater(x, 0), "float32");
    const slope = tf.add(tf.mul(above, 0.8), 0.2);
    await expectClose(runKernel(tf, "LeakyReluGrad", { x, dy }, { alpha: 0.2 }), tf.mul(dy, slope), 1e-6);
    await expectClose(runKernel(tf, "TanhGrad", { y, dy }), tf.mul(dy, tf.sub(1, tf.square(y))), 1e-6);
    await expectClose(runKernel(tf, "SigmoidGrad", { y: s, dy }), tf.mul(dy, tf.mul(s, tf.sub(1, s))), 1e-6);
  });

  const sums: [number[], number[]][] = [
    [[1], [0]],
    [[5], [0]],
    [[70_001], [0]],
    [[300, 3], [1]],
    [[3, 4, 5], [1]],
    [
      [7, 28, 28, 1],
      [0, 1, 2],
    ],
    [
      [2, 3, 3, 96],
      [0, 1, 2],
    ],
    [
      [5, 4, 4, 24],
      [1, 2],
    ],
    [[2, 700, 33], [1]],
    [[1, 40_000, 3], [1]],
    [[4, 6, 6, 3], [3]],
    [
      [3, 8],
      [0, 1],
    ],
  ];
  it.each(sums)("sums and means of %j over %j", async (shape, axes) => {
    const x = normalTensor(tf, "x", shape);
    const values = await x.data();
    const [y, mean] = [tf.sum(x, axes), tf.mean(x, axes, true)];
    const count = axes.reduce((product, axis) => product * shape[axis], 1);
    const wanted = new Float64Array(x.size / count);
    const sizes = new Float64Array(wanted.length);
    values.forEach((value, i) => {
      let [place, rest, stride] = [0, i, 1];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const at = rest % shape[axis];
        rest = Math.floor(rest / shape[axis]);
        if (axes.includes(axis)) continue;
        place += at * stride;
        stride *= shape[axis];
      }
      wanted[place] += value;
      sizes[place] += Math.abs(value);
    });
    expect(mean.shape).toEqual(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
    const [added, averaged] = await Promise.all([y.data(), mean.data()]);
    wanted.forEach((value, i) => {
      expect(Math.abs(added[i] - value)).toBeLessThan(1e-6 * (1 + sizes[i]));
      expect(Math.abs(averaged[i] - value / count)).toBeLessThan((1e-6 * (1 + sizes[i])) / count);
    });
  });
});

/** Relative to the largest number. */
async function expectClose(found: Tensor, wanted: Tensor, tolerance: number): Promise<void> {
  expect(found.shape).toEqual(wanted.shape);
  const [a, b] = await Promise.all([found.data<"float32">(), wanted.data<"float32">()]);
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  expect(a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0) / scale).toBeLessThan(tolerance);
}
