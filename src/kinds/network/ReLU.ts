import { activation } from "./activation.ts";

export const ReLU = activation({
  name: "ReLU",
  summary: "Lets positive values through, the rest becomes 0",
  equation: "y = \\max(0, x)",
  lesson:
    "The plainest nonlinearity, and the one in DCGAN's generator. Where its input is negative no gradient passes, which is why discriminators prefer LeakyReLU.",
  fields: {},
  formula: "x if x > 0, else 0",
  at: (x) => Math.max(0, x),
  tfjs: ({ ops }, x) => ops.relu(x),
  leak: () => 0,
  operator: "Relu",
  python: () => "nn.ReLU()",
});
