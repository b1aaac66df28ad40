import { pairwise } from "./pairwise.ts";

export const Subtract = pairwise({
  name: "Subtract",
  summary: "The difference of two values of one shape",
  equation: "y = x - z",
  lesson:
    "Elementwise difference. It takes from an image what another path has found in it: noise, a blurred copy, a mean.",
  other: "What is taken away",
  tfjs: ({ tf }, x, other) => tf.sub(x, other),
  operator: "Sub",
  sign: "-",
  formula: "x − z",
  at: (x, z) => x - z,
});
