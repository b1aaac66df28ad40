import { beforeAll, expect, it } from "vitest";
import { createOps, type Ops } from "../../../src/runtime/ops.ts";
import type { PointwiseFunction } from "../../../src/runtime/pointwise.ts";
import type { Tensor, Tensor4D } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, tf } from "./backend.ts";
import { expectSame, images } from "./fused-and-composed.ts";

describeVariants("functions of each value", () => {
  let [fused, composed]: Ops[] = [];
  beforeAll(() => {
    [fused, composed] = [false, true].map((secondOrder) => createOps(tf, { secondOrder }));
  });

  const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  it.each([
    ["exp", Math.exp],
    ["tanh", Math.tanh],
    ["softplus", softplus],
  ] as const)("%s is right to 3e-7 of each value, from tiny ones to 80", (name, f) => {
    const x = Float32Array.from({ length: 4003 }, (_, i) => (i % 2 ? 1 : -1) * 10 ** (-7 + (8.9 * i) / 4003));
    const y = tf.tidy(() => tf[name](tf.tensor1d(x)).dataSync());
    const worst = Math.max(...x.map((value, i) => Math.abs(y[i] - f(value)) / Math.abs(f(value))));
    expect(worst).toBeLessThan(3e-7);
  });

  it("keep to the ends of float32", () => {
    const of = (name: "exp" | "tanh" | "softplus" | "erf") =>
      tf.tidy(() => [...tf[name](tf.tensor1d([NaN, Infinity, -Infinity, 0, 89, -110])).dataSync()]);
    expect(of("exp")).toEqual([NaN, Infinity, 0, 1, Infinity, 0]);
    expect(of("tanh")).toEqual([NaN, 1, -1, 0, 1, -1]);
    expect(of("erf")).toEqual([NaN, 1, -1, 0, 1, -1]);
    expect(of("softplus")).toEqual([NaN, Infinity, 0, Math.fround(Math.LN2), 89, 0]);
  });

  it("erf equals the series of Abramowitz and Stegun, 7.1.6", () => {
    const x = Float32Array.from({ length: 301 }, (_, i) => (i - 150) / 50);
    const erf = (value: number) => {
      let [sum, term] = [value, value];
      for (let n = 1; n < 100; n++) sum += term *= (2 * value * value) / (2 * n + 1);
      return (2 / Math.sqrt(Math.PI)) * Math.exp(-value * value) * sum;
    };
    const y = tf.tidy(() => tf.erf(tf.tensor1d(x)));
    expect(relativeError(y, Array.from(x, erf))).toBeLessThan(3e-7);
    y.dispose();
  });

  const written: [PointwiseFunction, (x: Tensor) => Tensor][] = [
    [{ of: "elu", alpha: 0.7, scale: 1.3 }, (x) => tf.mul(tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), 0.7)), 1.3)], // prettier-ignore
    [{ of: "silu" }, (x) => tf.mul(x, tf.sigmoid(x))],
    [{ of: "gelu" }, (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))],
    [{ of: "gelu-tanh" }, (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))), 1))], // prettier-ignore
    [{ of: "clip", min: -0.5, max: 1 }, (x) => tf.minimum(tf.maximum(x, -0.5), 1)],
  ];
  for (const shape of images)
    it.each(written.map(([f, form]) => [f.of, f, form] as const))(
      `[${shape}]: %s equals the composed one`,
      (_, f, form) => {
        expectSame((x) => fused.pointwise(x, f, unreached), form, [tf.mul(normal([...shape], 1), 2)]);
      },
    );

  for (const shape of images)
    it(`[${shape}]: PReLU, softmax and PixelShuffle equal the composed ones`, () => {
      const [x, C] = [normal([...shape], 1), shape[3]];
      for (const slopes of C === 1 ? [1] : [1, C])
        expectSame(fused.prelu, composed.prelu, [x, tf.mul(normal([slopes], 2), 0.3)]);
      if (C > 1) expectSame(fused.softmax, composed.softmax, [x]);
      const r = 2;
      const wide = normal([shape[0], shape[1], shape[2], C * r * r], 3);
      const six = (x: Tensor) => {
        const [N, H, W] = x.shape;
        const planes = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [N * C, r, r, H * W]);
        const rows = tf.reshape(tf.transpose(planes, [0, 3, 1, 2]), [N * C * H, W, r, r]);
        return tf.transpose(tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [N, C, H * r, W * r]), [0, 2, 3, 1]);
      };
      expectSame((x) => fused.pixelShuffle(x as Tensor4D, r), six, [wide]);
    });
});

const unreached = (): Tensor => {
  throw new Error("the kernel covers this");
};
