/**
 * Sliced Wasserstein distance: how far two sets of points lie apart, as the mean over random directions of the
 * one-dimensional earth mover's distance between their projections. A pure function; here the points are images as they are,
 * pixel by pixel (Rabin et al. 2012; without the Laplacian pyramid and patches of Karras et al. 2018).
 */
import { draw } from "../runtime/philox.ts";

export interface SlicedWassersteinOptions {
  /** Values in one point. */
  readonly size: number;
  /** Random directions; 512 where it is not said. */
  readonly directions?: number;
  /** Of the directions; 0 where it is not said. */
  readonly seed?: number;
}

/**
 * @param a points one after another, as many as in b
 * @returns the root of the mean square over directions of W₂ between the projections, in the units of the values, with unit
 *   directions. Throws a RangeError where the sets differ in length.
 */
export function slicedWasserstein(
  a: Float32Array,
  b: Float32Array,
  { size, directions = 512, seed = 0 }: SlicedWassersteinOptions,
): number {
  if (a.length !== b.length || a.length % size !== 0 || a.length === 0)
    throw new RangeError(
      `two sets of equally many points of ${size} values are wanted, found ${a.length} and ${b.length} values`,
    );
  const stream = draw(seed, "metrics/sliced-wasserstein", { iteration: 0 });
  let sum = 0;
  for (let direction = 0; direction < directions; direction++) {
    const unit = normalized(stream.normal(size));
    const [left, right] = [a, b].map((points) => projections(points, unit).sort());
    let squares = 0;
    for (let rank = 0; rank < left.length; rank++) squares += (left[rank] - right[rank]) ** 2;
    sum += squares / left.length;
  }
  return Math.sqrt(sum / directions);
}

function normalized(direction: Float32Array): Float64Array {
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  return Float64Array.from(direction, (value) => value / length);
}

function projections(points: Float32Array, unit: Float64Array): Float64Array {
  const size = unit.length;
  return Float64Array.from({ length: points.length / size }, (_, point) => {
    let dot = 0;
    for (let at = 0; at < size; at++) dot += points[point * size + at] * unit[at];
    return dot;
  });
}
