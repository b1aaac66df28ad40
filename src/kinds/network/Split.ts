import { firstAxis, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer, optional } from "../../core/kind/fields.ts";
import { printType, type PortType } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

/** torch.split in two parts; more parts come from splitting a part again. */
export const Split = layer({
  name: "Split",
  title: "Split",
  shelf: "Shape",
  summary: "Takes channels or features apart in two",
  equation: "[x_1; x_2] = x",
  lesson:
    "The opposite of Concat: the first channels of an image, or features of a vector, leave at one port and the rest at the other. A coupling layer changes one half by what it computes of the other; an encoder takes means and variances from two halves; a structured code is split into its parts. For more parts, split a part again.",
  fields: {
    size: optional(
      integer({
        default: 1,
        min: 1,
        max: 2 ** 24,
        help: "Channels or features of the first part; left out, half of them, rounded up",
        brief: "value",
      }),
    ),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [
    { name: "first", types: ["image", "vector"], help: "The first channels or features" },
    { name: "second", types: ["image", "vector"], help: "The others" },
  ],
  infer({ size }, [input]) {
    const [all, ...rest] = input.shape;
    const first = size ?? Math.ceil(all / 2);
    if (first < all) return [first, all - first].map((extent) => ({ type: input.type, shape: [extent, ...rest] }));
    return {
      misfit: "param-value",
      param: "size",
      facts: {
        param: "size",
        found: size === null ? "left out" : String(size),
        wanted: `below the first extent of ${printType(input)}, so that both parts hold something`,
      },
      ...(all > 1 && { mend: { param: "size", value: Math.ceil(all / 2) } }),
    };
  },
  arithmetic({ size }, [input], [first, second]) {
    const axis = firstAxis(input);
    const [all, part, rest] = [input, first, second].map(({ shape }) => grouped(shape[0]));
    return [
      size === null
        ? line(`${axis} of first`, `⌈${axis}_in / 2⌉`, `⌈${all} / 2⌉`, part)
        : line(`${axis} of first`, "size", part, part),
      line(`${axis} of second`, `${axis}_in − ${axis} of first`, `${all} − ${part}`, rest),
    ];
  },
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf, outputs }, _, [x]) => tf.split(x, outputs.map(extentOf), -1),
    onnx: {
      write(onnx, _, [x]) {
        const [first, second] = onnx.outputs;
        const at = [0, extentOf(first), extentOf(first) + extentOf(second)].map((place, index) =>
          onnx.ints(`place${index}`, [place]),
        );
        const axes = onnx.ints("axes", [1]);
        return [
          onnx.node("Slice", [x, at[0], at[1], axes], {}, first.shape),
          onnx.node("Slice", [x, at[1], at[2], axes], {}, second.shape),
        ];
      },
    },
    pytorch: {
      forward(_, [x], { size }) {
        const all = `${x}.shape[1]`;
        const parts = size === null ? `(${all} + 1) // 2, ${all} // 2` : `${size}, ${all} - ${size}`;
        return `torch.split(${x}, [${parts}], 1)`;
      },
    },
  },
});

const extentOf = ({ shape }: PortType): number => shape[0];
