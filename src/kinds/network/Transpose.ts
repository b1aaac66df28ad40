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
    "Puts channels, rows and columns of an image into another order, without changing a value: [1, 3, 2] exchanges height and width, [2, 1, 3] makes rows the channels. Embedded tokens [T, E] become [E, T], so that a layer that works on each token works on each feature across all tokens instead, as in mixers.",
  fields: {
    dims: list(integer({ default: 1, min: 1, max: 3, help: "" }), {
      default: [1, 3, 2],
      least: 3,
      most: 3,
      joint: ", ",
      help: "Of an image: which of PyTorch's dimensions comes first, second and third: channels are 1, the height 2, the width 3",
    }),
  },
  inputs: [{ name: "in", types: ["image", "embedded"], help: "An image [C, H, W] or embedded tokens [T, E]" }],
  outputs: [{ name: "out", types: ["image", "embedded"], help: "The same values in another order" }],
  infer({ dims }, [{ type, shape }]) {
    if (type === "embedded") return [{ type, shape: [shape[1], shape[0]] }];
    if (new Set(dims).size === 3) return [image(shape[dims[0] - 1], shape[dims[1] - 1], shape[dims[2] - 1])];
    const facts = { param: "dims", found: `[${dims.join(", ")}]`, wanted: "1, 2 and 3 in some order, each once" };
    return { misfit: "param-value", param: "dims", facts, mend: { param: "dims", value: [1, 3, 2] } };
  },
  arithmetic: (params, [input], [output]) => [
    line("shape", namesOf(input, params.dims).join("×"), shapeText(input), shapeText(output)),
  ],
  brief: ({ dims }) => dims.join(", "),
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, inputs: [{ type }] }, { dims }, [x]) {
      if (type === "embedded") return tf.transpose(x, [0, 2, 1]);
      const [channels, height, width] = dims.map((dim) => [3, 1, 2][dim - 1]); // where NHWC has them
      return tf.transpose(x, [0, height, width, channels]);
    },
    onnx: {
      write: (onnx, { dims }, [x]) => onnx.node("Transpose", [x], { perm: permutation(onnx.inputs[0], dims) }),
      operators: ["Transpose"],
      read(node) {
        const [input] = node.inputs;
        const perm = node.intList("perm", []);
        if (input?.type === "embedded") return String(perm) === "0,2,1" ? { params: {}, inputs: [0] } : "another order";
        if (input?.type !== "image" || perm[0] !== 0) return "an order that moves the batch, or no image";
        return { params: { dims: perm.slice(1) }, inputs: [0] };
      },
    },
    pytorch: {
      forward: (_, [x], { dims }, [output]) => `${x}.permute(${permutation(output, dims).join(", ")})`,
    },
  },
});

/** With the batch before them. */
const permutation = ({ type }: PortType, dims: readonly number[]): readonly number[] =>
  type === "embedded" ? [0, 2, 1] : [0, ...dims];

const namesOf = ({ type }: PortType, dims: readonly number[]): readonly string[] =>
  type === "embedded" ? ["E", "T"] : dims.map((dim) => ["C", "H", "W"][dim - 1]);
