/** A power law through measurements: how a time grows with a size, as the slope of a line on two logarithmic axes. */

export interface PowerLaw {
  /** k of y = c·xᵏ. */
  readonly exponent: number;
  /** The standard error of k: how far the points lie off the line; null for two points, which no line misses. */
  readonly error: number | null;
  /** c of y = c·xᵏ. */
  readonly factor: number;
  at(x: number): number;
}

/**
 * Least squares of ln y against ln x. Throws a RangeError for fewer than two different x, and for what has no logarithm.
 * @param xs and ys of one length, all above 0
 */
export function powerLaw(xs: readonly number[], ys: readonly number[]): PowerLaw {
  const points = xs.map((x, at) => [Math.log(x), Math.log(ys[at])] as const);
  if (xs.length !== ys.length || !points.flat().every(Number.isFinite))
    throw new RangeError("A power law goes through pairs of numbers above 0.");
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const width = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(width > 0)) throw new RangeError("A power law needs two different sizes.");
  const exponent = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / width;
  const offset = meanY - exponent * meanX;
  const misses = points.reduce((sum, [x, y]) => sum + (y - offset - exponent * x) ** 2, 0);
  return {
    exponent,
    error: points.length > 2 ? Math.sqrt(misses / (points.length - 2) / width) : null,
    factor: Math.exp(offset),
    at: (x) => Math.exp(offset + exponent * Math.log(x)),
  };
}
