/** What the normalizations over a sample's own values share: mean 0, variance 1, and how ONNX takes means. */
import type { Tensor } from "@tensorflow/tfjs";
import type { OnnxContext, TfjsContext } from "../lowering.ts";

/** (x − μ) / √(σ² + ε) with the biased variance over these axes; differentiable twice. */
export function normalize({ tf }: TfjsContext, x: Tensor, axes: readonly number[], eps: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, [...axes], true));
  const variance = tf.mean(tf.square(centred), [...axes], true);
  return tf.div(centred, tf.sqrt(tf.add(variance, eps)));
}

/** ReduceMean that keeps its axes, which became an input in opset 18. `shape` is the sample's, after the mean. */
export const writeMean = (onnx: OnnxContext, x: string, axes: readonly number[], shape: readonly number[]): string =>
  onnx.opset >= 18
    ? onnx.node("ReduceMean", [x, onnx.ints("axes", axes)], { keepdims: 1 }, shape)
    : onnx.node("ReduceMean", [x], { axes, keepdims: 1 }, shape);
