import type { Tensor4D } from "@tensorflow/tfjs";
import { layer } from "../lowering.ts";
import { borderTaps, ofOnnx, ofTensor, padded, padding, paddingArithmetic, pythonSides, readSides } from "./padding.ts";

export const ReflectionPad2d = layer({
  name: "ReflectionPad2d",
  title: "ReflectionPad2d",
  shelf: "Shape",
  summary: "Continues an image beyond its border as in a mirror",
  equation: "y_{-i} = x_i, \\quad y_{H-1+i} = x_{H-1-i}",
  lesson:
    "The pixels beyond the border repeat those before it, the border pixel itself not. A convolution then sees no edge of zeros, which generators of translated images would otherwise paint as a frame: CycleGAN's begins and ends with it.",
  fields: { padding },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W], larger than the padding" }],
  outputs: [{ name: "out", types: ["image"], help: "The image with its border" }],
  infer(params, [input]) {
    const [, height, width] = input.shape;
    const [left, right, top, bottom] = params.padding;
    if (Math.max(left, right) < width && Math.max(top, bottom) < height) return [padded(params.padding, input)];
    return {
      misfit: "param-value",
      param: "padding",
      facts: {
        param: "padding",
        found: `[${params.padding.join(", ")}]`,
        wanted: `smaller than the image: left and right below ${width}, top and bottom below ${height}`,
      },
    };
  },
  arithmetic: (params, [input]) => paddingArithmetic(params.padding, input),
  brief: (params) => pythonSides(params.padding),
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops, inputs: [input] }, { padding }, [x]) {
      const mirrored = (place: number, size: number) => size - 1 - Math.abs(size - 1 - Math.abs(place));
      const [tall, wide] = borderTaps(padding, input, mirrored);
      return ops.separable(x as Tensor4D, tall, wide, () => tf.mirrorPad(x as Tensor4D, ofTensor(padding), "reflect"));
    },
    onnx: {
      write: (onnx, params, [x]) =>
        onnx.node("Pad", [x, onnx.ints("pads", ofOnnx(params.padding))], { mode: "reflect" }),
      operators: ["Pad"],
      read(node) {
        if (node.text("mode", "constant") !== "reflect") return `mode ${node.text("mode", "constant")}`;
        const sides = readSides(node);
        return typeof sides === "string" ? sides : { params: { padding: sides }, inputs: [0] };
      },
    },
    pytorch: {
      module: (params) => `nn.ReflectionPad2d(${pythonSides(params.padding)})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
