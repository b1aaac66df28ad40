/** One convolution as its WebGPU kernels see it, whichever of image, filter and output a kernel computes. */
import type { GroupedAttributes } from "../../grouped.ts";
import type { TensorInfo, Tf } from "../../tf.ts";

export type Geometry = GroupedAttributes;

type Shape4D = GroupedAttributes["image"];

/** What tfjs's Conv2D and its gradients are called with. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | [number, number][];
  readonly dataFormat?: string;
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * The geometry of a call of tfjs's; undefined where it is not NHWC. A gradient says which `output` it belongs to: its size
 * is not always what the rounding would give.
 */
export function geometryOf(
  tf: Tf,
  image: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvolutionAttributes,
  output?: TensorInfo,
): Geometry | undefined {
  if (dataFormat !== undefined && dataFormat !== "NHWC") return undefined;
  const info = tf.backend_util.computeConv2DInfo(
    image as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4],
    dimRoundingMode,
  );
  return {
    image: info.inShape,
    filter: info.filterShape,
    output: (output?.shape as unknown as Shape4D | undefined) ?? info.outShape,
    stride: [info.strideHeight, info.strideWidth],
    before: [info.padInfo.top, info.padInfo.left],
    dilation: [info.dilationHeight, info.dilationWidth],
    groups: 1,
  };
}

/** Whether every group is one channel wide at both ends: nothing is summed over channels. */
export function isDepthwise({ image, output, groups }: Geometry): boolean {
  return groups > 1 && image[3] === groups && output[3] === groups;
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
