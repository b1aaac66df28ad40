/**
 * Operations whose gradients are mended, with what TensorFlow.js does as shipped, and operations that are right before and
 * after. Inputs keep clear of kinks.
 */
import tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { normalTensor } from "./finite-differences.ts";

/** What TensorFlow.js does as shipped: a gradient off by 3 % of its length or more, or a throw with these words. */
export type Shipped = "wrong" | { throws: string };

export interface Case {
  name: string;
  f(...inputs: Tensor[]): Tensor;
  /** Shapes of normal inputs, or tensors. */
  inputs: (number[] | (() => Tensor))[];
}

export interface Repair extends Case {
  shipped: Shipped;
}

export function inputsOf({ name, inputs }: Case): Tensor[] {
  return inputs.map((input, i) => (Array.isArray(input) ? normalTensor(tf, `${name} ${i}`, input) : input()));
}

const cells = (values: number[], shape: number[]) => () => tf.tensor(values, shape);
/** Numbers ±0.3, ±0.5, … in a fixed disorder: no two alike, none near 0 or ±1. */
const spaced = (shape: number[]) => () => {
  const n = tf.util.sizeFromShape(shape);
  const values = Array.from({ length: n }, (_, i) => (((i * 7) % n) - n / 2 + 0.5) * 0.2 + 0.2);
  return tf.tensor(values, shape);
};
const image = (x: Tensor) => x as Tensor4D;
const missing = (kernel: string): Shipped => ({ throws: `gradient function not found for ${kernel}` });

/** Mended in the first order. */
export const firstOrder: Repair[] = [
  { name: "abs at 0", f: (x) => tf.abs(x), inputs: [cells([0, 0.4, -0.3, 0], [4])], shipped: "wrong" },
  {
    name: "maximum against a row",
    f: (a, b) => tf.maximum(a, b),
    inputs: [spaced([3, 4]), cells([0.1, -0.2, 0.7, 0.31], [4])],
    shipped: { throws: "does not match the shape of the input" },
  },
  {
    name: "minimum against a row",
    f: (a, b) => tf.minimum(a, b),
    inputs: [spaced([3, 4]), cells([0.1, -0.2, 0.7, 0.31], [4])],
    shipped: { throws: "does not match the shape of the input" },
  },
  {
    name: "squaredDifference against a row",
    f: (a, b) => tf.squaredDifference(a, b),
    inputs: [[3, 4], [4]],
    shipped: { throws: "does not match the shape of the input" },
  },
  ...(["reflect", "symmetric"] as const).map((mode): Repair => ({
    name: `mirrorPad, ${mode}`,
    f: (x: Tensor) =>
      tf.mirrorPad(
        image(x),
        [
          [0, 0],
          [2, 1],
          [1, 3],
          [0, 0],
        ],
        mode,
      ),
    inputs: [[2, 4, 4, 2]],
    shipped: "wrong",
  })),
  {
    name: "resizeBilinear to twice the size, half-pixel centres",
    f: (x) => tf.image.resizeBilinear(image(x), [8, 6], false, true),
    inputs: [[2, 4, 3, 2]],
    shipped: "wrong",
  },
  {
    name: "resizeBilinear to a smaller size, half-pixel centres",
    f: (x) => tf.image.resizeBilinear(image(x), [3, 4], false, true),
    inputs: [[2, 5, 7, 2]],
    shipped: "wrong",
  },
  {
    name: "resizeNearestNeighbor to an uneven size, half-pixel centres",
    f: (x) => tf.image.resizeNearestNeighbor(image(x), [7, 4], false, true),
    inputs: [[2, 4, 6, 2]],
    shipped: "wrong",
  },
  {
    name: "depthToSpace",
    f: (x) => tf.depthToSpace(image(x), 2),
    inputs: [[2, 3, 2, 12]],
    shipped: missing("DepthToSpace"),
  },
  {
    name: "stridedSlice, forwards and backwards",
    f: (x) => tf.stridedSlice(x, [1, 6, 0], [4, 0, 3], [2, -2, 1]),
    inputs: [[4, 7, 3]],
    shipped: missing("StridedSlice"),
  },
  {
    name: "gather of rows, some twice",
    f: (x) => tf.gather(x, tf.tensor1d([2, 0, 2, 4], "int32")),
    inputs: [[5, 3]],
    shipped: { throws: "Kernel 'UnsortedSegmentSum' not registered" },
  },
  {
    name: "gather of the only row",
    f: (x) => tf.gather(x, tf.tensor1d([0, 0], "int32")),
    inputs: [[1, 3]],
    shipped: { throws: "Kernel 'UnsortedSegmentSum' not registered" },
  },
  {
    name: "gather along another axis",
    f: (x) => tf.gather(x, tf.tensor2d([2, 0, 2, 3], [2, 2], "int32"), 1),
    inputs: [[2, 4, 3]],
    shipped: { throws: "Kernel 'UnsortedSegmentSum' not registered" },
  },
];

