import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { image } from "../../core/kind/ports.ts";
import { always, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

/** Nothing of `in` enters but the number of its rows, so its gradient is 0. */
export const LearnedConstant = layer({
  name: "LearnedConstant",
  title: "LearnedConstant",
  shelf: "Style",
  summary: "The same learned image for every sample",
  equation: "y_n = c",
  lesson:
    "StyleGAN's synthesis network does not begin with the noise but with one small learned image (4 × 4 pixels, 512 channels in the paper); what makes samples differ comes in later, as styles and noise. What is wired to it tells only how many samples there are.",
  fields: {
    channels: integer({ default: 64, min: 1, max: 65536, help: "Channels of the image", brief: "value" }),
    height: integer({ default: 4, min: 1, max: 1024, help: "Its rows of pixels" }),
    width: integer({ default: 4, min: 1, max: 1024, help: "Its columns of pixels" }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "Anything with a row for each sample: the style, say" }],
  outputs: [{ name: "out", types: ["image"], help: "The image [channels, height, width], for every sample" }],
  infer: ({ channels, height, width }) => [image(channels, height, width)],
  weights: ({ channels, height, width }) => [
    { name: "const", shape: [channels, height, width], trainable: true, init: always(normal(0, 1)), tfjs: [1, 2, 0] },
  ],
  arithmetic: ({ channels, height, width }) => [
    line("parameters", "C·H·W", product(channels, height, width), grouped(channels * height * width)),
  ],
  brief: ({ channels, height, width }) => `${channels}×${height}×${width}`,
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, _, [x], { const: image }) => tf.add(tf.zeros([x.shape[0], 1, 1, 1]), image),
    onnx: {
      /** Zeros [N, 1, 1, 1] made of the input bring the batch to the constant. */
      write(onnx, _, [x]) {
        const { shape } = onnx.inputs[0];
        const nothing = onnx.node("Mul", [x, onnx.floats("zero", 0)], {}, shape);
        const features = shape.reduce((size, extent) => size * extent, 1);
        const flat = onnx.node("Reshape", [nothing, onnx.ints("row", [-1, features, 1, 1])], {}, [features, 1, 1]);
        const zeros = onnx.node("ReduceSum", [flat, onnx.ints("axes", [1])], { keepdims: 1 }, [1, 1, 1]);
        return onnx.node("Add", [zeros, onnx.weight("const")]);
      },
    },
    pytorch: {
      definition: `class LearnedConstant(nn.Module):
    def __init__(self, channels, height, width):
        super().__init__()
        self.const = nn.Parameter(torch.randn(channels, height, width))

    def forward(self, x):
        return self.const.expand(len(x), -1, -1, -1)
`,
      module: ({ channels, height, width }) => `LearnedConstant(${channels}, ${height}, ${width})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
