// Means of functions of each value on WebGPU, against double precision.

import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { fusedMean, type MeanTerm } from "../../../src/runtime/mean-terms.ts";
import { normalTensor } from "../finite-differences.ts";
import { driver, openWebGPU, tf } from "./software-webgpu.ts";

type Of = MeanTerm["of"];
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logarithm = (p: number) => Math.max(Math.log(p), -100);

const functions: Record<Of, { value(x: number, t: number): number; slope(x: number, t: number): number }> = {
  value: { value: (x) => x, slope: () => 1 },
  logits: {
    value: (x, t) => t * softplus(-x) + (1 - t) * softplus(x),
    slope: (x, t) => (1 - t) * sigmoid(x) - t * sigmoid(-x),
  },
  probability: {
    value: (x, t) => -t * logarithm(x) - (1 - t) * logarithm(1 - x),
    slope: (x, t) => (x - t) / Math.max(x * (1 - x), 1e-12),
  },
  square: { value: (x, t) => (x - t) ** 2, slope: (x, t) => 2 * (x - t) },
  distance: { value: (x, t) => Math.abs(x - t), slope: (x, t) => Math.sign(x - t) },
  hinge: { value: (x, t) => Math.max(0, 1 - t * x), slope: (x, t) => (t * x < 1 ? -t : 0) },
};

describe.runIf(driver)("the mean over all values on WebGPU", () => {
  beforeAll(openWebGPU);

  const unfused = () => {
    throw new Error("not fused");
  };
  async function check(of: Of, t: number, x: Tensor): Promise<void> {
    const values = await x.data<"float32">();
    const scale = 3;
    const { value, grad } = tf.valueAndGrad((each: Tensor) => tf.mul(fusedMean(tf, each, { of, t }, unfused), scale))(
      x,
    );
    const [[mean], slopes] = await Promise.all([value.data(), grad.data()]);
    const { value: f, slope } = functions[of];
    const wanted = values.reduce((sum, each) => sum + f(each, t), 0) / values.length;
    const sizes = values.reduce((sum, each) => sum + Math.abs(f(each, t)), 0) / values.length;
    expect(Math.abs(mean / scale - wanted)).toBeLessThan(1e-6 * sizes + 1e-12);
    // between 0 and 1 a slope may be the difference of numbers near 1
    const least = Number.isInteger(t) ? 1e-12 : (2e-6 * scale) / values.length;
    slopes.forEach((found, i) => {
      const exact = (scale * slope(values[i], t)) / values.length;
      expect(Math.abs(found - exact)).toBeLessThan(2e-6 * Math.abs(exact) + least);
    });
  }

  const cases = (Object.keys(functions) as Of[]).flatMap((of) =>
    (of === "hinge" ? [1, -1] : [0, 0.9, 1]).map((t) => ({ of, t })),
  );
  it.each(cases)("of $of against $t, and its gradient", async ({ of, t }) => {
    for (const shape of [[1], [7, 3], [3, 5, 9, 2], [40_000]]) {
      const normal = tf.mul(normalTensor(tf, `${of} ${shape.join()}`, shape), 3);
      await check(of, t, of === "probability" ? tf.sigmoid(normal) : normal);
    }
  });

  it("keeps logits' digits far from 0, and is finite at probabilities of 0 and 1", async () => {
    for (const t of [0, 0.5, 1]) await check("logits", t, tf.tensor1d([-60, -20, -5, 0, 5, 20, 60]));
    await check("logits", 1, tf.tensor1d([30]));
    await check("probability", 1, tf.tensor1d([0]));
    await check("probability", 0, tf.tensor1d([1]));
  });
});
