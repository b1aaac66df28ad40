import { activation } from "./activation.ts";

export const Sigmoid = activation({
  name: "Sigmoid",
  summary: "Squeezes values into 0 … 1, a probability",
  equation: "y = \\frac{1}{1 + e^{-x}}",
  lesson:
    "Turns a score into a probability. A discriminator for BCELoss ends with it; GANLoss and BCEWithLogitsLoss apply it themselves, more exactly, and want the score without it.",
  fields: {},
  range: () => [0, 1],
  formula: "1 / (1 + e⁻ˣ)",
  at: (x) => 1 / (1 + Math.exp(-x)),
  tfjs: ({ ops }, x) => ops.sigmoid(x),
  operator: "Sigmoid",
  python: () => "nn.Sigmoid()",
});
