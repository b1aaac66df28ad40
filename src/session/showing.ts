/** What pictures of samples need, whoever draws them: which values are black and white, and which samples are the best. */
import { sampleRange } from "../core/program/sample-range.ts";
import type { Program } from "../core/program/types.ts";
import type { Companion, Samples } from "./sampling.ts";

/** What black and white are in the data, and so in samples. */
export const rangeOf = (program: Program): readonly [number, number] => sampleRange(program) ?? [-1, 1];

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
  const { beside, scores } = samples;
  const companion = (images: Companion) => ({ ...images, data: rowsIn(images, order) });
  return {
    ...samples,
    data: rowsIn(samples, order),
    scores: scores && Float32Array.from(order, (from) => scores[from]),
    beside: { before: beside.before.map(companion), after: beside.after.map(companion) },
  };
}

function rowsIn({ shape, data }: Pick<Samples, "shape" | "data">, order: readonly number[]): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const rows = new Float32Array(order.length * size);
  order.forEach((from, to) => rows.set(data.subarray(from * size, (from + 1) * size), to * size));
  return rows;
}

/** Samples of images as pictures of one size: each alone, or in a row with the images that belong to it. */
export interface Pictures {
  readonly width: number;
  readonly height: number;
  /** RGBA, one picture after the other; what lies between the images of a row is transparent. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** What the images of a row are, from left to right. */
  readonly columns: readonly string[];
}

/**
 * @param range what black and white are in samples
 * @param name what samples are called in a row
 */
export function picturesOf(samples: Samples, range: readonly [number, number], name: string): Pictures {
  const { shape, data, beside } = samples;
  const columns: readonly Companion[] = [...beside.before, { name, shape, data, range }, ...beside.after];
  const [channels, height, ownWidth] = shape;
  const count = data.length / (channels * height * ownWidth);
  const widths = columns.map((images) => Math.max(1, Math.round((images.shape[2] * height) / images.shape[1])));
  const gap = columns.length > 1 ? Math.max(1, Math.round(height / 32)) : 0;
  const width = widths.reduce((sum, each) => sum + each + gap, -gap);
  const pixels = new Uint8ClampedArray(count * height * width * 4);
  let left = 0;
  columns.forEach((images, column) => {
    paint(images, pixels, { count, height, width, left, wide: widths[column] });
    left += widths[column] + gap;
  });
  return { width, height, pixels, columns: columns.map((images) => images.name) };
}

interface Column {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly left: number;
  /** Pixels that an image takes; its height is that of the picture. Each is that of the image's nearest pixel. */
  readonly wide: number;
}

/** 1 channel is grey, 3 are colour, 4 colour with opacity. */
function paint(
  { shape: [channels, high, across], data, range }: Companion,
  pixels: Uint8ClampedArray,
  { count, height, width, left, wide }: Column,
): void {
  const [green, blue] = channels >= 3 ? [1, 2] : [0, 0];
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < wide; x++) {
        const row = n * high + Math.floor((y * high) / height);
        const from = (row * across + Math.floor((x * across) / wide)) * channels;
        const to = ((n * height + y) * width + left + x) * 4;
        pixels[to] = toByte(data[from], range);
        pixels[to + 1] = toByte(data[from + green], range);
        pixels[to + 2] = toByte(data[from + blue], range);
        pixels[to + 3] = channels === 4 ? toByte(data[from + 3], range) : 255;
      }
}
