import { number } from "../../core/kind/fields.ts";
import { exact } from "../../core/kind/display.ts";
import { unary } from "./unary.ts";

const lowest = -3.4028234663852886e38;

export const Clip = unary({
  name: "Clip",
  summary: "Keeps values between two bounds",
  equation: "y = \\min(\\max(x, a), b)",
  lesson:
    "What lies outside the bounds is set to the nearer one, as torch.clamp does. A value outside gets no gradient, so nothing pulls it back: to bound what a generator gives, Tanh or Sigmoid learn better, and Clip serves where numbers must stay finite, such as before Exp.",
  fields: {
    min: number({ default: -1, help: "The lower bound" }),
    max: number({ default: 1, help: "The upper bound, not below min" }),
  },
  judge: ({ min, max }) =>
    min <= max
      ? null
      : {
          misfit: "param-value",
          param: "min",
          facts: { param: "min", found: exact(min), wanted: `at most ${exact(max)}, which is max` },
        },
  formula: "x, but at least min and at most max",
  at: (x, { min, max }) => Math.min(Math.max(x, min), max),
  tfjs: ({ tf, ops }, x, { min, max }) =>
    ops.pointwise(x, { of: "clip", min, max }, () => tf.minimum(tf.maximum(x, min), max)),
  operator: "Clip",
  constants: (onnx, { min, max }) => [onnx.floats("min", min), onnx.floats("max", max)],
  read(node) {
    if (node.inputs[1] || node.inputs[2]) return "bounds that are not constant";
    // attributes before opset 11; a bound that is left out is the end of float32
    return { min: node.number(1) ?? node.float("min", lowest), max: node.number(2) ?? node.float("max", -lowest) };
  },
  python: (x, { min, max }) => `torch.clamp(${x}, ${min}, ${max})`,
  range: ({ min, max }) => [min, max],
  brief: ({ min, max }) => `${exact(min)} … ${exact(max)}`,
});
