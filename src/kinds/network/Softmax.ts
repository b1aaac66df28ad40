import { example, firstAxis, line, sameShape } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { sizeOf, type PortType } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { axisOf } from "./axis.ts";

/** PyTorch's dim is not a field: features of a vector, channels of an image, the embedding of tokens. */
export const Softmax = layer({
  name: "Softmax",
  title: "Softmax",
  shelf: "Activation",
  summary: "Turns scores into shares that sum to 1",
  equation: "y_i = \\frac{e^{x_i}}{\\sum_j e^{x_j}}",
  lesson:
    "Each score becomes a positive share, the larger the score the more, and all shares sum to 1: the features of a vector, the channels at each pixel of an image, the embedding of each token. A generator of classes or words ends with it, and so does attention.",
  fields: {},
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Scores" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "Shares, in the same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => 3 * sizeOf(input),
  arithmetic: (_, [input]) => [
    example("y", "eˣ / Σ eˣ, where x stands alone", { x: -1 }, 1),
    example("y of the first of two", "eᵃ / (eᵃ + eᵇ)", { a: 0, b: 1 }, 1 / (1 + Math.E)),
    line("shares that sum to 1", axisName(input), grouped(shares(input)), grouped(shares(input))),
    sameShape(input),
  ],
  range: () => [0, 1],
  twiceDifferentiable: true,
  lowering: {
    // the last axis of every one of them, images being NHWC
    tfjs: ({ ops }, _, [x]) => ops.softmax(x),
    onnx: {
      write: (onnx, _, [x]) => onnx.node("Softmax", [x], { axis: dimOf(onnx.inputs[0]) }),
      operators: ["Softmax"],
      read(node) {
        const [input] = node.inputs;
        return input && axisOf(node, -1) === dimOf(input)
          ? { params: {}, inputs: [0] }
          : "an axis other than that of features, channels or the embedding";
      },
    },
    pytorch: {
      module: (_, [input]) => `nn.Softmax(${dimOf(input)})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** Counted from the batch's 0. */
const dimOf = ({ type }: PortType): number => (type === "embedded" ? 2 : 1);
const shares = (input: PortType): number => input.shape[dimOf(input) - 1];
const axisName = (input: PortType): string => (input.type === "embedded" ? "E" : firstAxis(input));
