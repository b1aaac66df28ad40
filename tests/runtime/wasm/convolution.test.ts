import { expect, it } from "vitest";
import type { Tensor4D } from "../../../src/runtime/tf.ts";
import { cases, label, outputSize, type Case } from "./convolution-cases.ts";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

describeVariants("convolution kernels", () => {
  it.each(cases.map((c) => [label(c), c] as const))("agree with float64 loops: %s", (_, c) => {
    tf.tidy(() => {
      const { x, filter, dy, attributes, reference } = build(c);
      const y = run("Conv2D", { x, filter }, attributes);
      expect(y.shape).toEqual(dy.shape);
      expect(relativeError(y, reference.y)).toBeLessThan(tolerance);
      if (c.dilations) return; // tfjs differentiates no dilated convolution
      const dx = run("Conv2DBackpropInput", { dy, filter }, { ...attributes, inputShape: x.shape });
      expect(dx.shape).toEqual(x.shape);
      expect(relativeError(dx, reference.dx)).toBeLessThan(tolerance);
      const dw = run("Conv2DBackpropFilter", { x, dy }, { ...attributes, filterShape: filter.shape });
      expect(dw.shape).toEqual(filter.shape);
      expect(relativeError(dw, reference.dw)).toBeLessThan(tolerance);
    });
  });

  it("differentiates NCHW as it does NHWC", () => {
    tf.tidy(() => {
      const c = cases[4];
      const { x, filter, dy, attributes, reference } = build(c);
      const first = (t: Tensor4D) => tf.transpose(t, [0, 3, 1, 2]);
      const pad = [0, 3, 1, 2].map((axis) => attributes.pad[axis]);
      const nchw = { ...attributes, pad, dataFormat: "NCHW" };
      const before = tf.memory().numTensors;
      const inputs = { x: first(x), dy: first(dy) };
      const dw = run("Conv2DBackpropFilter", inputs, { ...nchw, filterShape: filter.shape });
      expect(tf.memory().numTensors - before).toBe(3);
      expect(relativeError(dw, reference.dw)).toBeLessThan(tolerance);
      const dx = run<Tensor4D>(
        "Conv2DBackpropInput",
        { dy: first(dy), filter },
        { ...nchw, inputShape: first(x).shape },
      );
      expect(relativeError(tf.transpose(dx, [0, 2, 3, 1]), reference.dx)).toBeLessThan(tolerance);
    });
  });
});

/** Random operands, and forward pass and gradients by the definition in double precision. */
function build(c: Case) {
  const { batch: B = 2, image, channels: C, kernel, strides, pads, filters: N, dilations = [1, 1] } = c;
  const [[H, W], [kh, kw], [sh, sw], [top, bottom, left, right]] = [image, kernel, strides, pads];
  const [[dh, dw], [oh, ow]] = [dilations, outputSize(c)];
  const x = normal([B, H, W, C], 1) as Tensor4D;
  const filter = normal([kh, kw, C, N], 2) as Tensor4D;
  const dy = normal([B, oh, ow, N], 3) as Tensor4D;
  const [xs, ws, ds] = [x, filter, dy].map((t) => t.dataSync());
  const reference = {
    y: new Float64Array(ds.length),
    dx: new Float64Array(xs.length),
    dw: new Float64Array(ws.length),
  };
  for (let b = 0; b < B; b++)
    for (let p = 0; p < oh; p++)
      for (let q = 0; q < ow; q++)
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++) {
            const [h, w] = [p * sh + i * dh - top, q * sw + j * dw - left];
            if (h < 0 || h >= H || w < 0 || w >= W) continue;
            const [atX, atW, atY] = [((b * H + h) * W + w) * C, (i * kw + j) * C * N, ((b * oh + p) * ow + q) * N];
            for (let c = 0; c < C; c++)
              for (let n = 0; n < N; n++) {
                reference.y[atY + n] += xs[atX + c] * ws[atW + c * N + n];
                reference.dx[atX + c] += ws[atW + c * N + n] * ds[atY + n];
                reference.dw[atW + c * N + n] += xs[atX + c] * ds[atY + n];
              }
          }
  const attributes = {
    strides,
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    dataFormat: "NHWC",
    dilations,
    dimRoundingMode: "floor",
  };
  return { x, filter, dy, attributes, reference };
}
