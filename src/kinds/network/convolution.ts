/** What Conv2d and ConvTranspose2d have in common: PyTorch's parameters and how ONNX and Python spell them. */
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, integer, pair, type Pair, type Params } from "../../core/kind/fields.ts";
import type { Arithmetic, Misfit } from "../../core/kind/kind.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { always, fanUniform, normal, type WeightSpec } from "../../core/kind/weights.ts";
import type { OnnxNode } from "../lowering.ts";
import { declareWeights, weightOptions, type WeightLayout, type WeightOptions } from "./effectiveWeight.ts";

export const convolutionFields = {
  out_channels: integer({
    default: 64,
    min: 1,
    max: 65536,
    help: "How many channels (learned features) come out",
    brief: "value",
  }),
  kernel_size: pair({ default: 4, min: 1, max: 1024, help: "Height and width of the window", brief: "value" }),
  stride: pair({
    default: 2,
    min: 1,
    max: 1024,
    help: "Step of the window; 2 halves (a transposed convolution doubles) the image",
    brief: "named",
  }),
  padding: pair({
    default: 1,
    min: 0,
    max: 1024,
    help: "Zeros around the image (a transposed convolution cuts as many off)",
  }),
  dilation: pair({ default: 1, min: 1, max: 1024, help: "Distance between the window's taps" }),
  groups: integer({
    default: 1,
    min: 1,
    max: 65536,
    help: "Splits the channels into groups that do not see each other",
  }),
  bias: boolean({
    default: true,
    help: "Adds a learned offset to every channel; leave it out just before a normalization",
  }),
  ...weightOptions,
};

/** The extent that a dilated kernel covers. */
export const reach = (kernel: Pair, dilation: Pair): Pair => [
  (kernel[0] - 1) * dilation[0] + 1,
  (kernel[1] - 1) * dilation[1] + 1,
];

/** [top, left, bottom, right], as ONNX orders them. */
export const sides = ([height, width]: Pair): readonly [number, number, number, number] => [
  height,
  width,
  height,
  width,
];

/** Why groups do not divide the channels that come in or go out; null where they do. */
export function unevenGroups(groups: number, input: number, output: number): Misfit | null {
  const [channels, of] = input % groups !== 0 ? [input, "input"] : [output, "output"];
  if (channels % groups === 0) return null;
  const mend = { param: "groups", value: 1 };
  return { misfit: "groups-divide", param: "groups", facts: { groups, channels, of }, mend };
}

/** PyTorch takes a weight's second axis and its window for the fan-in, in a transposed convolution too. */
export function convolutionWeights(
  params: WeightOptions & { readonly out_channels: number; readonly bias: boolean },
  layout: WeightLayout,
): WeightSpec[] {
  const initial = fanUniform(layout.shape[1] * layout.shape[2] * layout.shape[3]);
  const start = { weight: { pytorch: initial, dcgan: normal(0, 0.02) }, bias: always(initial) };
  return declareWeights(params, layout, start, params.bias ? params.out_channels : null);
}

/** How the weight of a convolution of such an image lies: [out, in / groups, kh, kw]. */
export const convolutionLayout = (
  { out_channels, kernel_size, groups }: Kernel,
  { shape: [channels] }: PortType,
): WeightLayout => ({
  shape: [out_channels, channels / groups, ...kernel_size],
  tfjs: [2, 3, 1, 0],
  outputs: 0,
  fanIn: (channels / groups) * kernel_size[0] * kernel_size[1],
});

/** And of a transposed one: [in, out / groups, kh, kw]. */
export const transposedLayout = (kernel: Kernel, input: PortType): WeightLayout => ({
  ...convolutionLayout(kernel, input),
  shape: [input.shape[0], kernel.out_channels / kernel.groups, ...kernel.kernel_size],
  outputs: 1,
});

interface Kernel {
  readonly out_channels: number;
  readonly kernel_size: Pair;
  readonly groups: number;
}

/** "C_in·C_out·k·k + C_out", with the numbers of this layer. */
export function convolutionParameters(
  { out_channels, kernel_size: [kh, kw], groups, bias }: Params<typeof convolutionFields>,
  channels: number,
): Arithmetic {
  const spelled = (window: string, factors: string, share: string, offsets: string) =>
    `${factors}·${window}${groups === 1 ? "" : ` / ${share}`}${bias ? ` + ${offsets}` : ""}`;
  return line(
    "parameters",
    spelled(kh === kw ? "k·k" : "k_H·k_W", "C_in·C_out", "groups", "C_out"),
    spelled(product(kh, kw), product(channels, out_channels), grouped(groups), grouped(out_channels)),
    grouped((channels * out_channels * kh * kw) / groups + (bias ? out_channels : 0)),
  );
}

/** What ONNX's Conv and ConvTranspose both say, pads apart. */
export const onnxAttributes = (params: { kernel_size: Pair; stride: Pair; dilation: Pair; groups: number }) => ({
  kernel_shape: params.kernel_size,
  strides: params.stride,
  dilations: params.dilation,
  group: params.groups,
});

const python = (pair: Pair) => (pair[0] === pair[1] ? `${pair[0]}` : `(${pair[0]}, ${pair[1]})`);

/** ", stride=2, padding=1": the arguments that differ from PyTorch's defaults. */
export function pythonArguments(params: {
  readonly stride: Pair;
  readonly padding: Pair;
  readonly output_padding?: Pair;
  readonly groups: number;
  readonly bias: boolean;
  readonly dilation: Pair;
}): string {
  const pairs = [
    ["stride", params.stride, 1],
    ["padding", params.padding, 0],
    ["output_padding", params.output_padding ?? [0, 0], 0],
    ["dilation", params.dilation, 1],
  ] as const;
  const given = pairs.flatMap(([name, value, absent]) =>
    value[0] === absent && value[1] === absent ? [] : [`${name}=${python(value)}`],
  );
  if (params.groups !== 1) given.push(`groups=${params.groups}`);
  if (!params.bias) given.push("bias=False");
  return given.map((argument) => `, ${argument}`).join("");
}
export const pythonPair = python;

/** Parameters and weights of an ONNX Conv or ConvTranspose node whose weight is [?, ?, kh, kw]; a text where it is not one of ours. */
export function readConvolution(node: OnnxNode) {
  const weight = node.constant(1);
  if (node.inputs[0]?.type !== "image" || weight?.dims.length !== 4)
    return "its weight must be a constant [.., .., kh, kw] and its input an image";
  if (!["NOTSET", "VALID"].includes(node.text("auto_pad", "NOTSET"))) return "auto_pad instead of explicit pads";
  const [top, left, bottom, right] = node.intList("pads", [0, 0, 0, 0]);
  if (top !== bottom || left !== right) return "pads that differ between the sides";
  if (node.inputs[2]) return "a bias that is not constant";
  const bias = node.constant(2);
  const stored = ({ dims, data }: typeof weight) => ({ shape: dims, data });
  return {
    weights: { weight: stored(weight), ...(bias ? { bias: stored(bias) } : {}) },
    params: {
      kernel_size: [weight.dims[2], weight.dims[3]],
      stride: node.intList("strides", [1, 1]),
      padding: [top, left],
      dilation: node.intList("dilations", [1, 1]),
      groups: node.int("group", 1),
      bias: bias !== null,
    },
  };
}
