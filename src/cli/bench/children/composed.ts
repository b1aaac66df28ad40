/**
 * The one kernel without which tfjs's wasm backend cannot train a convolution, composed from its others: the filter's gradient
 * is a convolution of xᵀ with dyᵀ whose dilation is the stride. Of all ways to compose it that are known this is the fastest.
 */
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../../runtime/tf.ts";

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | [[number, number], [number, number], [number, number], [number, number]];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly filterShape: [number, number, number, number];
}

export function registerComposedFilterGradient(tf: Tf): void {
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc({ inputs, attrs }) {
      const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as Attributes;
      const [x, dy] = [inputs.x as Tensor4D, inputs.dy as Tensor4D];
      return tf.tidy(() => {
        const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
        const { top, left } = info.padInfo;
        // rows and columns that the last window reaches, which may be more or fewer than the image has
        const bottom = (info.outHeight - 1) * info.strideHeight + info.filterHeight - info.inHeight - top;
        const right = (info.outWidth - 1) * info.strideWidth + info.filterWidth - info.inWidth - left;
        const used = tf.slice(x, 0, [
          x.shape[0],
          info.inHeight + Math.min(0, bottom),
          info.inWidth + Math.min(0, right),
          x.shape[3],
        ]);
        const images = tf.transpose(used, [3, 1, 2, 0]);
        const slopes = tf.transpose(dy, [1, 2, 0, 3]);
        const around: Attributes["pad"] = [
          [0, 0],
          [top, Math.max(0, bottom)],
          [left, Math.max(0, right)],
          [0, 0],
        ];
        const dilations: [number, number] = [info.strideHeight, info.strideWidth];
        return tf.transpose(tf.conv2d(images, slopes as Tensor4D, 1, around, "NHWC", dilations), [1, 2, 0, 3]);
      });
    },
  });
}
