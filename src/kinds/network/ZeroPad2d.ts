import { layer } from "../lowering.ts";
import { ofOnnx, ofTensor, padded, padding, paddingArithmetic, pythonSides, readSides } from "./padding.ts";

export const ZeroPad2d = layer({
  name: "ZeroPad2d",
  title: "ZeroPad2d",
  shelf: "Shape",
  summary: "Puts zeros around an image",
  equation: "[C, H, W] \\to [C, H + t + b, W + l + r]",
  lesson:
    "Each side gets its own number of zeros, which the padding of a convolution cannot do: it is the same on opposite sides. PatchGAN's variants with even kernels keep their sizes with it.",
  fields: { padding },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "The image with its border" }],
  infer: (params, [input]) => [padded(params.padding, input)],
  arithmetic: (params, [input]) => paddingArithmetic(params.padding, input),
  brief: (params) => pythonSides(params.padding),
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, params, [x]) => tf.pad(x, ofTensor(params.padding)),
    onnx: {
      write: (onnx, params, [x]) =>
        onnx.node("Pad", [x, onnx.ints("pads", ofOnnx(params.padding))], { mode: "constant" }),
      operators: ["Pad"],
      read(node) {
        if (node.text("mode", "constant") !== "constant") return `mode ${node.text("mode", "constant")}`;
        if (node.inputs[2] || (node.number(2) ?? 0) !== 0) return "a padding value other than 0";
        const sides = readSides(node);
        return typeof sides === "string" ? sides : { params: { padding: sides }, inputs: [0] };
      },
    },
    pytorch: {
      module: (params) => `nn.ZeroPad2d(${pythonSides(params.padding)})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
