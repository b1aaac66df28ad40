import { line, product, sizeLine } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { choice } from "../../core/kind/fields.ts";
import { image, sizeOf, vector } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { reduceLast, reduceOperators, reductions, writeReduce } from "./reducing.ts";

export const Reduce = layer({
  name: "Reduce",
  title: "Reduce",
  shelf: "Pooling",
  summary: "Makes one value of many: their mean, sum, maximum or minimum",
  equation: "y = \\operatorname{mean} x, \\quad \\sum x, \\quad \\max x \\quad \\text{or} \\quad \\min x",
  lesson:
    "Over the channels it leaves one channel, over the pixels one number for each channel, over all one number for the sample: the sum over the pixels is how projection discriminators and BigGAN's end, the mean makes a patch discriminator's map one score. Where several values are the largest or smallest, they share the gradient equally.",
  fields: {
    mode: choice(reductions, { default: "mean", help: "What is made of the values", brief: "value" }),
    over: choice(["channels", "pixels", "all"], {
      default: "all",
      help: "Channels leave an image [1, H, W], pixels a vector [C], all a vector [1]",
      brief: "value",
    }),
  },
  inputs: [
    { name: "in", types: ["image"], help: "An image [C, H, W]; a vector [F] is one of F channels and one pixel" },
  ],
  outputs: [{ name: "out", types: ["image", "vector"], help: "What is left" }],
  infer(
    { over },
    [
      {
        shape: [channels, height, width],
      },
    ],
  ) {
    if (over === "channels") return [image(1, height, width)];
    return [vector(over === "pixels" ? channels : 1)];
  },
  flops: (_, [input]) => sizeOf(input),
  arithmetic({ over }, [input], [output]) {
    const [channels, height, width] = input.shape;
    const values = {
      channels: ["C", String(channels)],
      pixels: [product("H", "W"), product(height, width)],
      all: [product("C", "H", "W"), product(channels, height, width)],
    }[over];
    return [
      line("values in one", values[0], values[1], grouped(sizeOf(input) / sizeOf(output))),
      sizeLine("values that come out", output),
    ];
  },
  brief: ({ mode, over }) => `${mode} over ${over}`,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, inputs: [{ shape }] }, { mode, over }, [x]) {
      const [channels, height, width] = shape;
      const rows = {
        channels: () => x,
        pixels: () => tf.transpose(tf.reshape(x, [x.shape[0], height * width, channels]), [0, 2, 1]),
        all: () => tf.reshape(x, [x.shape[0], 1, channels * height * width]),
      }[over]();
      return tf.reshape(reduceLast(tf, rows, mode), over === "channels" ? [-1, height, width, 1] : [x.shape[0], -1]);
    },
    onnx: {
      write(onnx, { mode, over }, [x]) {
        if (over === "channels") return writeReduce(onnx, mode, x, [1], 1);
        if (over === "pixels") return writeReduce(onnx, mode, x, [2, 3], 0);
        const flat = onnx.node("Flatten", [x], { axis: 1 }, [sizeOf(onnx.inputs[0])]);
        return writeReduce(onnx, mode, flat, [1], 1);
      },
      operators: reductions.map((mode) => reduceOperators[mode]),
      read(node) {
        const axes = node.intList("axes", node.ints(1) ?? []);
        const type = node.inputs[0]?.type;
        const rank = type === "image" ? 4 : 2;
        const found = [...axes.map((axis) => (axis < 0 ? axis + rank : axis))].sort().join();
        const kept = node.int("keepdims", 1) !== 0;
        const mode = reductions.find((each) => reduceOperators[each] === node.operator)!;
        if (type === "image" && found === "1" && kept) return { params: { mode, over: "channels" }, inputs: [0] };
        if (type === "image" && found === "2,3" && !kept) return { params: { mode, over: "pixels" }, inputs: [0] };
        if (type === "vector" && found === "1" && kept) return { params: { mode, over: "all" }, inputs: [0] };
        return "axes other than the channels, which stay as one, or the pixels, which go";
      },
    },
    pytorch: {
      forward(_, [x], { mode, over }) {
        const name = { mean: "mean", sum: "sum", max: "amax", min: "amin" }[mode];
        if (over === "channels") return `${x}.${name}(dim=1, keepdim=True)`;
        return over === "pixels" ? `${x}.${name}(dim=(2, 3))` : `${x}.flatten(1).${name}(dim=1, keepdim=True)`;
      },
    },
  },
});
