import { beforeAll, expect, it } from "vitest";
import { createOps, type Ops } from "../../../src/runtime/ops.ts";
import type { Tensor } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, run, tf } from "./backend.ts";
import { expectSame, images } from "./fused-and-composed.ts";

const epsilon = 1e-5;

describeVariants("normalizations of each sample", () => {
  let [fused, composed]: Ops[] = [];
  beforeAll(() => {
    [fused, composed] = [false, true].map((secondOrder) => createOps(tf, { secondOrder }));
  });
  /** With a mean far from 0, which shows cancellation. */
  const imageOf = (shape: number[], seed: number) => tf.add(tf.mul(normal(shape, seed), 2), 3);

  for (const shape of images)
    for (const seed of [1, 2]) {
      const [batch, height, width, channels] = shape;
      const alone = height * width === 1; // a single value's gradient is 0 and the composed form's is rounding
      const parts = [1, 2, 3, channels].filter(
        (groups, i, all) => channels % groups === 0 && all.indexOf(groups) === i && !(alone && groups === channels),
      );
      it.each(parts)(`groupNorm of [${shape}], seed ${seed}, in %i groups equals the composed one`, (groups) => {
        const form = (ops: Ops) => (x: Tensor, scale: Tensor, offset: Tensor) =>
          ops.groupNorm(x, groups, { scale, offset }, epsilon);
        const inputs = [imageOf(shape, seed), normal([channels], 3), normal([channels], 4)];
        expectSame(form(fused), form(composed), inputs);
        const plain = (ops: Ops) => (x: Tensor) => ops.groupNorm(x, groups, null, epsilon);
        expectSame(plain(fused), plain(composed), [inputs[0]]);
        for (const leak of [0, 0.2]) {
          const bent = (ops: Ops) => (x: Tensor, scale: Tensor, offset: Tensor) =>
            ops.groupNorm(x, groups, { scale, offset }, epsilon, leak);
          expectSame(bent(fused), bent(composed), inputs);
        }
      });

      if (!alone)
        it(`groupNorm of [${shape}], seed ${seed}, takes a scale and an offset of each sample`, () => {
          const form = (ops: Ops) => (x: Tensor, scale: Tensor, offset: Tensor) =>
            ops.groupNorm(x, channels, { scale, offset }, epsilon);
          expectSame(form(fused), form(composed), [
            imageOf(shape, seed),
            normal([batch, channels], 3),
            normal([batch, channels], 4),
          ]);
        });

      it(`layerNorm of [${shape}], seed ${seed}, equals the composed one`, () => {
        const form = (ops: Ops) => (x: Tensor, scale: Tensor, offset: Tensor) =>
          ops.layerNorm(x, { scale, offset }, epsilon);
        const size = shape.slice(1);
        expectSame(form(fused), form(composed), [imageOf(shape, seed), normal(size, 3), normal(size, 4)]);
        const plain = (ops: Ops) => (x: Tensor) => ops.layerNorm(x, null, epsilon);
        expectSame(plain(fused), plain(composed), [imageOf(shape, seed)]);
      });

      if (channels > 1)
        it(`rmsNorm of [${shape}], seed ${seed}, equals the composed one`, () => {
          const form = (ops: Ops) => (x: Tensor) => ops.rmsNorm(x, 1e-8);
          expectSame(form(fused), form(composed), [imageOf(shape, seed)]);
        });
    }

  it("gives no gradient to a value that is its own mean", () => {
    tf.tidy(() => {
      const [x, ones] = [imageOf([3, 1, 1, 5], 1), tf.ones([5])];
      const norm = (x: Tensor) => fused.groupNorm(x, 5, { scale: ones, offset: ones }, epsilon);
      expect(Math.max(...tf.abs(tf.grad(norm)(x, normal([3, 1, 1, 5], 2))).dataSync())).toBe(0);
    });
  });

  it("is one kernel each way", () => {
    tf.tidy(() => {
      const [x, gamma, beta, dy] = [imageOf([2, 4, 4, 6], 1), normal([6], 2), normal([6], 3), normal([2, 4, 4, 6], 4)];
      const [y, mean, rstd] = run<Tensor[]>("GroupNorm", { x, gamma, beta }, { groups: 2, epsilon, leak: 1 });
      expect([y.shape, mean.shape, rstd.shape]).toEqual([x.shape, [2, 6], [2, 6]]);
      const [dx] = run<Tensor[]>("GroupNormGrad", { x, dy, gamma, beta, mean, rstd }, { groups: 2, leak: 1 });
      const norm = (x: Tensor) => composed.groupNorm(x, 2, { scale: gamma, offset: beta }, epsilon);
      expect(relativeError(dx, tf.grad(norm)(x, dy).dataSync())).toBeLessThan(1e-5);
    });
  });
});
