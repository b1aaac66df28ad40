/**
 * One entry for each kernel of TensorFlow.js 4.22 whose gradient is wrong or missing, with the reason. Every gradient here is
 * made of operations that can be differentiated again. The longer formulas are in gradient-formulas.ts.
 */
import type { GradConfig, NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";
import {
  depthToSpaceGradient,
  gatherGradient,
  mirrorPadGradient,
  resizeBilinearGradient,
  resizeNearestGradient,
  stridedSliceGradient,
  sumToShape,
} from "./gradient-formulas.ts";
import type { Tf } from "./tf.ts";

export interface GradientRepair extends GradConfig {
  readonly reason: string;
}

export function gradientTable(tf: Tf): GradientRepair[] {
  const run = (kernel: string, inputs: Record<string, Tensor>, attrs: NamedAttrMap) =>
    tf.engine().runKernel<Tensor>(kernel, inputs, attrs);
  const mask = (condition: Tensor) => tf.cast(condition, "float32");

  const firstOrder: GradientRepair[] = [
    {
      kernelName: "Abs",
      reason: "the derivative at 0 is −1 instead of PyTorch's 0, which counts wherever images saturate",
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({ x: () => tf.mul(one(dy), tf.sign(x)) }),
    },
    {
      kernelName: "Maximum",
      reason: "throws where one side was broadcast",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, [a, b]) => ({
        a: () => sumToShape(tf, tf.mul(one(dy), mask(tf.greaterEqual(a, b))), a.shape),
        b: () => sumToShape(tf, tf.mul(one(dy), mask(tf.less(a, b))), b.shape),
      }),
    },
    {
      kernelName: "Minimum",
      reason: "throws where one side was broadcast",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, [a, b]) => ({
        a: () => sumToShape(tf, tf.mul(one(dy), mask(tf.lessEqual(a, b))), a.shape),
        b: () => sumToShape(tf, tf.mul(one(dy), mask(tf.greater(a, b))), b.shape),
      }),
    },
    {
      kernelName: "SquaredDifference",
      reason: "throws where one side was broadcast",
      inputsToSave: ["a", "b"],
      gradFunc: (dy, [a, b]) => {
        const slope = () => tf.mul(one(dy), tf.mul(tf.sub(a, b), 2));
        return { a: () => sumToShape(tf, slope(), a.shape), b: () => sumToShape(tf, tf.neg(slope()), b.shape) };
      },
    },
    {
      kernelName: "MirrorPad",
      reason: "the padding's share of the gradient is dropped",
      inputsToSave: ["x"],
      gradFunc: (dy, [x], { paddings, mode }) => ({
        x: () => mirrorPadGradient(tf, one(dy), x.shape, paddings as number[][], mode as string),
      }),
    },
    {
      kernelName: "ResizeBilinear",
      reason: "wrong under halfPixelCenters on every backend, and not differentiable again",
      inputsToSave: ["images"],
      gradFunc: (dy, [images], attrs) => ({
        images: () => resizeBilinearGradient(tf, one(dy) as Tensor4D, images.shape, grid(attrs)),
      }),
    },
    {
      kernelName: "ResizeNearestNeighbor",
      reason: "wrong on cpu beyond the first image of a batch and under halfPixelCenters, and not differentiable again",
      inputsToSave: ["images"],
      gradFunc: (dy, [images], attrs) => ({
        images: () => resizeNearestGradient(tf, one(dy) as Tensor4D, images.shape, grid(attrs)),
      }),
    },
    {
      kernelName: "DepthToSpace",
      reason: "missing",
      gradFunc: (dy, _, { blockSize }) => ({
        x: () => depthToSpaceGradient(tf, one(dy) as Tensor4D, blockSize as number),
      }),
    },
    {
      kernelName: "StridedSlice",
      reason: "missing",
      inputsToSave: ["x"],
      gradFunc: (dy, [x], attrs) => ({ x: () => stridedSliceGradient(tf, one(dy), x.shape, attrs) }),
    },
    {
      kernelName: "GatherV2",
      reason:
        "needs a scatter that wasm lacks and webgpu adds in no fixed order; one-hot products are the same every time",
      inputsToSave: ["x", "indices"],
      gradFunc: (dy, [x, indices], { axis, batchDims }) => {
        if (batchDims) throw new Error("The gradient of a gather with batch dimensions is not implemented.");
        return {
          x: () => gatherGradient(tf, one(dy), x.shape, indices, axis as number),
          indices: () => tf.zeros(indices.shape),
        };
      },
    },
  ];

  const secondOrder: GradientRepair[] = [
    {
      kernelName: "Conv2DBackpropFilter",
      reason: "missing; linear in the image and in dy",
      inputsToSave: ["x", "dy"],
      gradFunc: (ddFilter, [x, dy], { strides, pad, dataFormat, dimRoundingMode }) => ({
        x: () =>
          run(
            "Conv2DBackpropInput",
            { dy, filter: one(ddFilter) },
            { strides, pad, dataFormat, dimRoundingMode, inputShape: x.shape },
          ),
        dy: () =>
          run("Conv2D", { x, filter: one(ddFilter) }, { strides, pad, dataFormat, dimRoundingMode, dilations: [1, 1] }),
      }),
    },
    {
      kernelName: "DepthwiseConv2dNativeBackpropInput",
      reason: "missing; linear in dy and in the filter",
      inputsToSave: ["dy", "filter"],
      gradFunc: (ddx, [dy, filter], { strides, pad, dilations, dimRoundingMode }) => {
        const attrs = { strides, pad, dilations, dimRoundingMode };
        return {
          dy: () => run("DepthwiseConv2dNative", { x: one(ddx), filter }, attrs),
          filter: () =>
            run("DepthwiseConv2dNativeBackpropFilter", { x: one(ddx), dy }, { ...attrs, filterShape: filter.shape }),
        };
      },
    },
    {
      kernelName: "DepthwiseConv2dNativeBackpropFilter",
      reason: "missing; linear in the image and in dy",
      inputsToSave: ["x", "dy"],
      gradFunc: (ddFilter, [x, dy], { strides, pad, dilations, dimRoundingMode }) => {
        const attrs = { strides, pad, dilations, dimRoundingMode };
        return {
          x: () =>
            run("DepthwiseConv2dNativeBackpropInput", { dy, filter: one(ddFilter) }, { ...attrs, inputShape: x.shape }),
          dy: () => run("DepthwiseConv2dNative", { x, filter: one(ddFilter) }, attrs),
        };
      },
    },
    {
      kernelName: "EluGrad",
      reason: "missing; dy · min(1, y + 1)",
      inputsToSave: ["dy", "y"],
      gradFunc: (dd, [dy, y]) => ({
        dy: () => tf.mul(one(dd), tf.minimum(tf.add(y, 1), 1)),
        y: () => tf.mul(tf.mul(one(dd), dy), mask(tf.less(y, 0))),
      }),
    },
    {
      kernelName: "AvgPoolGrad",
      reason: "missing; linear in dy, and the adjoint of the adjoint is the pooling itself",
      inputsToSave: ["input"],
      gradFunc: (dd, [input], attrs) => ({
        dy: () => run("AvgPool", { x: one(dd) }, attrs),
        input: () => tf.zerosLike(input),
      }),
    },
    {
      kernelName: "MaxPoolGrad",
      reason: "missing; linear in dy, which reads the places of the maxima",
      inputsToSave: ["input", "output"],
      gradFunc: (dd, [input, output], { filterSize, strides, pad }) => ({
        dy: () => {
          const attrs = { filterSize, strides, pad, includeBatchInIndex: true };
          const [, places] = tf.engine().runKernel<Tensor[]>("MaxPoolWithArgmax", { x: input }, attrs);
          return tf.reshape(tf.gather(tf.reshape(one(dd), [-1]), tf.reshape(places, [-1])), output.shape);
        },
        input: () => tf.zerosLike(input),
        output: () => tf.zerosLike(output),
      }),
    },
  ];

  return [...firstOrder, ...secondOrder];
}

/** What a kernel with one output receives as its gradient. */
function one(dy: Tensor | Tensor[]): Tensor {
  return Array.isArray(dy) ? dy[0] : dy;
}

function grid({ alignCorners, halfPixelCenters }: NamedAttrMap): { alignCorners: boolean; halfPixelCenters: boolean } {
  return { alignCorners: Boolean(alignCorners), halfPixelCenters: Boolean(halfPixelCenters) };
}
