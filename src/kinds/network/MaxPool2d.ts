import type { Tensor4D } from "@tensorflow/tfjs";
import { isMisfit } from "../../core/kind/kind.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import {
  overhang,
  poolArguments,
  poolArithmetic,
  poolAxes,
  poolBrief,
  poolingFields,
  poolOutput,
  readPool,
} from "./pooling.ts";
import { joinWindows } from "./windows.ts";

/** PyTorch's dilation and return_indices are left out. */
export const MaxPool2d = layer({
  name: "MaxPool2d",
  title: "MaxPool2d",
  shelf: "Pooling",
  summary: "Keeps the largest value of each window",
  equation: "y_{i,j} = \\max_{(a,b) \\in k} x_{s i + a - p,\\, s j + b - p}",
  lesson:
    "Of every window only the strongest answer goes on, and only that pixel gets a gradient, the first where several are equal. Classifiers such as VGG shrink their images this way. DCGAN's rules replace it by strided convolutions in the discriminator, so that all pixels learn.",
  fields: poolingFields,
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, H', W']" }],
  infer(params, [input]) {
    const output = poolOutput(params, input);
    return isMisfit(output) ? output : [output];
  },
  flops: ({ kernel_size: [height, width] }, _, [output]) => sizeOf(output) * (height * width - 1),
  arithmetic: (params, [input]) => poolArithmetic(params, input),
  brief: (params) => poolBrief(params),
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    // The largest of each row, then the largest of these: among equals the first wins, as in PyTorch.
    tfjs({ tf, ops, inputs: [input] }, params, [x]) {
      const [tall, wide] = poolAxes(params, input);
      const largest = (y: Tensor4D, axis: 1 | 2, { padding, ...windows }: typeof tall) =>
        joinWindows(tf, y, axis, { ...windows, before: padding }, lowest, (taps) =>
          taps.reduce((most, tap) => tf.maximum(most, tap)),
        );
      return ops.maxPool(x as Tensor4D, tall, wide, () => largest(largest(x as Tensor4D, 2, wide), 1, tall));
    },
    onnx: {
      // ceil_mode as pads: runtimes differ in where they let the last window begin
      write(onnx, params, [x]) {
        const [tall, wide] = poolAxes(params, onnx.inputs[0]);
        return onnx.node("MaxPool", [x], {
          kernel_shape: params.kernel_size,
          strides: params.stride ?? params.kernel_size,
          pads: [...params.padding, ...[tall, wide].map((axis) => axis.padding + Math.max(0, overhang(axis)))],
        });
      },
      operators: ["MaxPool"],
      read(node) {
        const params = readPool(node);
        return typeof params === "string" ? params : { params, inputs: [0] };
      },
    },
    pytorch: {
      module: (params) => `nn.MaxPool2d(${poolArguments(params)})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** The lowest float32, which stands where padding never wins. */
const lowest = -3.4028234663852886e38;
