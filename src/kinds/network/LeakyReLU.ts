import { number } from "../../core/kind/fields.ts";
import { activation } from "./activation.ts";

export const LeakyReLU = activation({
  name: "LeakyReLU",
  summary: "Like ReLU, but negative values pass weakly",
  equation: "y = \\begin{cases} x & x > 0 \\\\ \\alpha x & \\text{else} \\end{cases}",
  lesson:
    "Gradients pass everywhere, also where the input is negative: the generator learns from all that the discriminator sees. DCGAN's discriminator uses a slope of 0.2; PyTorch's default is 0.01.",
  fields: {
    negative_slope: number({ default: 0.01, min: 0, max: 1, help: "The factor of negative values", brief: "value" }),
  },
  formula: "x if x > 0, else negative_slope·x",
  at: (x, { negative_slope }) => (x > 0 ? x : negative_slope * x),
  tfjs: ({ ops }, x, { negative_slope }) => ops.leakyRelu(x, negative_slope),
  leak: ({ negative_slope }) => negative_slope,
  operator: "LeakyRelu",
  attributes: ({ negative_slope }) => ({ alpha: { float: negative_slope } }),
  read: (node) => ({ negative_slope: node.float("alpha", 0.01) }),
  python: ({ negative_slope }) => `nn.LeakyReLU(${negative_slope})`,
});
