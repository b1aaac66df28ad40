import { expect, it } from "vitest";
import type { Tensor4D } from "../../../src/runtime/tf.ts";
import { cases, label } from "./convolution-cases.ts";
import { build } from "./convolution-operands.ts";
import { describeVariants, relativeError, run, tf, tolerance } from "./backend.ts";

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
