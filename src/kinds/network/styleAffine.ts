/**
 * The learned affine map from a style vector w to what a layer of StyleGAN is told ("A" in its figures): s = W·w/√S + b.
 * Its weight starts at N(0, 1) and is scaled at each use, so that the same learning rate fits all layers (Karras et al.,
 * "Progressive growing of GANs", 2018, section 4.1).
 */
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { always, constant, normal, type WeightSpec } from "../../core/kind/weights.ts";
import type { OnnxContext, TfjsContext } from "../lowering.ts";

/** `affine_weight` [out, features] and `affine_bias` [out], which starts at `start`. */
export const styleWeights = (out: number, features: number, start: number): WeightSpec[] => [
  { name: "affine_weight", shape: [out, features], trainable: true, init: always(normal(0, 1)) },
  { name: "affine_bias", shape: [out], trainable: true, init: always(constant(start)) },
];

/** w [N, features] → s [N, out]. */
export function styleOf({ tf, ops }: TfjsContext, w: Tensor, weights: Readonly<Record<string, Tensor>>): Tensor2D {
  const [, features] = w.shape as [number, number];
  const weight = tf.mul<Tensor2D>(weights.affine_weight, 1 / Math.sqrt(features));
  return ops.linear(w as Tensor2D, weight, weights.affine_bias as Tensor1D);
}

export const writeStyle = (onnx: OnnxContext, w: string, out: number, features: number): string =>
  onnx.node(
    "Gemm",
    [w, onnx.weight("affine_weight"), onnx.weight("affine_bias")],
    { alpha: { float: 1 / Math.sqrt(features) }, transB: 1 },
    [out],
  );

/** In a module's forward. */
export const pythonStyle = "F.linear(w / w.shape[1] ** 0.5, self.affine_weight, self.affine_bias)";
