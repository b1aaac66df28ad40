import { elementwise } from "./elementwise.ts";

export const Add = elementwise({
  name: "Add",
  summary: "Adds values of one shape",
  equation: "y = \\sum_i x_i",
  lesson:
    "Elementwise sum. A residual block adds what it computed to what it was given, so that gradients find a straight way back.",
  tfjs: (tf, a, b) => tf.add(a, b),
  operator: "Add",
  python: " + ",
  symbol: " + ",
  at: (a, b) => a + b,
});
