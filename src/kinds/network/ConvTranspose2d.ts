import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { heightAndWidth, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { pair, type Params } from "../../core/kind/fields.ts";
import type { Misfit } from "../../core/kind/kind.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import {
  convolutionFields,
  convolutionParameters,
  convolutionWeights,
  onnxAttributes,
  pythonArguments,
  pythonPair,
  reach,
  readConvolution,
  sides,
  transposedLayout,
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

const fields = {
  ...convolutionFields,
  output_padding: pair({
    default: 0,
    min: 0,
    max: 1024,
    help: "Rows and columns added at the bottom and right, to reach a size that several inputs share",
  }),
};

export const ConvTranspose2d = layer({
  name: "ConvTranspose2d",
  title: "ConvTranspose2d",
  shelf: "Convolution",
  summary: "Paints each pixel into the output as a learned patch",
  equation: "H' = (H-1)\\,s - 2p + d\\,(k-1) + p_{out} + 1",
  lesson:
    "The gradient of a convolution, used forwards: each input pixel adds its learned patch to the output, and with stride 2 the image doubles. DCGAN's generator is a row of these. Kernel 4 with stride 2 and padding 1 doubles exactly and paints evenly; a kernel that the stride does not divide leaves a checkerboard.",
  fields,
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [out_channels, H', W']" }],
  infer(params, [{ shape }]) {
    const { out_channels, kernel_size, stride, padding, dilation, output_padding, groups } = params;
    const [channels, ...extent] = shape;
    const misfit = unevenGroups(groups, channels, out_channels) ?? optionsMisfit(params);
    if (misfit) return misfit;
    if (output_padding.some((added, axis) => added >= Math.max(stride[axis], dilation[axis])))
      return {
        misfit: "output-padding",
        param: "output_padding",
        facts: { found: output_padding, stride, dilation },
        mend: { param: "output_padding", value: 0 },
      };
    const kernel = reach(kernel_size, dilation);
    const output = extent.map(
      (size, axis) => (size - 1) * stride[axis] - 2 * padding[axis] + kernel[axis] + output_padding[axis],
    );
    if (output.some((size) => size < 1))
      return {
        misfit: "output-empty",
        param: "padding",
        facts: { found: extent, output },
        mend: { param: "padding", value: 0 },
      };
    return [image(out_channels, output[0], output[1])];
  },
  weights: (params, [input]) => convolutionWeights(params, transposedLayout(params, input)),
  flops({ out_channels, kernel_size: [kh, kw], groups, bias }, [input], [output]) {
    return (2 * sizeOf(input) * out_channels * kh * kw) / groups + (bias ? sizeOf(output) : 0);
  },
  arithmetic: (params, [input], [output]) => [
    ...heightAndWidth((axis, name) => {
      const [s, p, added] = [params.stride[axis], params.padding[axis], params.output_padding[axis]];
      const [k, d] = [params.kernel_size[axis], params.dilation[axis]];
      const { shape } = input;
      return line(
        name,
        `(${name}_in − 1)·s − 2·p + d·(k − 1) + p_out + 1`,
        `(${shape[axis + 1]} − 1)·${s} − 2·${p} + ${d}·(${k} − 1) + ${added} + 1`,
        grouped(output.shape[axis + 1]),
      );
    }),
    convolutionParameters(params, input.shape[0]),
    ...optionsArithmetic(params, transposedLayout(params, input)),
  ],
  advise: checkerboard,
  lipschitz: ({ spectral_norm }) => spectral_norm,
  twiceDifferentiable: true,
  lowering: {
    absorbs: ({ groups }) => groups === 1, // else an output channel is a part of several
    takesLeak: () => true,
    tfjs(context, params, [x], weights) {
      const { stride, padding, dilation, output_padding, groups } = params;
      const weight = effectiveWeight(context, params, transposedLayout(params, context.inputs[0]), weights);
      const bias = effectiveBias(context, params, weights);
      const geometry = { stride, padding: sides(padding), outputPadding: output_padding, dilation, groups };
      const { ops, leak } = context;
      return ops.convTranspose2d(x as Tensor4D, weight as Tensor4D, bias as Tensor1D | null, geometry, leak);
    },
    onnx: {
      write(onnx, params, [x]) {
        const { stride, padding, output_padding, bias } = params;
        const weight = writeWeight(onnx, params, transposedLayout(params, onnx.inputs[0]));
        const shared = onnxAttributes(params);
        if (output_padding.every((added, axis) => added < stride[axis]))
          return onnx.node(
            "ConvTranspose",
            [x, weight, ...(bias ? [writeBias(onnx, params, [params.out_channels])] : [])],
            {
              ...shared,
              pads: sides(padding),
              output_padding,
            },
          );
        // ONNX Runtime refuses what PyTorch allows below the dilation: cut less off the end, and add rows that are still missing
        const [bottom, right] = padding.map((cut, axis) => Math.max(0, cut - output_padding[axis]));
        const [rows, columns] = padding.map((cut, axis) => Math.max(0, output_padding[axis] - cut));
        const [channels, height, width] = onnx.outputs[0].shape;
        const pads = [padding[0], padding[1], bottom, right];
        const core = onnx.node("ConvTranspose", [x, weight], { ...shared, pads }, [
          channels,
          height - rows,
          width - columns,
        ]);
        const whole = onnx.node("Pad", [core, onnx.ints("rows", [0, 0, 0, 0, 0, 0, rows, columns])]);
        return bias ? onnx.node("Add", [whole, writeBias(onnx, params, [channels, 1, 1])]) : whole;
      },
      operators: ["ConvTranspose"],
      read(node) {
        const found = readConvolution(node);
        if (typeof found === "string") return found;
        if (node.intList("output_shape", []).length > 0) return "output_shape instead of explicit pads";
        const { weights, params } = found;
        const out_channels = weights.weight.shape[1] * params.groups;
        const output_padding = node.intList("output_padding", [0, 0]);
        return { params: { ...params, out_channels, output_padding }, inputs: [0], weights };
      },
    },
    restore: (params, [input], held) => restoreWeights(params, transposedLayout(params, input), held),
    pytorch: {
      definition: {
        of: (params) =>
          equalizedDefinition(
            params,
            "ConvTranspose2d",
            "self.weight[:, 0].numel() // self.groups",
            "F.conv_transpose2d(x, weight, bias, self.stride, self.padding, self.output_padding, self.groups, self.dilation)",
          ),
      },
      module: (params, [{ shape }]) =>
        optionsPython(
          params,
          "ConvTranspose2d",
          `${shape[0]}, ${params.out_channels}, ${pythonPair(params.kernel_size)}${pythonArguments(params)}`,
        ),
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** A kernel that the stride does not divide, with the next that it does, and the padding that keeps the image's size. */
function checkerboard(params: Params<typeof fields>): Misfit[] {
  const { kernel_size, stride, padding, output_padding } = params;
  const axis = [0, 1].find((each) => kernel_size[each] % stride[each] !== 0);
  if (axis === undefined) return [];
  const kernel = kernel_size.map((size, each) => Math.ceil(size / stride[each]) * stride[each]);
  const missing = (each: number) => kernel[each] - kernel_size[each] - output_padding[each];
  const padded = padding.map((size, each) => size + Math.max(0, Math.ceil(missing(each) / 2)));
  const left = kernel.map((_, each) => 2 * (padded[each] - padding[each]) - missing(each));
  return [
    {
      misfit: "lint-checkerboard",
      param: "kernel_size",
      facts: { kernel: kernel_size[axis], stride: stride[axis] },
      mend: { param: "kernel_size", value: kernel },
      alsoSet: [
        { param: "padding", value: padded },
        { param: "output_padding", value: left },
      ],
    },
  ];
}
