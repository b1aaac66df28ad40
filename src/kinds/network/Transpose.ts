import { line } from "../../core/kind/arithmetic.ts";
import { shapeText } from "../../core/kind/display.ts";
import { integer, list } from "../../core/kind/fields.ts";
import { image, type PortType } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const Transpose = layer({
  name: "Transpose",
  title: "Transpose",
  shelf: "Shape",
  summary: "Exchanges the dimensions of an image or of embedded tokens",
  equation: "y_{kij} = x_{ijk}",
  lesson:
    "Puts channels, rows and columns of an image into another order, without changing a value: [0, 2, 1] exchanges height and width, [1, 0, 2] makes rows the channels. Embedded tokens [T, E] become [E, T], so that a layer that works on each token works on each feature across all tokens instead, as in mixers.",
  fields: {
    order: list(integer({ default: 0, min: 0, max: 2, help: "" }), {
      default: [0, 2, 1],
      least: 3,
      most: 3,
      joint: ", ",
      help: "Of an image: which of channels (0), height (1) and width (2) comes first, second and third",
    }),
  },
  inputs: [{ name: "in", types: ["image", "embedded"], help: "An image [C, H, W] or embedded tokens [T, E]" }],
  outputs: [{ name: "out", types: ["image", "embedded"], help: "The same values in another order" }],
  infer({ order }, [{ type, shape }]) {
    if (type === "embedded") return [{ type, shape: [shape[1], shape[0]] }];
    if (new Set(order).size === 3) return [image(shape[order[0]], shape[order[1]], shape[order[2]])];
    const facts = { param: "order", found: `[${order.join(", ")}]`, wanted: "0, 1 and 2 in some order, each once" };
    return { misfit: "param-value", param: "order", facts, mend: { param: "order", value: [0, 2, 1] } };
  },
  arithmetic: (params, [input], [output]) => [
    line("shape", namesOf(input, params.order).join("×"), shapeText(input), shapeText(output)),
  ],
  brief: ({ order }) => order.join(", "),
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, inputs: [{ type }] }, { order }, [x]) {
      if (type === "embedded") return tf.transpose(x, [0, 2, 1]);
      const [channels, height, width] = order.map((dim) => [3, 1, 2][dim]); // where NHWC has them
      return tf.transpose(x, [0, height, width, channels]);
    },
    onnx: {
      write: (onnx, { order }, [x]) => onnx.node("Transpose", [x], { perm: permutation(onnx.inputs[0], order) }),
      operators: ["Transpose"],
      read(node) {
        const [input] = node.inputs;
        const perm = node.intList("perm", []);
        if (input?.type === "embedded") return String(perm) === "0,2,1" ? { params: {}, inputs: [0] } : "another order";
        if (input?.type !== "image" || perm[0] !== 0) return "an order that moves the batch, or no image";
        return { params: { order: perm.slice(1).map((dim) => dim - 1) }, inputs: [0] };
      },
    },
    pytorch: {
      forward: (_, [x], { order }, [output]) => `${x}.permute(${permutation(output, order).join(", ")})`,
    },
  },
});

/** With the batch before them. */
const permutation = ({ type }: PortType, order: readonly number[]): readonly number[] =>
  type === "embedded" ? [0, 2, 1] : [0, ...order.map((dim) => dim + 1)];

const namesOf = ({ type }: PortType, order: readonly number[]): readonly string[] =>
  type === "embedded" ? ["E", "T"] : order.map((dim) => ["C", "H", "W"][dim]);
