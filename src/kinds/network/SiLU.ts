import { pointwise } from "../../core/kind/arithmetic.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const SiLU = layer({
  name: "SiLU",
  title: "SiLU",
  shelf: "Activation",
  summary: "A smooth ReLU that dips below 0",
  equation: "y = x \\, \\sigma(x)",
  lesson:
    "Also called swish: each value gates itself. It follows ReLU far from 0, is smooth in between and lets small negative values through, down to about −0.28. Diffusion models and many newer networks use it in place of ReLU.",
  fields: {},
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => 2 * sizeOf(input),
  arithmetic: (_, [input]) => pointwise("x / (1 + e⁻ˣ)", { x: -1 }, -1 / (1 + Math.E), input),
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf, ops }, _, [x]) => ops.pointwise(x, { of: "silu" }, () => tf.mul(x, ops.sigmoid(x))),
    onnx: {
      write: (onnx, _, [x]) => onnx.node("Mul", [x, onnx.node("Sigmoid", [x])]),
    },
    pytorch: { module: () => "nn.SiLU()", forward: (self, [x]) => `${self}(${x})` },
  },
});
