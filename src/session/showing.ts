/** What pictures of samples need, whoever draws them: which values are black and white, and which samples are the best. */
import type { Program } from "../core/program/types.ts";
import type { Samples } from "./sampling.ts";

/** What black and white are in the data, and so in samples. */
export function rangeOf({ training }: Program): readonly [number, number] {
  const stated = training?.sources.map(({ params }) => params.range).find((range) => Array.isArray(range));
  return (stated as [number, number] | undefined) ?? [-1, 1];
}

/** A value as a byte between black and white, 0 … 255; what lies beyond is cut off. */
export const toByte = (value: number, [black, white]: readonly [number, number]): number =>
  Math.max(0, Math.min(255, Math.round(((value - black) / (white - black)) * 255)));

/** The highest scores first; as they are where nothing scores them. */
export function sortedByScore(samples: Samples): Samples {
  const { scores } = samples;
  if (!scores) return samples;
  return pick(
    samples,
    [...scores.keys()].sort((a, b) => scores[b] - scores[a]),
  );
}

export const firstOf = (samples: Samples, count: number): Samples =>
  pick(
    samples,
    Array.from({ length: count }, (_, index) => index),
  );

function pick(samples: Samples, order: readonly number[]): Samples {
  const size = samples.shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(order.length * size);
  order.forEach((from, to) => data.set(samples.data.subarray(from * size, (from + 1) * size), to * size));
  return { ...samples, data, scores: samples.scores && Float32Array.from(order, (from) => samples.scores![from]) };
}
