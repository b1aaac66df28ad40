import { expect, it } from "vitest";
import { fusedMean, type MeanTerm } from "../../../src/runtime/mean-terms.ts";
import { fusedMoveStatistics, moveStatistics } from "../../../src/runtime/normalization.ts";
import type { Scalar, Tensor, Tensor1D } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, tf } from "./backend.ts";

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
const cases = (Object.keys(functions) as Of[]).flatMap((of) =>
  (of === "hinge" ? [1, -1] : [0, 0.9, 1]).map((t) => ({ of, t })),
);

describeVariants("means of a function of each value", () => {
  it.each(cases)("of $of against $t equal double precision, gradients too", ({ of, t }) => {
    for (const [seed, shape] of [[1], [7, 3], [3, 5, 9, 2], [40_001]].entries())
      tf.tidy(() => {
        const spread = tf.mul(normal(shape, seed + 1), 3);
        const x = of === "probability" ? tf.sigmoid(spread) : spread;
        const values = x.dataSync();
        const f = (x: Tensor) => tf.mul<Scalar>(fusedMean(tf, x, { of, t }, unreached), 3);
        const { value, grad } = tf.valueAndGrad(f)(x);
        const all = Array.from(values, (each) => functions[of].value(each, t));
        const size = all.reduce((sum, each) => sum + Math.abs(each), 0) / all.length;
        const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
        expect(Math.abs(value.dataSync()[0] / 3 - mean)).toBeLessThan(2e-6 * size + 1e-12);
        // between 0 and 1 a slope may be the difference of numbers near 1
        const least = Number.isInteger(t) ? 1e-12 : 6e-6 / values.length;
        const beyond = [...grad.dataSync()].filter((slope, i) => {
          const exact = (3 * functions[of].slope(values[i], t)) / values.length;
          return !(Math.abs(slope - exact) < 2e-6 * Math.abs(exact) + least);
        });
        expect(beyond).toEqual([]);
      });
  });

  it("are finite far from 0", () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-200, -90, 90, 200]);
      for (const [t, mean] of [
        [1, 290 / 4],
        [0, 290 / 4],
      ])
        expect(fusedMean(tf, x, { of: "logits", t }, unreached).dataSync()[0]).toBeCloseTo(mean, 4);
      const ends = tf.tensor1d([0, 1]);
      expect(fusedMean(tf, ends, { of: "probability", t: 1 }, unreached).dataSync()[0]).toBe(50);
    });
  });

  it("running statistics move as the composed ones do, to the bit", () => {
    for (const C of [1, 3, 24])
      tf.tidy(() => {
        const [mean, variance] = [normal([C], 1), tf.abs(normal([C], 2))] as Tensor1D[];
        const [now, spread] = [normal([C], 3), tf.abs(normal([C], 4))] as Tensor1D[];
        const batch = { y: now, mean: now, variance: spread, count: 7 };
        const fused = fusedMoveStatistics(tf, { mean, variance }, batch, 0.1);
        const composed = moveStatistics(tf, { mean, variance }, batch, 0.1);
        expect(fused.mean.dataSync()).toEqual(composed.mean.dataSync());
        expect(fused.variance.dataSync()).toEqual(composed.variance.dataSync());
      });
  });
});

const unreached = (): Scalar => {
  throw new Error("the kernel covers this");
};
