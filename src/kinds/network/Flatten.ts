import type { Tensor4D } from "@tensorflow/tfjs";
import { sizeLine } from "../../core/kind/arithmetic.ts";
import { sizeOf, vector } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { axisOf } from "./axis.ts";

export const Flatten = layer({
  name: "Flatten",
  title: "Flatten",
  shelf: "Shape",
  summary: "Turns an image into one long vector",
  equation: "[C, H, W] \\to [C \\cdot H \\cdot W]",
  lesson:
    "Writes all values of an image into one vector, channel after channel, row after row, so that a Linear layer can take it.",
  fields: {},
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W], or a vector, which stays as it is" }],
  outputs: [{ name: "out", types: ["vector"], help: "Features [C·H·W]" }],
  infer: (_, [input]) => [vector(sizeOf(input))],
  arithmetic: (_, [input]) => [sizeLine("F", input)],
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ ops }, _, [x]) => (x.rank === 4 ? ops.flattenChannelsFirst(x as Tensor4D) : x.clone()),
    onnx: {
      write: (onnx, _, [x]) => onnx.node("Flatten", [x], { axis: 1 }),
      operators: ["Flatten"],
      read: (node) => (axisOf(node, 1) === 1 ? { params: {}, inputs: [0] } : "an axis other than 1"),
    },
    pytorch: { module: () => "nn.Flatten()", forward: (self, [x]) => `${self}(${x})` },
  },
});
