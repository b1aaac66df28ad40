/**
 * PyTorch's Conv2d and ConvTranspose2d without their biases, exactly, from TensorFlow.js operations whose gradients are right on every backend:
 * explicit padding always (a numeric pad uses the height for both axes). Groups and dilation are one kernel where the backend
 * has it; elsewhere a dilated filter is written out with zeros (dilated gradients are missing) and groups are separate
 * convolutions. Both are twice differentiable. Tensors are NHWC.
 */
import type { Rank, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { groupedConv2d, groupedConvTranspose2d, hasGrouped } from "./grouped.ts";
import type { Tf } from "./tf.ts";

export type Pair = readonly [height: number, width: number];
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

export interface ConvolutionGeometry {
  readonly stride: Pair;
  /** Zeros around the image, in ONNX's order. */
  readonly padding: Sides;
  readonly dilation: Pair;
  /** How many independent parts the channels fall into; divides both channel counts. */
  readonly groups: number;
}

export interface TransposedGeometry extends ConvolutionGeometry {
  /** Rows and columns added at the bottom and the right of the output, as PyTorch's output_padding. */
  readonly outputPadding: Pair;
}

/** x [N, H, W, in], filter [kh, kw, in/groups, out] → [N, H', W', out], H' = ⌊(H + t + b − dh·(kh−1) − 1)/s⌋ + 1. */
export function conv2d(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  return (isPlain(geometry) || !hasGrouped(tf) ? composedConv2d : nativeConv2d)(tf, x, filter, geometry);
}

function composedConv2d(
  tf: Tf,
  x: Tensor4D,
  filter: Tensor4D,
  { stride, padding: [top, left, bottom, right], dilation, groups }: ConvolutionGeometry,
): Tensor4D {
  const pad = explicitPad(top, left, bottom, right);
  return inGroups(tf, groups, x, dilateFilter(tf, filter, dilation), (part, weight) =>
    tf.conv2d(part, weight, [...stride], pad, "NHWC", [1, 1], "floor"),
  );
}

function nativeConv2d(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  const { stride, padding, dilation, groups } = geometry;
  const [top, left, bottom, right] = padding;
  const [batch, inHeight, inWidth] = x.shape;
  const [height, width] = spannedBy(filter, dilation);
  const output = [
    batch,
    Math.floor((inHeight + top + bottom - height) / stride[0]) + 1,
    Math.floor((inWidth + left + right - width) / stride[1]) + 1,
    filter.shape[3],
  ] as const;
  const before: Pair = [top, left];
  return groupedConv2d(tf, x, filter, {
    image: x.shape,
    filter: filter.shape,
    output,
    stride,
    before,
    dilation,
    groups,
  });
}

/**
 * x [N, H, W, in], filter [kh, kw, out/groups, in] → [N, H', W', out],
 * H' = (H − 1)·s − t − b + dh·(kh−1) + 1 + outputPadding. Groups split `in`.
 */
export function convTranspose2d(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: TransposedGeometry): Tensor4D {
  return isPlain(geometry) || !hasGrouped(tf)
    ? composedConvTranspose2d(tf, x, filter, geometry)
    : nativeConvTranspose2d(tf, x, filter, geometry);
}

function composedConvTranspose2d(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: TransposedGeometry): Tensor4D {
  const { stride, padding, outputPadding, dilation, groups } = geometry;
  const [top, left, bottom, right] = padding;
  const [batch, height, width] = transposedShape(x, filter, geometry);
  const dilated = dilateFilter(tf, filter, dilation);
  // The convolution that this one transposes must come out at exactly x's size, so its pads shrink by what the output
  // gains, below zero where need be.
  const pad = explicitPad(top, left, bottom - outputPadding[0], right - outputPadding[1]);
  return inGroups(tf, groups, x, dilated, (part, weight) =>
    tf.conv2dTranspose(part, weight, [batch, height, width, weight.shape[2]], [...stride], pad, "floor"),
  );
}

function nativeConvTranspose2d(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: TransposedGeometry): Tensor4D {
  const { stride, padding, dilation, groups } = geometry;
  const [top, left] = padding;
  const image = transposedShape(x, filter, geometry);
  const before: Pair = [top, left];
  return groupedConvTranspose2d(tf, x, filter, {
    ...{ image, filter: filter.shape, output: x.shape },
    ...{ stride, before, dilation, groups },
  });
}

function transposedShape(x: Tensor4D, filter: Tensor4D, geometry: TransposedGeometry): Tensor4D["shape"] {
  const { stride, padding, outputPadding, dilation, groups } = geometry;
  const [top, left, bottom, right] = padding;
  const [batch, inHeight, inWidth] = x.shape;
  const [kernelHeight, kernelWidth] = spannedBy(filter, dilation);
  return [
    batch,
    (inHeight - 1) * stride[0] - top - bottom + kernelHeight + outputPadding[0],
    (inWidth - 1) * stride[1] - left - right + kernelWidth + outputPadding[1],
    filter.shape[2] * groups,
  ];
}

/** Neither groups nor dilation: what tfjs's own operations mean. */
function isPlain({ dilation, groups }: ConvolutionGeometry): boolean {
  return groups === 1 && dilation[0] === 1 && dilation[1] === 1;
}

/** Height and width that a filter [kh, kw, …] covers. */
function spannedBy(filter: Tensor4D, dilation: Pair): Pair {
  return [(filter.shape[0] - 1) * dilation[0] + 1, (filter.shape[1] - 1) * dilation[1] + 1];
}

type ExplicitPad = [[number, number], [number, number], [number, number], [number, number]];

function explicitPad(top: number, left: number, bottom: number, right: number): ExplicitPad {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Applies f to each group's part of x and of the filter, both along the last axis, and joins the results. */
function inGroups(
  tf: Tf,
  groups: number,
  x: Tensor4D,
  filter: Tensor4D,
  f: (x: Tensor4D, filter: Tensor4D) => Tensor4D,
): Tensor4D {
  if (groups === 1) return f(x, filter);
  const filters = tf.split<Tensor4D>(filter, groups, 3);
  return tf.concat(
    tf.split<Tensor4D>(x, groups, 3).map((part, group) => f(part, filters[group])),
    3,
  );
}

/** Puts dilation − 1 zeros between the taps of a filter [kh, kw, a, b]. Pads at rank 3: rank 5 is wrong on WebGPU. */
function dilateFilter(tf: Tf, filter: Tensor4D, [rows, columns]: Pair): Tensor4D {
  const [height, width, a, b] = filter.shape;
  if (rows === 1 && columns === 1) return filter;
  const spread = (taps: Tensor3D, by: number): Tensor3D =>
    tf.pad(taps, [
      [0, 0],
      [0, by - 1],
      [0, 0],
    ]);
  const tall = spread(tf.reshape<Rank.R3>(filter, [height, 1, width * a * b]), rows);
  const wide = spread(tf.reshape<Rank.R3>(tall, [height * rows * width, 1, a * b]), columns);
  const zerosAfterLast = tf.reshape<Rank.R4>(wide, [height * rows, width * columns, a, b]);
  return tf.slice(zerosAfterLast, [0, 0, 0, 0], [(height - 1) * rows + 1, (width - 1) * columns + 1, a, b]);
}
