import { elementwise } from "./elementwise.ts";

export const Multiply = elementwise({
  name: "Multiply",
  summary: "Multiplies values of one shape",
  equation: "y = \\prod_i x_i",
  lesson: "Elementwise product. One path opens and closes another: with a Sigmoid before it, it is a gate or a mask.",
  tfjs: (tf, a, b) => tf.mul(a, b),
  operator: "Mul",
  python: " * ",
  symbol: "·",
  at: (a, b) => a * b,
});
