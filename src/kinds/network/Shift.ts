import { firstAxis, line, pointwise } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
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
  weights: (_, [input]) => [{ name: "bias", shape: [input.shape[0]], trainable: true, init: always(constant(0)) }],
  flops: (_, [input]) => sizeOf(input),
  arithmetic: (_, [input]) => [
    ...pointwise("x + θ, with θ = 0 at the start", { x: 1, θ: 0 }, 1, input),
    line("parameters", firstAxis(input), grouped(input.shape[0]), grouped(input.shape[0])),
  ],
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, _, [x], { bias }) => tf.add(x, bias),
    onnx: {
      write(onnx, _, [x]) {
        const { type, shape } = onnx.inputs[0];
        return onnx.node("Add", [x, onnx.weight("bias", { dims: type === "image" ? [shape[0], 1, 1] : [shape[0]] })]);
      },
      operators: ["Add"],
      read(node) {
        const position = node.inputs[0] ? 0 : 1;
        const [input, bias] = [node.inputs[position], node.constant(1 - position)];
        if (!bias || !input) return "no constant to add";
        const channels = input.shape[0];
        const dims = input.type === "image" ? [channels, 1, 1] : [channels];
        if (![String(dims), String([1, ...dims])].includes(String(bias.dims)))
          return "a constant that is not one value a channel or feature";
        return { params: {}, inputs: [position], weights: { bias: { shape: [input.shape[0]], data: bias.data } } };
      },
    },
    pytorch: {
      definition: `class Shift(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return x + self.bias.reshape(-1, *[1] * (x.dim() - 2))
`,
      module: (_, [{ shape }]) => `Shift(${shape[0]})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
