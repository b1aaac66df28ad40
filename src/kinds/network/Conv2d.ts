import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { heightAndWidth, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import {
  convolutionFields,
  convolutionLayout,
  convolutionParameters,
  convolutionWeights,
  onnxAttributes,
  pythonArguments,
  pythonPair,
  reach,
  readConvolution,
  sides,
  unevenGroups,
} from "./convolution.ts";
import {
  effectiveBias,
  effectiveWeight,
  equalizedDefinition,
  optionsArithmetic,
  optionsMisfit,
  optionsPython,
  restoreWeights,
  writeBias,
  writeWeight,
} from "./effectiveWeight.ts";

export const Conv2d = layer({
  name: "Conv2d",
  title: "Conv2d",
  shelf: "Convolution",
  summary: "Looks at the image through a small sliding window",
  equation: "y_o = b_o + \\sum_i w_{o,i} \\star x_i",
  lesson:
    "Each output channel is one learned feature, looked for everywhere with the same small window. With stride 2 the image halves: a DCGAN discriminator is a row of these, with more channels the smaller the image gets. A kernel that the stride divides (4 and 2) avoids checkerboards in the gradients.",
  fields: convolutionFields,
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [out_channels, H', W']" }],
  infer(params, [{ shape }]) {
    const { out_channels, kernel_size, stride, padding, dilation, groups } = params;
    const [channels, ...extent] = shape;
    const misfit = unevenGroups(groups, channels, out_channels) ?? optionsMisfit(params);
    if (misfit) return misfit;
    const kernel = reach(kernel_size, dilation);
    const padded = extent.map((size, axis) => size + 2 * padding[axis]);
    if (padded.some((size, axis) => size < kernel[axis]))
      return { misfit: "image-too-small", port: "in", facts: { found: extent, kernel, padded } };
    const [height, width] = padded.map((size, axis) => Math.floor((size - kernel[axis]) / stride[axis]) + 1);
    return [image(out_channels, height, width)];
  },
  weights: (params, [input]) => convolutionWeights(params, convolutionLayout(params, input)),
  flops({ kernel_size: [kh, kw], groups, bias }, [input], [output]) {
    return sizeOf(output) * ((2 * input.shape[0] * kh * kw) / groups + (bias ? 1 : 0));
  },
  arithmetic: (params, [input], [output]) => [
    ...heightAndWidth((axis, name) => {
      const [s, p] = [params.stride[axis], params.padding[axis]];
      const [k, d] = [params.kernel_size[axis], params.dilation[axis]];
      const { shape } = input;
      return line(
        name,
        `⌊(${name}_in + 2·p − d·(k − 1) − 1) / s⌋ + 1`,
        `⌊(${shape[axis + 1]} + 2·${p} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1`,
        grouped(output.shape[axis + 1]),
      );
    }),
    convolutionParameters(params, input.shape[0]),
    ...optionsArithmetic(params, convolutionLayout(params, input)),
  ],
  lipschitz: ({ spectral_norm }) => spectral_norm,
  twiceDifferentiable: true,
  lowering: {
    absorbs: () => true,
    takesLeak: () => true,
    tfjs(context, params, [x], weights) {
      const { stride, padding, dilation, groups } = params;
      const weight = effectiveWeight(context, params, convolutionLayout(params, context.inputs[0]), weights);
      const bias = effectiveBias(context, params, weights);
      const geometry = { stride, padding: sides(padding), dilation, groups };
      return context.ops.conv2d(x as Tensor4D, weight as Tensor4D, bias as Tensor1D | null, geometry, context.leak);
    },
    onnx: {
      write(onnx, params, [x]) {
        const weight = writeWeight(onnx, params, convolutionLayout(params, onnx.inputs[0]));
        const bias = params.bias ? [writeBias(onnx, params, [params.out_channels])] : [];
        return onnx.node("Conv", [x, weight, ...bias], { ...onnxAttributes(params), pads: sides(params.padding) });
      },
      operators: ["Conv"],
      read(node) {
        const found = readConvolution(node);
        if (typeof found === "string") return found;
        const { weights, params } = found;
        return { params: { ...params, out_channels: weights.weight.shape[0] }, inputs: [0], weights };
      },
    },
    restore: (params, [input], held) => restoreWeights(params, convolutionLayout(params, input), held),
    pytorch: {
      definition: {
        of: (params) =>
          equalizedDefinition(params, "Conv2d", "self.weight[0].numel()", "self._conv_forward(x, weight, bias)"),
      },
      module: (params, [{ shape }]) =>
        optionsPython(
          params,
          "Conv2d",
          `${shape[0]}, ${params.out_channels}, ${pythonPair(params.kernel_size)}${pythonArguments(params)}`,
        ),
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
