import type { Tensor4D } from "@tensorflow/tfjs";
import { boolean } from "../../core/kind/fields.ts";
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
  type PoolAxis,
} from "./pooling.ts";
import { applySeparable, averageRow, tapsOf, writeSeparable, type Matrix } from "./separable.ts";

/** PyTorch's divisor_override is left out. */
export const AvgPool2d = layer({
  name: "AvgPool2d",
  title: "AvgPool2d",
  shelf: "Pooling",
  summary: "Averages each window into one pixel",
  equation: "y_{i,j} = \\frac{1}{|k|} \\sum_{(a,b) \\in k} x_{s i + a - p,\\, s j + b - p}",
  lesson:
    "Shrinks an image smoothly: every pixel of a window counts alike. The critics of ProGAN and StyleGAN halve their images this way, and Pix2PixHD shows its coarser discriminators averaged images. Averaging by 2 undoes what Upsample does by repeating.",
  fields: {
    ...poolingFields,
    count_include_pad: boolean({ default: true, help: "Zeros of the padding count in the average" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, H', W']" }],
  infer(params, [input]) {
    const output = poolOutput(params, input);
    return isMisfit(output) ? output : [output];
  },
  flops: ({ kernel_size: [height, width] }, _, [output]) => sizeOf(output) * height * width,
  arithmetic: (params, [input]) => poolArithmetic(params, input),
  brief: (params) => poolBrief(params),
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops, inputs: [input] }, params, [x]) {
      const [tall, wide] = poolAxes(params, input);
      const pixels = x as Tensor4D;
      const matrices = [matrixOf(tall, params), matrixOf(wide, params)] as const;
      return ops.separable(pixels, tapsOf(matrices[0]), tapsOf(matrices[1]), () =>
        isPlain(tall) && isPlain(wide)
          ? tf.avgPool(pixels, [tall.kernel, wide.kernel], [tall.stride, wide.stride], "valid")
          : applySeparable(tf, pixels, ...matrices),
      );
    },
    onnx: {
      write(onnx, params, [x]) {
        const [tall, wide] = poolAxes(params, onnx.inputs[0]);
        // how windows over the border are divided differs between runtimes
        if (overhang(tall) > 0 || overhang(wide) > 0)
          return writeSeparable(onnx, x, matrixOf(tall, params), matrixOf(wide, params));
        return onnx.node("AveragePool", [x], {
          kernel_shape: params.kernel_size,
          strides: params.stride ?? params.kernel_size,
          pads: [...params.padding, ...params.padding],
          count_include_pad: Number(params.count_include_pad),
        });
      },
      operators: ["AveragePool"],
      read(node) {
        const params = readPool(node);
        if (typeof params === "string") return params;
        if (params.ceil_mode) return "windows that reach over the border";
        return { params: { ...params, count_include_pad: node.int("count_include_pad", 0) !== 0 }, inputs: [0] };
      },
    },
    pytorch: {
      module: (params) =>
        `nn.AvgPool2d(${poolArguments(params)}${params.count_include_pad ? "" : ", count_include_pad=False"})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** True where every window lies on the image. */
const isPlain = (axis: PoolAxis): boolean => axis.padding === 0 && overhang(axis) <= 0;

/** PyTorch counts the padding, and never what lies beyond it. */
const matrixOf = (
  { size, kernel, stride, padding, count }: PoolAxis,
  { count_include_pad }: { readonly count_include_pad: boolean },
): Matrix =>
  Array.from({ length: count }, (_, window) => {
    const begin = window * stride - padding;
    const end = Math.min(begin + kernel, size + padding);
    const [first, last] = [Math.max(0, begin), Math.min(size, end)];
    return averageRow(size, first, last, count_include_pad ? end - begin : last - first);
  });
