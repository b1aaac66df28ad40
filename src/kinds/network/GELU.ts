import type { Tensor } from "@tensorflow/tfjs";
import { pointwise } from "../../core/kind/arithmetic.ts";
import { choice } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer, type OnnxContext, type TfjsContext } from "../lowering.ts";

export const GELU = layer({
  name: "GELU",
  title: "GELU",
  shelf: "Activation",
  summary: "Weights each value by the chance that a normal number is smaller",
  equation: "y = x \\, \\Phi(x) = \\frac{x}{2} \\left(1 + \\operatorname{erf}\\frac{x}{\\sqrt 2}\\right)",
  lesson:
    "A smooth ReLU that dips below 0, down to about −0.17 (Hendrycks and Gimpel, 2016). Transformers are built with it, TransGAN among them. The approximation by tanh is that of the original code of GPT-2 and BERT; choose it where weights from there are used.",
  fields: {
    approximate: choice(["none", "tanh"], { default: "none", help: "Exact, or by the formula with tanh" }),
  },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => 8 * sizeOf(input),
  arithmetic: ({ approximate }, [input]) =>
    approximate === "none"
      ? pointwise("x·Φ(x), and Φ(−1) is 0.1587", { x: -1 }, -0.158655, input)
      : pointwise(
          "x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))",
          { x: -1 },
          -0.5 * (1 - Math.tanh(slope * (1 + cubic))),
          input,
        ),
  brief: ({ approximate }) => (approximate === "none" ? "" : approximate),
  twiceDifferentiable: true,
  lowering: {
    tfjs: (context, { approximate }, [x]) =>
      approximate === "none"
        ? context.ops.pointwise(x, { of: "gelu" }, () => exactly(context, x))
        : context.ops.pointwise(x, { of: "gelu-tanh" }, () => byTanh(context, x)),
    onnx: {
      write(onnx, { approximate }, [x]) {
        if (onnx.opset >= 20) return onnx.node("Gelu", [x], { approximate });
        const gate = approximate === "none" ? writeErf(onnx, x) : writeTanh(onnx, x);
        const half = onnx.node("Mul", [x, onnx.floats("half", 0.5)]);
        return onnx.node("Mul", [half, onnx.node("Add", [gate, onnx.floats("one", 1)])]);
      },
      operators: ["Gelu"],
      read: (node) => ({ params: { approximate: node.text("approximate", "none") }, inputs: [0] }),
    },
    pytorch: {
      module: ({ approximate }) => (approximate === "none" ? "nn.GELU()" : `nn.GELU(approximate="${approximate}")`),
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

const slope = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

const exactly = ({ tf }: TfjsContext, x: Tensor): Tensor =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

const byTanh = ({ tf, ops }: TfjsContext, x: Tensor): Tensor => {
  const cube = tf.mul(tf.mul(x, x), x);
  const inner = tf.mul(tf.add(x, tf.mul(cube, cubic)), slope);
  return tf.mul(tf.mul(x, 0.5), tf.add(ops.tanh(inner), 1));
};

const writeErf = (onnx: OnnxContext, x: string): string =>
  onnx.node("Erf", [onnx.node("Mul", [x, onnx.floats("scale", Math.SQRT1_2)])]);

function writeTanh(onnx: OnnxContext, x: string): string {
  const cube = onnx.node("Mul", [onnx.node("Mul", [x, x]), x]);
  const bent = onnx.node("Add", [x, onnx.node("Mul", [cube, onnx.floats("cubic", cubic)])]);
  return onnx.node("Tanh", [onnx.node("Mul", [bent, onnx.floats("scale", slope)])]);
}
