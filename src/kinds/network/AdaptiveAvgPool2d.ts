import type { Tensor4D } from "@tensorflow/tfjs";
import { heightAndWidth, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { pair } from "../../core/kind/fields.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { pythonPair } from "./convolution.ts";
import { applySeparable, averageRow, tapsOf, writeSeparable, type Matrix } from "./separable.ts";

export const AdaptiveAvgPool2d = layer({
  name: "AdaptiveAvgPool2d",
  title: "AdaptiveAvgPool2d",
  shelf: "Pooling",
  summary: "Averages an image down to a size that you say",
  equation:
    "y_i = \\operatorname{mean}\\left(x_{\\lfloor i H / o \\rfloor}, \\dots, x_{\\lceil (i+1) H / o \\rceil - 1}\\right)",
  lesson:
    "The windows follow from the sizes, so that the layers after it always see the same one; where the sizes do not divide, windows overlap by a pixel. Size 1 is global average pooling: one number for each channel, which lets a discriminator end in a small Linear layer whatever the image's size.",
  fields: {
    output_size: pair({ default: 1, min: 1, max: 1024, help: "Height and width of what comes out", brief: "value" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, output_size]" }],
  infer: ({ output_size }, [{ shape }]) => [image(shape[0], output_size[0], output_size[1])],
  flops: (_, [input]) => sizeOf(input),
  arithmetic: ({ output_size }) =>
    heightAndWidth((axis, name) => line(name, "output_size", grouped(output_size[axis]), grouped(output_size[axis]))),
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops, inputs: [{ shape }] }, { output_size: [rows, columns] }, [x]) {
      const [, height, width] = shape;
      const pixels = x as Tensor4D;
      if (rows === height && columns === width) return pixels.clone();
      if (rows === 1 && columns === 1) return tf.mean(pixels, [1, 2], true);
      const matrices = [matrixOf(height, rows), matrixOf(width, columns)] as const;
      const window: [number, number] = [height / rows, width / columns];
      return ops.separable(pixels, tapsOf(matrices[0]), tapsOf(matrices[1]), () =>
        window.every(Number.isInteger)
          ? tf.avgPool(pixels, window, window, "valid")
          : applySeparable(tf, pixels, ...matrices),
      );
    },
    onnx: {
      write(onnx, { output_size: [rows, columns] }, [x]) {
        const [, height, width] = onnx.inputs[0].shape;
        if (rows === 1 && columns === 1) return onnx.node("GlobalAveragePool", [x]);
        if (height % rows > 0 || width % columns > 0)
          return writeSeparable(onnx, x, matrixOf(height, rows), matrixOf(width, columns));
        const window = [height / rows, width / columns];
        return onnx.node("AveragePool", [x], { kernel_shape: window, strides: window });
      },
      operators: ["GlobalAveragePool"],
      read: () => ({ params: { output_size: 1 }, inputs: [0] }),
    },
    pytorch: {
      module: ({ output_size }) => `nn.AdaptiveAvgPool2d(${pythonPair(output_size)})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

const matrixOf = (size: number, count: number): Matrix =>
  Array.from({ length: count }, (_, window) => {
    const begin = Math.floor((window * size) / count);
    const end = Math.ceil(((window + 1) * size) / count);
    return averageRow(size, begin, end, end - begin);
  });
