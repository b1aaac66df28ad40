import { firstAxis, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { image, printType, vector } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { axisOf } from "./axis.ts";

export const Concat = layer({
  name: "Concat",
  title: "Concat",
  shelf: "Arithmetic",
  summary: "Puts channels or features side by side",
  equation: "y = [x_0; x_1; \\dots]",
  lesson:
    "Stacks images along their channels, or vectors end to end. Skip connections of a U-Net and the condition of a conditional GAN enter this way.",
  fields: {},
  inputs: [
    {
      name: "in",
      types: ["image", "vector"],
      variadic: { least: 2 },
      help: "Images of one height and width, or vectors",
    },
  ],
  outputs: [{ name: "out", types: ["image", "vector"], help: "All channels or features" }],
  infer(_, inputs) {
    const [first] = inputs;
    const fits = inputs.every(
      ({ type, shape }) => type === first.type && shape[1] === first.shape[1] && shape[2] === first.shape[2],
    );
    if (!fits) return { misfit: "concat-shapes", facts: { shapes: inputs.map(printType) } };
    const sum = inputs.reduce((total, { shape }) => total + shape[0], 0);
    return [first.type === "vector" ? vector(sum) : image(sum, first.shape[1], first.shape[2])];
  },
  arithmetic(_, inputs, [output]) {
    const axis = firstAxis(output);
    const [names, extents] = [
      inputs.map((_, index) => `${axis}${index}`),
      inputs.map(({ shape }) => grouped(shape[0])),
    ];
    return [line(axis, names.join(" + "), extents.join(" + "), grouped(output.shape[0]))];
  },
  twiceDifferentiable: true,
  lowering: {
    takesLeak: () => true,
    tfjs: ({ tf, ops, leak }, _, inputs) => ops.leakInPlace(tf.concat([...inputs], -1), leak),
    onnx: {
      write: (onnx, _, inputs) => onnx.node("Concat", inputs, { axis: 1 }),
      operators: ["Concat"],
      read: (node) =>
        axisOf(node, 0) === 1 && !node.inputs.includes(null)
          ? { params: {}, inputs: node.inputs.map((_, index) => index) }
          : "an axis other than 1, or a constant",
    },
    pytorch: { forward: (_, inputs) => `torch.cat([${inputs.join(", ")}], 1)` },
  },
});
