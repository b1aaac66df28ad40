import { number } from "../../core/kind/fields.ts";
import { activation } from "./activation.ts";
import { expBelow } from "./expBelow.ts";

export const ELU = activation({
  name: "ELU",
  summary: "Like ReLU, but negative values level off smoothly",
  equation: "y = \\begin{cases} x & x > 0 \\\\ \\alpha (e^x - 1) & \\text{else} \\end{cases}",
  lesson:
    "Negative values come out between −α and 0, so that the mean of a layer's values stays near 0 and a gradient passes everywhere (Clevert et al., 2015). With α = 1 it has no kink.",
  fields: {
    alpha: number({ default: 1, min: 0, help: "What very negative values come to, with a minus", brief: "value" }),
  },
  formula: "x if x > 0, else alpha·(eˣ − 1)",
  at: (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)),
  tfjs: ({ tf, ops }, x, { alpha }) =>
    ops.pointwise(x, { of: "elu", alpha, scale: 1 }, () => tf.add(ops.relu(x), tf.mul(expBelow(tf, x), alpha))),
  operator: "Elu",
  attributes: ({ alpha }) => ({ alpha: { float: alpha } }),
  read: (node) => ({ alpha: node.float("alpha", 1) }),
  python: ({ alpha }) => (alpha === 1 ? "nn.ELU()" : `nn.ELU(${alpha})`),
});
