import { unary } from "./unary.ts";

export const Exp = unary({
  name: "Exp",
  summary: "e to the power of each value",
  equation: "y = e^x",
  lesson:
    "Turns any number into a positive one, sums into products. A network that gives the logarithm of a variance or of a scale ends with it (variational autoencoders, coupling layers); above 88 the result is infinite in float32, so such a logarithm is best kept small, by Tanh or Clip.",
  fields: {},
  formula: "eˣ",
  at: Math.exp,
  tfjs: ({ tf }, x) => tf.exp(x),
  operator: "Exp",
  python: (x) => `torch.exp(${x})`,
});
