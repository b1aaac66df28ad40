import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

export const Shift = layer({
  name: "Shift",
  title: "Shift",
  shelf: "Arithmetic",
  summary: "Adds a learned offset to each feature or channel",
  equation: "y = x + \\theta",
  lesson:
    "The smallest generator there is: noise moved by a learned θ. Against logistic regression it shows in one dimension how the two players push each other.",
  fields: {},
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  weights: (_, [{ shape: [channels] }]) => [{ name: "bias", shape: [channels], trainable: true, init: always(constant(0)) }], // prettier-ignore
  flops: (_, [input]) => sizeOf(input),
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, _, [x], { bias }) => tf.add(x, bias),
    onnx: {
      write(onnx, _, [x]) {
        const { type, shape } = onnx.inputs[0];
        return onnx.node("Add", [x, onnx.weight("bias", type === "image" ? [shape[0], 1, 1] : [shape[0]])]);
      },
      operators: ["Add"],
      read(node) {
        const bias = node.constant(1);
        const input = node.inputs[0];
        if (!bias || !input) return "no constant to add";
        const dims = input.type === "image" ? [input.shape[0], 1, 1] : [input.shape[0]];
        if (String(bias.dims) !== String(dims)) return "a constant that is not one value a channel";
        return { params: {}, inputs: [0], weights: { bias: { shape: [input.shape[0]], data: bias.data } } };
      },
    },
    pytorch: {
      module: (_, [{ shape }]) => `Shift(${shape[0]})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
