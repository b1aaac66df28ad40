import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { axes, line, product, sizeLine } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer, list } from "../../core/kind/fields.ts";
import { image, printType, sizeOf, vector, type PortType } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const Reshape = layer({
  name: "Reshape",
  title: "Reshape",
  shelf: "Shape",
  summary: "Gives the same values another shape",
  equation: "[F] \\to [C, H, W]",
  lesson:
    "Takes the values in PyTorch's order (channel, row, column) and writes them into another shape of the same size. After the first Linear layer of a generator it makes the vector a small image.",
  fields: {
    shape: list(integer({ default: 1, min: -1, help: "" }), {
      default: [-1],
      least: 1,
      most: 3,
      joint: "×",
      brief: "value",
      help: "[C, H, W] for an image or [F] for a vector; one -1 stands for what remains",
    }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image or a vector" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "The shape that is asked for" }],
  infer({ shape }, [input]) {
    const open = shape.filter((extent) => extent === -1).length;
    if ((shape.length !== 1 && shape.length !== 3) || open > 1 || shape.includes(0))
      return { misfit: "reshape-shape", param: "shape", facts: { found: shape } };
    const size = sizeOf(input);
    const stated = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    const wanted = shape.map((extent) => (extent === -1 ? Math.floor(size / stated) : extent));
    const wantedSize = wanted.reduce((product, extent) => product * extent, 1);
    if (wantedSize !== size || wantedSize === 0)
      return {
        misfit: "reshape-size",
        param: "shape",
        facts: { found: printType(input), size, wanted: shape, wantedSize: stated },
      };
    return [wanted.length === 1 ? vector(wanted[0]) : image(wanted[0], wanted[1], wanted[2])];
  },
  arithmetic({ shape }, [input], [output]) {
    const open = shape.indexOf(-1);
    const others = <T>(all: readonly T[]): readonly T[] => all.filter((_, axis) => axis !== open);
    const names = axes[output.type];
    const remains = () => {
      const [formula, numbers] = shape.length === 1 ? ["", ""] : [product(...others(names)), product(...others(shape))];
      const size = grouped(sizeOf(input));
      const over = (divisor: string) => (divisor === "" ? "" : ` / (${divisor})`);
      return line(names[open], `size${over(formula)}`, `${size}${over(numbers)}`, grouped(output.shape[open]));
    };
    return [...(open < 0 ? [] : [remains()]), sizeLine("size, in and out", output)];
  },
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ ops, outputs: [output] }, _, [x]) {
      const flat = x.rank === 4 ? ops.flattenChannelsFirst(x as Tensor4D) : (x as Tensor2D);
      if (output.type === "image") return ops.unflattenChannelsFirst(flat, extents(output));
      return flat === x ? x.clone() : flat;
    },
    onnx: {
      write: (onnx, _, [x]) => onnx.node("Reshape", [x, onnx.ints("shape", [-1, ...onnx.outputs[0].shape])]),
      operators: ["Reshape"],
      read(node) {
        const shape = node.ints(1);
        if (!shape || (shape[0] !== 0 && shape[0] !== -1))
          return "a shape that is not constant, or that changes the batch";
        const copied = node.int("allowzero", 0) === 0 ? (node.inputs[0]?.shape ?? []) : [];
        return {
          params: { shape: shape.slice(1).map((extent, axis) => (extent === 0 ? (copied[axis] ?? 0) : extent)) },
          inputs: [0],
        };
      },
    },
    pytorch: { forward: (_, [x], __, [output]) => `${x}.reshape(-1, ${output.shape.join(", ")})` },
  },
});

const extents = ({ shape }: PortType): [number, number, number] => [shape[0], shape[1], shape[2]];
