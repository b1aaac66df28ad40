import type { Tensor } from "@tensorflow/tfjs";
import { number } from "../../core/kind/fields.ts";
import type { Tf } from "../../runtime/tf.ts";
import { unary } from "./unary.ts";

export const Power = unary({
  name: "Power",
  summary: "Each value to a fixed power",
  equation: "y = x^{p}",
  lesson:
    "With exponent 2 it squares, with −1 it takes the reciprocal, with 0.5 the root. A whole exponent takes any number; one with a fraction wants numbers above 0 and gives NaN below, as in PyTorch.",
  fields: {
    exponent: number({ default: 2, help: "The power that each value is raised to", brief: "value" }),
  },
  positive: ({ exponent }) => !Number.isInteger(exponent),
  formula: "x to the power of exponent",
  at: (x, { exponent }) => x ** exponent,
  tfjs: ({ tf }, x, { exponent }) => power(tf, x, exponent),
  operator: "Pow",
  constants: (onnx, { exponent }) => [onnx.floats("exponent", exponent)],
  read(node) {
    const exponent = node.number(1);
    return exponent === null ? "an exponent that is not one constant" : { exponent };
  },
  python: (x, { exponent }) => `torch.pow(${x}, ${exponent})`,
});

/**
 * Whole powers are products, by squaring: tf.pow's derivative is p·x^(p−1), whose own derivatives at x = 0 become 0·∞ once the
 * exponent has come down to 0.
 */
function power(tf: Tf, x: Tensor, exponent: number): Tensor {
  if (!Number.isInteger(exponent)) return tf.pow(x, exponent);
  if (exponent < 0) return tf.reciprocal(power(tf, x, -exponent));
  if (exponent === 0) return tf.onesLike(x);
  if (exponent === 1) return x.clone();
  const half = power(tf, x, Math.floor(exponent / 2));
  const even = tf.mul(half, half);
  return exponent % 2 === 0 ? even : tf.mul(even, x);
}
