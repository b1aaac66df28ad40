import { pairwise } from "./pairwise.ts";

export const Divide = pairwise({
  name: "Divide",
  summary: "The quotient of two values of one shape",
  equation: "y = \\frac{x}{z}",
  lesson:
    "Elementwise quotient, for scaling by something that the network computes itself. Where the divisor comes near 0 values and gradients grow without bound: keep it away from there, with a Softplus for instance.",
  other: "The divisor",
  tfjs: ({ tf }, x, other) => tf.div(x, other),
  operator: "Div",
  sign: "/",
  formula: "x / z",
  at: (x, z) => x / z,
});
