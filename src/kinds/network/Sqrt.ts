import { unary } from "./unary.ts";

export const Sqrt = unary({
  name: "Sqrt",
  summary: "The square root of each value",
  equation: "y = \\sqrt{x}",
  lesson:
    "Brings squares back to lengths: a mean of squares becomes a root mean square. It wants numbers above 0 and gives NaN below; at 0 itself its slope is infinite, which makes gradients NaN, so a small number is usually added first.",
  fields: {},
  positive: () => true,
  formula: "√x",
  at: Math.sqrt,
  tfjs: ({ tf }, x) => tf.sqrt(x),
  operator: "Sqrt",
  python: (x) => `torch.sqrt(${x})`,
});
