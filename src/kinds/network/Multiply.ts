import { printType, sameType, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const Multiply = layer({
  name: "Multiply",
  title: "Multiply",
  shelf: "Arithmetic",
  summary: "Multiplies values of one shape",
  equation: "y = \\prod_i x_i",
  lesson: "Elementwise product. One path opens and closes another: with a Sigmoid before it, it is a gate or a mask.",
  fields: {},
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], variadic: { least: 2 }, help: "Values of one shape" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, inputs) =>
    inputs.every((input) => sameType(input, inputs[0]))
      ? [inputs[0]]
      : { misfit: "shapes-differ", facts: { shapes: inputs.map(printType) } },
  flops: (_, inputs) => (inputs.length - 1) * sizeOf(inputs[0]),
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, _, inputs) => inputs.reduce((product, input) => tf.mul(product, input)),
    onnx: {
      write: (onnx, _, inputs) => inputs.reduce((product, input) => onnx.node("Mul", [product, input])),
      operators: ["Mul"],
      read: (node) => (node.inputs.includes(null) ? "a constant among its inputs" : { params: {}, inputs: [0, 1] }),
    },
    pytorch: { forward: (_, inputs) => inputs.join(" * ") },
  },
});
