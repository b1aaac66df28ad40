/** Rows of a data set as the numbers that a network takes. Images leave their [C, H, W] order here and become NHWC. */
import { lumaOf } from "./luma.ts";
import { DatasetProblem } from "./problems.ts";
import { isImageSet, type DataSet, type ImageSet, type VectorSet } from "./types.ts";

export interface GatherOptions {
  /** What black and white become: [0, 1] as torchvision's ToTensor gives it, [-1, 1] for a Tanh. Vectors stay as they are. */
  readonly range: readonly [number, number];
  /** 1 or 3, to convert grey to colour or colour to grey; images stay as they are without it. */
  readonly channels?: number | null;
}

/**
 * Items as float32: images [N, H, W, C] with value low + (high − low) · byte / 255, vectors [N, F].
 * @throws DatasetProblem data-type where `channels` asks for what images cannot become
 */
export function gather(set: DataSet, rows: Uint32Array, { range, channels = null }: GatherOptions): Float32Array {
  if (!isImageSet(set)) return gatherVectors(set, rows);
  const [found] = set.item.shape;
  const wanted = channels ?? found;
  const table = tableOf(range);
  if (wanted === found) return found === 1 ? gatherGrey(set, rows, table) : gatherChannels(set, rows, table);
  if (found === 1) return repeat(gatherGrey(set, rows, table), wanted);
  if (found === 3 && wanted === 1) return gatherLuma(set, rows, table);
  throw new DatasetProblem("data-type", {
    name: set.name,
    found: `images of ${found} channels`,
    wanted: `${wanted} channels`,
  });
}

/** The second images of rows, as {@link gather} gives the first ones. Ask only a data set that has targets. */
export function gatherTargets(set: DataSet, rows: Uint32Array, options: GatherOptions): Float32Array {
  const target = isImageSet(set) ? set.target : undefined;
  if (!target) throw new Error(`${set.name} has no targets`);
  const { name, title, count, licence, source } = set;
  return gather({ name, title, count, licence, source, ...target }, rows, options);
}

/** The class of each row. Ask only a data set that has classes. */
export function gatherLabels(set: DataSet, rows: Uint32Array): Int32Array {
  const { labels } = set;
  if (!labels) throw new Error(`${set.name} has no labels`);
  return Int32Array.from(rows, (row) => labels[row]);
}

function tableOf([low, high]: readonly [number, number]): Float32Array {
  const table = new Float32Array(256); // made anew for each batch: `from` would take longer than a small batch itself
  for (let byte = 0; byte < 256; byte++) table[byte] = low + ((high - low) * byte) / 255;
  return table;
}

function gatherVectors({ data, item }: VectorSet, rows: Uint32Array): Float32Array {
  const [features] = item.shape;
  const out = new Float32Array(rows.length * features);
  rows.forEach((row, n) => out.set(data.subarray(row * features, (row + 1) * features), n * features));
  return out;
}

function gatherGrey({ data, item }: ImageSet, rows: Uint32Array, table: Float32Array): Float32Array {
  const area = item.shape[1] * item.shape[2];
  const out = new Float32Array(rows.length * area);
  for (let n = 0; n < rows.length; n++)
    for (let pixel = 0, from = rows[n] * area, to = n * area; pixel < area; pixel++)
      out[to + pixel] = table[data[from + pixel]];
  return out;
}

function gatherChannels({ data, item }: ImageSet, rows: Uint32Array, table: Float32Array): Float32Array {
  const [channels, height, width] = item.shape;
  const area = height * width;
  const out = new Float32Array(rows.length * channels * area);
  for (let n = 0; n < rows.length; n++)
    for (let channel = 0; channel < channels; channel++) {
      const from = (rows[n] * channels + channel) * area;
      const to = n * channels * area + channel;
      for (let pixel = 0; pixel < area; pixel++) out[to + pixel * channels] = table[data[from + pixel]];
    }
  return out;
}

function gatherLuma({ data, item }: ImageSet, rows: Uint32Array, table: Float32Array): Float32Array {
  const area = item.shape[1] * item.shape[2];
  const out = new Float32Array(rows.length * area);
  rows.forEach((row, n) =>
    lumaOf(data.subarray(row * 3 * area, (row + 1) * 3 * area), area).forEach(
      (byte, pixel) => (out[n * area + pixel] = table[byte]),
    ),
  );
  return out;
}

function repeat(grey: Float32Array, channels: number): Float32Array {
  const out = new Float32Array(grey.length * channels);
  for (let pixel = 0, to = 0; pixel < grey.length; pixel++)
    for (let channel = 0; channel < channels; channel++) out[to++] = grey[pixel];
  return out;
}
