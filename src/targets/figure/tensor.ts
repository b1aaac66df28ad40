/**
 * A tensor as the cuboid that papers draw: what stands to the right is channels, upwards height, backwards width. Pure
 * geometry in pixels, without colours, for whatever draws it.
 */
import type { PortType } from "../../core/kind/ports.ts";
import type { Point } from "./svg.ts";

export interface TensorScale {
  /** The largest side of an image, or number of tokens, of all that is drawn together: `largestSide` finds it. */
  readonly largest: number;
  /** Pixels that this largest side takes. */
  readonly size?: number;
}

export interface TensorGeometry {
  /** Of the whole drawing; its upper left corner is the origin and y points down. */
  readonly width: number;
  readonly height: number;
  /** How far the back lies above the front. */
  readonly depth: number;
  /** Corners of the three faces that are seen, each a convex polygon. */
  readonly faces: { readonly front: readonly Point[]; readonly top: readonly Point[]; readonly side: readonly Point[] };
}

/**
 * The cuboid of a value. An image [C, H, W] is as high as H, as deep as W and as long as C; a vector [F] and tokens [T]
 * are bars as long as F or T; embedded tokens [T, E] are a sheet as high as T and as long as E; a label and a loss are
 * small cubes.
 *
 * The scale. Sides of images grow as (side / largest)^0.7, so that `largest` takes `size` pixels (34 if left out) and a
 * 4×4 image beside one of 256×256 can still be seen. Channels and features are many more and count by the logarithm:
 * 2 + 4.4 log₂ C pixels, 3 for one channel and 37 for 256. Nothing is thinner than 3 pixels. Width recedes at an
 * oblique angle, foreshortened. With one `largest` for a whole figure its tensors can be compared with each other.
 */
export function tensorGeometry(type: PortType, { largest, size = 34 }: TensorScale): TensorGeometry {
  const side = (extent: number) => Math.max(3, size * (extent / Math.max(1, largest)) ** 0.7);
  const [first = 1, height = 1, width = 1] = type.shape;
  switch (type.type) {
    case "image":
      return cuboid(length(first), side(height), side(width));
    case "vector":
    case "tokens":
      return cuboid(length(first), 7, 7);
    case "embedded":
      return cuboid(length(height), side(first), 3);
    case "label":
    case "loss":
      return cuboid(7, 7, 7);
  }
}

/** The largest side of an image or number of tokens among these types; 1 where there is none. */
export const largestSide = (types: Iterable<PortType>): number => Math.max(1, ...[...new Set([...types].map(sideOf))]);

function sideOf({ type, shape }: PortType): number {
  if (type === "image") return Math.max(shape[1], shape[2]);
  return type === "embedded" ? shape[0] : 1;
}

const length = (channels: number): number => Math.max(3, 2 + 4.4 * Math.log2(Math.max(1, channels)));

function cuboid(length: number, height: number, width: number): TensorGeometry {
  const [right, up] = [0.45 * width, 0.35 * width];
  const at = (x: number, y: number): Point => ({ x, y });
  const [a, b, c, d] = [at(0, up), at(length, up), at(length, up + height), at(0, up + height)];
  const [e, f, g] = [at(right, 0), at(length + right, 0), at(length + right, height)];
  return {
    width: length + right,
    height: height + up,
    depth: up,
    faces: { front: [a, b, c, d], top: [a, e, f, b], side: [b, f, g, c] },
  };
}
