/** Samples and rows of data as a page shows them: RGBA pictures, or points. */
import { gather } from "../datasets/gather.ts";
import { isImageSet, type DataSet } from "../datasets/types.ts";
import type { SampleSheet } from "../session/protocol.ts";
import type { Samples } from "../session/sampling.ts";
import { toByte } from "../session/showing.ts";

/** @param range which values are black and white */
export function sheetOf({ shape, type, data, scores }: Samples, range: readonly [number, number]): SampleSheet {
  const count = data.length / shape.reduce((size, extent) => size * extent, 1);
  if (type === "vector") return { count, type, shape, pixels: null, points: data, scores };
  return { count, type, shape, pixels: rgba(data, shape[0], range), points: null, scores };
}

/** Rows of a data set, its first `count` in this order. */
export function sheetOfRows(set: DataSet, rows: Uint32Array): SampleSheet {
  const common = { shape: set.item.shape, data: gather(set, rows, { range: [0, 255] }), scores: null };
  return sheetOf({ ...common, type: isImageSet(set) ? "image" : "vector" }, [0, 255]);
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

/** @param data pixels of `channels` values, NHWC: 1 is grey, 3 colour, 4 colour with opacity */
function rgba(data: Float32Array, channels: number, range: readonly [number, number]): Uint8ClampedArray {
  const area = data.length / channels;
  const pixels = new Uint8ClampedArray(area * 4);
  const [green, blue] = channels >= 3 ? [1, 2] : [0, 0];
  for (let pixel = 0; pixel < area; pixel++) {
    const from = pixel * channels;
    pixels[pixel * 4] = toByte(data[from], range);
    pixels[pixel * 4 + 1] = toByte(data[from + green], range);
    pixels[pixel * 4 + 2] = toByte(data[from + blue], range);
    pixels[pixel * 4 + 3] = channels === 4 ? toByte(data[from + 3], range) : 255;
  }
  return pixels;
}
