/** How numbers are distributed, for a picture of them. */
import type { Histogram } from "./protocol.ts";

/** Counts in equal bins from the least to the greatest. Numbers that are not finite are left out; all is 0 where none is. */
export function histogramOf(name: string, shape: readonly number[], data: Float32Array, bins = 48): Histogram {
  let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const counts = new Float32Array(bins);
  if (count === 0) return { name, shape, least: 0, most: 0, mean: 0, deviation: 0, counts };
  const mean = sum / count;
  const scale = most > least ? bins / (most - least) : 0;
  let squares = 0;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    counts[Math.min(bins - 1, Math.floor((value - least) * scale))]++;
    squares += (value - mean) ** 2;
  }
  return { name, shape, least, most, mean, deviation: Math.sqrt(squares / count), counts };
}
