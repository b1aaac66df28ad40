import { expect, it } from "vitest";
import type { Tensor4D } from "../../../src/runtime/tf.ts";
import { conv2d } from "../../../src/runtime/convolution.ts";
import { secondOrderError } from "../finite-differences.ts";
import { describeVariants, relativeError, run, tf, tolerance } from "./backend.ts";
import { cases, groupedCases, label } from "./convolution-cases.ts";
import { build } from "./convolution-operands.ts";

describeVariants("convolutions in groups and dilated", () => {
  it.each([...groupedCases, cases[0], cases[14]].map((c) => [label(c), c] as const))(
    "agree with float64 loops: %s",
    (_, c) => {
      tf.tidy(() => {
        const { x, filter, dy, reference } = build(c);
        const [top, , left] = c.pads;
        const attributes = {
          image: x.shape,
          filter: filter.shape,
          output: dy.shape,
          stride: c.strides,
          before: [top, left],
          dilation: c.dilations ?? [1, 1],
          groups: c.groups ?? 1,
        };
        const y = run("GroupedConv2D", { x, filter }, attributes);
        expect(y.shape).toEqual(dy.shape);
        expect(relativeError(y, reference.y)).toBeLessThan(tolerance);
        const dx = run("GroupedConv2DBackpropInput", { dy, filter }, attributes);
        expect(dx.shape).toEqual(x.shape);
        expect(relativeError(dx, reference.dx)).toBeLessThan(tolerance);
        const dw = run("GroupedConv2DBackpropFilter", { x, dy }, attributes);
        expect(dw.shape).toEqual(filter.shape);
        expect(relativeError(dw, reference.dw)).toBeLessThan(tolerance);
      });
    },
  );

  it.each([groupedCases[0], groupedCases[3], groupedCases[10]].map((c) => [label(c), c] as const))(
    "differentiate twice: %s",
    (_, c) => {
      const { x, filter } = build(c);
      const [top, bottom, left, right] = c.pads;
      const geometry = {
        stride: c.strides,
        padding: [top, left, bottom, right] as const,
        dilation: c.dilations ?? ([1, 1] as const),
        groups: c.groups ?? 1,
      };
      const f = (...[image, weight]: Tensor4D[]) => conv2d(tf, image, weight, geometry);
      expect(secondOrderError(tf, (a, b) => f(a as Tensor4D, b as Tensor4D), [x, filter])).toBeLessThan(2e-3);
    },
  );
});
