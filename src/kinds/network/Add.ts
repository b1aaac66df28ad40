import { printType, sameType, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const Add = layer({
  name: "Add",
  title: "Add",
  shelf: "Arithmetic",
  summary: "Adds values of one shape",
  equation: "y = \\sum_i x_i",
  lesson:
    "Elementwise sum. A residual block adds what it computed to what it was given, so that gradients find a straight way back.",
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
    tfjs: ({ tf }, _, inputs) => inputs.reduce((sum, input) => tf.add(sum, input)),
    onnx: {
      write: (onnx, _, inputs) => inputs.reduce((sum, input) => onnx.node("Add", [sum, input])),
      operators: ["Add"],
      read: (node) => (node.inputs.includes(null) ? "a constant among its inputs" : { params: {}, inputs: [0, 1] }),
    },
    pytorch: { forward: (_, inputs) => inputs.join(" + ") },
  },
});
