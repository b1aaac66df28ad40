import { activation } from "./activation.ts";
import { expBelow } from "./expBelow.ts";

/** Equation 14 of Klambauer et al., 2017, in PyTorch's digits; ONNX has them rounded to float32 as its defaults. */
const scale = 1.0507009873554804934193349852946;
const alpha = 1.6732632423543772848170429916717;

export const SELU = activation({
  name: "SELU",
  summary: "An ELU that brings values to mean 0 and variance 1 by itself",
  equation: "y = \\lambda \\begin{cases} x & x > 0 \\\\ \\alpha (e^x - 1) & \\text{else} \\end{cases}",
  lesson:
    "Its two constants, λ ≈ 1.0507 and α ≈ 1.6733, are chosen so that the values of a deep dense network keep mean 0 and variance 1 without any normalization layer. It pays off in networks of Linear layers; beside a normalization it has no use.",
  fields: {},
  formula: "1.0507·x if x > 0, else 1.7581·(eˣ − 1)",
  at: (x) => scale * (x > 0 ? x : alpha * Math.expm1(x)),
  tfjs: ({ tf, ops }, x) =>
    ops.pointwise(x, { of: "elu", alpha, scale }, () =>
      tf.mul(tf.add(ops.relu(x), tf.mul(expBelow(tf, x), alpha)), scale),
    ),
  operator: "Selu",
  attributes: () => ({ alpha: { float: alpha }, gamma: { float: scale } }),
  python: () => "nn.SELU()",
});
