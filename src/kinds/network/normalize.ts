/** What the normalizations over a sample's own values share: what they refuse, and how ONNX takes scales. */
import type { Misfit } from "../../core/kind/kind.ts";
import type { PortType } from "../../core/kind/ports.ts";
import type { OnnxContext, OnnxMatch, OnnxNode } from "../lowering.ts";

/** Why an image cannot be normalized over its pixels, as PyTorch raises an error where it has but one; null where it can. */
export const onePixel = ({ shape: [, height, width] }: PortType): Misfit | null =>
  height * width > 1 ? null : { misfit: "one-pixel", port: "in", facts: { found: [height, width] } };

/** Scale and offset of each channel, learned or 1 and 0: the inputs that ONNX's normalizations want in either case. */
export const writeScale = (onnx: OnnxContext, channels: number, affine: boolean): readonly [string, string] =>
  affine
    ? [onnx.weight("weight"), onnx.weight("bias")]
    : [onnx.floats("scale", Array(channels).fill(1)), onnx.floats("offset", Array(channels).fill(0))];

/** The same, read: null where they are 1 and 0 everywhere, so that nothing need have been learned. */
export function readAffine(node: OnnxNode): Exclude<OnnxMatch["weights"], undefined> | null | string {
  const [scale, offset] = [node.constant(1), node.constant(2)];
  if (!scale || !offset) return "a scale or an offset that is not constant";
  if (scale.data.every((value) => value === 1) && offset.data.every((value) => value === 0)) return null;
  return { weight: { shape: scale.dims, data: scale.data }, bias: { shape: offset.dims, data: offset.data } };
}
