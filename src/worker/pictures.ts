/** Samples and rows of data as a page shows them: RGBA pictures, or points. */
import { gather, gatherTargets } from "../datasets/gather.ts";
import { isImageSet, type DataSet } from "../datasets/types.ts";
import type { SampleSheet } from "../session/protocol.ts";
import type { Samples } from "../session/sampling.ts";
import { picturesOf } from "../session/showing.ts";

/**
 * @param range which values are black and white
 * @param name what samples are called where they stand in a row with others
 */
export function sheetOf(samples: Samples, range: readonly [number, number], name: string): SampleSheet {
  const { shape, type, data, scores } = samples;
  const count = data.length / shape.reduce((size, extent) => size * extent, 1);
  if (type === "vector") return { count, type, shape, pixels: null, points: data, scores };
  const { width, height, pixels, columns } = picturesOf(samples, range, name);
  return {
    count,
    type,
    shape,
    pixels,
    points: null,
    scores,
    ...(columns.length > 1 ? { row: { width, height, columns } } : {}),
  };
}

/** Rows of a data set, its first `count` in this order, each with its target where it has one. */
export function sheetOfRows(set: DataSet, rows: Uint32Array): SampleSheet {
  const range = [0, 255] as const;
  const pairs = isImageSet(set) && set.target;
  const after = pairs
    ? [{ name: "target", shape: pairs.item.shape, data: gatherTargets(set, rows, { range }), range }]
    : [];
  const type = isImageSet(set) ? "image" : "vector";
  const data = gather(set, rows, { range });
  return sheetOf({ shape: set.item.shape, data, type, scores: null, beside: { before: [], after } }, range, "image");
}

/** `count` rows from the whole set at equal distances: other rows than the first, and always the same. */
export function spreadRows({ count: all }: DataSet, count: number): Uint32Array {
  const shown = Math.min(count, all);
  return Uint32Array.from({ length: shown }, (_, index) => Math.floor((index * all) / shown));
}

/** The numbers of images, (N, C, H, W). */
export function channelsFirst({ shape: [channels, height, width], data }: Samples): Float32Array {
  const area = height * width;
  const numbers = new Float32Array(data.length);
  for (let from = 0; from < data.length; from++) {
    const [pixel, channel] = [Math.floor(from / channels), from % channels];
    const image = Math.floor(pixel / area);
    numbers[(image * channels + channel) * area + (pixel % area)] = data[from];
  }
  return numbers;
}
