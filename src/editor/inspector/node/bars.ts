/** Where the bars of a histogram stand in a drawing 100 units wide. */
import type { Histogram } from "../../../session/protocol.ts";

export interface Bars {
  readonly bars: readonly { readonly x: number; readonly width: number; readonly height: number }[];
  /** Where 0 lies; null where it is outside. */
  readonly zero: number | null;
  readonly centre: number;
  /** One deviation to both sides of the mean, within the drawing. */
  readonly low: number;
  readonly high: number;
}

/** Heights are in square roots of counts, so that tails are seen beside a peak. */
export function barsOf({ counts, least, most, mean, deviation }: Histogram, height: number): Bars {
  const width = 100 / Math.max(1, counts.length);
  const peak = Math.max(1, ...counts);
  const at = (value: number) =>
    most > least ? Math.min(100, Math.max(0, ((value - least) / (most - least)) * 100)) : 50;
  return {
    bars: Array.from(counts, (count, index) => ({
      x: index * width,
      width: width * 0.86,
      height: Math.sqrt(count / peak) * height,
    })),
    zero: least <= 0 && most >= 0 && most > least ? at(0) : null,
    centre: at(mean),
    low: at(mean - deviation),
    high: at(mean + deviation),
  };
}