/** Mended in the second order. */
export const secondOrder: Repair[] = [
  { name: "tanh", f: (x) => tf.tanh(x), inputs: [[3, 4]], shipped: "wrong" },
  { name: "sigmoid", f: (x) => tf.sigmoid(x), inputs: [[3, 4]], shipped: "wrong" },
  { name: "exp", f: (x) => tf.exp(x), inputs: [[3, 4]], shipped: "wrong" },
  { name: "softmax", f: (x) => tf.softmax(x), inputs: [[3, 4]], shipped: "wrong" },
  { name: "logSoftmax", f: (x) => tf.logSoftmax(x), inputs: [[3, 4]], shipped: "wrong" },
  { name: "elu", f: (x) => tf.elu(x), inputs: [spaced([3, 4])], shipped: "wrong" },
  { name: "selu", f: (x) => tf.selu(x), inputs: [spaced([3, 4])], shipped: missing("Greater") },
  {
    name: "pow",
    f: (a, b) => tf.pow(tf.add(tf.square(a), 1), b),
    inputs: [[3, 4], [4]],
    shipped: missing("Greater"),
  },
  {
    name: "leakyRelu",
    f: (x) => tf.square(tf.leakyRelu(x, 0.2)),
    inputs: [spaced([3, 4])],
    shipped: missing("Greater"),
  },
  {
    name: "prelu",
    f: (x, a) => tf.square(tf.prelu(x, a)),
    inputs: [spaced([3, 4]), [4]],
    shipped: missing("Greater"),
  },
  { name: "relu6", f: (x) => tf.square(tf.relu6(x)), inputs: [spaced([3, 4])], shipped: missing("LessEqual") },
  {
    name: "clipByValue",
    f: (x) => tf.square(tf.clipByValue(x, -0.6, 0.6)),
    inputs: [spaced([3, 4])],
    shipped: missing("LogicalAnd"),
  },
  {
    name: "maximum of two",
    f: (a, b) => tf.square(tf.maximum(a, b)),
    inputs: [spaced([3, 4]), cells([1, -0.2, 0.3, 0.52, 0.1, 0, 0, 0.2, -1, 0.21, 0.8, 2], [3, 4])],
    shipped: missing("Less"),
  },
  {
    name: "minimum of two",
    f: (a, b) => tf.square(tf.minimum(a, b)),
    inputs: [spaced([3, 4]), cells([1, -0.2, 0.3, 0.52, 0.1, 0, 0, 0.2, -1, 0.21, 0.8, 2], [3, 4])],
    shipped: missing("Greater"),
  },
  { name: "max over an axis", f: (x) => tf.exp(tf.max(x, 1)), inputs: [spaced([3, 4])], shipped: missing("Equal") },
  { name: "min over an axis", f: (x) => tf.exp(tf.min(x, 0)), inputs: [spaced([3, 4])], shipped: missing("Equal") },
  {
    name: "avgPool",
    f: (x) => tf.square(tf.avgPool(image(x), 3, 2, 1, "floor")),
    inputs: [[2, 5, 5, 2]],
    shipped: missing("AvgPoolGrad"),
  },
  {
    name: "maxPool, windows overlapping",
    f: (x) => tf.square(tf.maxPool(image(x), 3, 2, "valid")),
    inputs: [spaced([2, 5, 5, 2])],
    shipped: missing("MaxPoolGrad"),
  },
  {
    name: "resizeNearestNeighbor to twice the size",
    f: (x) => tf.square(tf.image.resizeNearestNeighbor(image(x), [6, 4])),
    inputs: [[2, 3, 2, 2]],
    shipped: missing("ResizeNearestNeighborGrad"),
  },
  {
    name: "resizeBilinear, corners aligned",
    f: (x) => tf.square(tf.image.resizeBilinear(image(x), [7, 5], true)),
    inputs: [[2, 3, 4, 2]],
    shipped: missing("ResizeBilinearGrad"),
  },
];

