import { pointwise } from "../../core/kind/arithmetic.ts";
import { number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

/** PyTorch's threshold of 20 is not a field: beyond it log(1 + eˣ) and x are the same float32. */
export const Softplus = layer({
  name: "Softplus",
  title: "Softplus",
  shelf: "Activation",
  summary: "A smooth ReLU that is always positive",
  equation: "y = \\frac{1}{\\beta} \\log(1 + e^{\\beta x})",
  lesson:
    "Makes any number positive, a variance or a rate, and is smooth everywhere. The non-saturating loss of a GAN is the softplus of the negated score. A larger β brings it closer to ReLU.",
  fields: { beta: number({ default: 1, min: 0, open: true, help: "How sharply it bends at 0", brief: "named" }) },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => sizeOf(input),
  arithmetic: ({ beta }, [input]) =>
    pointwise("ln(1 + e^(beta·x)) / beta", { x: -1, beta }, Math.log1p(Math.exp(-beta)) / beta, input),
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf, ops }, { beta }, [x]) => (beta === 1 ? ops.softplus(x) : tf.div(ops.softplus(tf.mul(x, beta)), beta)),
    onnx: {
      write(onnx, { beta }, [x]) {
        if (beta === 1) return onnx.node("Softplus", [x]);
        const factor = onnx.floats("beta", beta);
        return onnx.node("Div", [onnx.node("Softplus", [onnx.node("Mul", [x, factor])]), factor]);
      },
      operators: ["Softplus"],
      read: () => ({ params: {}, inputs: [0] }),
    },
    pytorch: {
      module: ({ beta }) => (beta === 1 ? "nn.Softplus()" : `nn.Softplus(beta=${beta})`),
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
