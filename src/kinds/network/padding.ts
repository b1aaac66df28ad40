/** The padding of an image's four sides, in PyTorch's order: left, right, top, bottom. */
import { heightAndWidth, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer, list, type Field } from "../../core/kind/fields.ts";
import type { Arithmetic } from "../../core/kind/kind.ts";
import { image, type PortType } from "../../core/kind/ports.ts";
import type { AxisTaps } from "../../runtime/separable.ts";
import type { OnnxNode } from "../lowering.ts";
import { copyTaps } from "./separable.ts";

export type Sides = readonly number[];

const extent = integer({ default: 1, min: 0, max: 1024, help: "" });
const four = list(extent, { default: [1, 1, 1, 1], least: 4, most: 4, help: "Pixels at left, right, top and bottom" });

/** One number serves all four sides. */
export const padding: Field<Sides> = {
  ...four,
  wanted: `${extent.wanted}, or [left, right, top, bottom]`,
  schema: { oneOf: [extent.schema, four.schema] },
  read(value) {
    const one = extent.read(value);
    return one === undefined ? four.read(value) : [one, one, one, one];
  },
};

export const padded = ([left, right, top, bottom]: Sides, { shape }: PortType): PortType =>
  image(shape[0], shape[1] + top + bottom, shape[2] + left + right);

/** How both sides add to height and width. */
export const paddingArithmetic = ([left, right, top, bottom]: Sides, { shape }: PortType): readonly Arithmetic[] =>
  heightAndWidth((axis, name) => {
    const [words, before, after] = axis === 0 ? ["top + bottom", top, bottom] : ["left + right", left, right];
    const size = shape[axis + 1];
    return line(name, `${name}_in + ${words}`, `${size} + ${before} + ${after}`, grouped(size + before + after));
  });

/** As tfjs pads [N, H, W, C]. */
export const ofTensor = ([left, right, top, bottom]: Sides): [number, number][] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

/** Height and width with borders, each as a map of its places; `inside` says for places beside the image which is taken. */
export const borderTaps = (
  [left, right, top, bottom]: Sides,
  { shape: [, height, width] }: PortType,
  inside: (place: number, size: number) => number,
): readonly [AxisTaps, AxisTaps] => {
  const axis = (size: number, before: number, after: number) =>
    copyTaps(before + size + after, (at) => inside(at - before, size));
  return [axis(height, top, bottom), axis(width, left, right)];
};

/** As ONNX pads [N, C, H, W]: all that comes before, then all that comes after. */
export const ofOnnx = ([left, right, top, bottom]: Sides): readonly number[] => [0, 0, top, left, 0, 0, bottom, right];

/** The sides of an ONNX Pad of an image; a text where it pads something else. */
export function readSides(node: OnnxNode): Sides | string {
  const pads = node.ints(1);
  if (node.inputs[0]?.type !== "image" || pads?.length !== 8 || node.inputs[3] || node.constant(3))
    return "pads that are not eight constants for an image";
  const [batch, channels, top, left, batchAfter, channelsAfter, bottom, right] = pads;
  if (batch || channels || batchAfter || channelsAfter || Math.min(top, left, bottom, right) < 0)
    return "pads of the batch or the channels, or negative ones";
  return [left, right, top, bottom];
}

/** "1", or "(1, 2, 0, 1)" */
export const pythonSides = (sides: Sides): string =>
  sides.every((side) => side === sides[0]) ? String(sides[0]) : `(${sides.join(", ")})`;