/** Mended in the second order; the first needs the project's kernels on wasm. */
export const secondOrderOnKernels: Repair[] = [
  {
    name: "conv2d",
    f: (x, w) =>
      tf.square(
        tf.conv2d(image(x), image(w), 2, [
          [0, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ]),
      ),
    inputs: [
      [2, 5, 6, 2],
      [3, 4, 2, 3],
    ],
    shipped: missing("Conv2DBackpropFilter"),
  },
];

/** Mended in the second order; wasm lacks the first. */
export const depthwise: Repair = {
  name: "depthwiseConv2d",
  f: (x, w) => tf.square(tf.depthwiseConv2d(image(x), image(w), 1, "same")),
  inputs: [
    [1, 4, 3, 2],
    [2, 3, 2, 2],
  ],
  shipped: missing("DepthwiseConv2dNativeBackprop"),
};

const rightInBoth: Record<string, [Case["f"], Case["inputs"]]> = {
  relu: [(x) => tf.square(tf.relu(x)), [spaced([3, 4])]],
  softplus: [(x) => tf.softplus(x), [[3, 4]]],
  "matMul with its transposes": [(a, b) => tf.matMul(a as Tensor3D, b as Tensor3D, true, true), [[4, 3], [5, 4]]], // prettier-ignore
  "the norm of rows": [(x) => tf.norm(x, 2, 1), [[3, 4]]],
  "where, by a comparison of its inputs": [
    (a, b) => tf.where(tf.greater(a, b), tf.square(a), tf.exp(b)),
    [spaced([4]), cells([0.1, 0.2, -0.9, 1], [4])],
  ],
  "concat, slice, transpose and tile": [
    (a, b) => tf.square(tf.tile(tf.transpose(tf.slice(tf.concat([a, b], 1), [0, 1], [3, 4])), [2, 1])),
    [
      [3, 2],
      [3, 4],
    ],
  ],
  mirrorPad: [
    (x) => tf.square(tf.mirrorPad(x as Tensor3D, [[2, 1], [0, 1], [0, 0]], "reflect")), // prettier-ignore
    [[3, 4, 2]],
  ],
  "depthToSpace and gather": [
    (x) => tf.square(tf.gather(tf.depthToSpace(image(x), 2), tf.tensor1d([3, 0, 3], "int32"), 1)),
    [[1, 2, 2, 8]],
  ],
  stridedSlice: [(x) => tf.square(tf.stridedSlice(x, [1, 6], [4, 0], [2, -2])), [[4, 7]]],
  gelu: [(x) => tf.mul(x, tf.erf(x)), [[3, 4]]],
  attention: [(q, k) => tf.matMul(tf.softmax(tf.matMul(q as Tensor3D, k as Tensor3D, false, true)), k as Tensor3D), [[3, 4], [3, 4]]], // prettier-ignore
  customGrad: [
    (x) =>
      tf.customGrad((y, save) => {
        const value = tf.exp(y as Tensor1D);
        (save as (tensors: Tensor[]) => void)([value]);
        return { value, gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, saved) };
      })(x),
    [[3]],
  ],
};

/** Right in both orders once mended. */
export const right: Case[] = Object.entries(rightInBoth).map(([name, [f, inputs]]) => ({ name, f, inputs }));
