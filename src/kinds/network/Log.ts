import { unary } from "./unary.ts";

export const Log = unary({
  name: "Log",
  summary: "The natural logarithm of each value",
  equation: "y = \\ln x",
  lesson:
    "Turns ratios into differences: spectrograms and probabilities are often easier to learn as logarithms. It wants numbers above 0, gives −∞ at 0 and NaN below; add a small number or put Softplus, Exp or Clip before it where that may happen.",
  fields: {},
  positive: () => true,
  formula: "ln x",
  at: Math.log,
  tfjs: ({ tf }, x) => tf.log(x),
  operator: "Log",
  python: (x) => `torch.log(${x})`,
});
