// Conv2D and its two gradients; Conv2DBackpropInput is also the transposed convolution. NHWC, any kernel, channels, stride
// and explicit padding of each side (negative pads crop), dilation in the forward direction.

import type { TensorInfo, Tf } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

type Pair = [number, number] | number;

interface ConvolutionAttributes {
  strides: Pair;
  pad: "valid" | "same" | number | [number, number][];
  dataFormat?: "NHWC" | "NCHW";
  dilations?: Pair;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** A geometry's size in the parameter area. */
const GEOMETRY_BYTES = 64;

export function convolutionKernels(tf: Tf, kernels: KernelExports, heap: Heap): KernelTable {
  const { computeConv2DInfo } = tf.backend_util;

  /** The geometry, its address in the parameter area, and that of room for a second one. */
  function geometry(
    image: number[],
    filter: number[],
    attributes: ConvolutionAttributes,
    dilations: Pair,
    dy?: TensorInfo,
  ) {
    const { strides, pad, dimRoundingMode } = attributes;
    const info = computeConv2DInfo(
      image as [number, number, number, number],
      filter as [number, number, number, number],
      strides,
      dilations,
      pad as Parameters<typeof computeConv2DInfo>[4],
      dimRoundingMode,
    );
    const values = [info.batchSize, info.inHeight, info.inWidth, info.inChannels, info.filterHeight, info.filterWidth];
    values.push(info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left);
    // A gradient has as many windows as the output that it belongs to.
    const [outHeight, outWidth] = dy ? dy.shape.slice(1, 3) : [info.outHeight, info.outWidth];
    values.push(outHeight, outWidth, info.outChannels, info.dilationHeight, info.dilationWidth);
    const address = heap.parameters(values, "i32");
    return { info, address, temporary: address + GEOMETRY_BYTES };
  }

  return {
    Conv2D: kernel<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>(({ x, filter }, attributes) => {
      if (!isNHWC(attributes) || !float32(x, filter)) return undefined;
      const g = geometry(x.shape, filter.shape, attributes, attributes.dilations ?? 1);
      const scratch = heap.scratch(kernels.convolveScratch(g.address, g.temporary), "Conv2D");
      const y = heap.output(g.info.outShape);
      kernels.convolve(heap.address(x), heap.address(filter), heap.address(y), g.address, scratch);
      return y;
    }),

    Conv2DBackpropInput: kernel<
      { dy: TensorInfo; filter: TensorInfo },
      ConvolutionAttributes & { inputShape: [number, number, number, number] }
    >(({ dy, filter }, attributes) => {
      if (!isNHWC(attributes) || !float32(dy, filter)) return undefined;
      const g = geometry(attributes.inputShape, filter.shape, attributes, 1, dy);
      const scratch = heap.scratch(kernels.inputGradientScratch(g.address), "Conv2DBackpropInput");
      const dx = heap.output(g.info.inShape);
      kernels.inputGradient(heap.address(dy), heap.address(filter), heap.address(dx), g.address, scratch);
      return dx;
    }),

    Conv2DBackpropFilter: kernel<
      { x: TensorInfo; dy: TensorInfo },
      ConvolutionAttributes & { filterShape: [number, number, number, number] }
    >(({ x, dy }, attributes) => {
      if (!float32(x, dy)) return undefined;
      if (!isNHWC(attributes)) return filterGradientNCHW(tf, x, dy, attributes);
      const g = geometry(x.shape, attributes.filterShape, attributes, 1, dy);
      const scratch = heap.scratch(kernels.filterGradientScratch(g.address, g.temporary), "Conv2DBackpropFilter");
      const gradient = heap.output(attributes.filterShape);
      kernels.filterGradient(heap.address(x), heap.address(dy), heap.address(gradient), g.address, scratch);
      return gradient;
    }),
  };
}

function isNHWC({ dataFormat }: ConvolutionAttributes): boolean {
  return dataFormat === undefined || dataFormat === "NHWC";
}

/** tfjs ships no filter gradient for wasm to fall back on: NCHW goes through NHWC. */
function filterGradientNCHW(tf: Tf, x: TensorInfo, dy: TensorInfo, attributes: ConvolutionAttributes): TensorInfo {
  const run = (name: string, inputs: Record<string, TensorInfo>, attrs: object) =>
    tf.engine().runKernel(name, inputs as never, attrs as never) as unknown as TensorInfo;
  const last = { perm: [0, 2, 3, 1] };
  const inputs = { x: run("Transpose", { x }, last), dy: run("Transpose", { x: dy }, last) };
  // Explicit pads come in the order of the data format.
  const pad = Array.isArray(attributes.pad)
    ? [0, 2, 3, 1].map((axis) => (attributes.pad as Pair[])[axis])
    : attributes.pad;
  const gradient = run("Conv2DBackpropFilter", inputs, { ...attributes, pad, dataFormat: "NHWC" });
  tf.dispose(inputs as never);
  return gradient;
}
