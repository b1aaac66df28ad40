/**
 * NumPy arrays as a data set. Bytes [N, H, W], [N, C, H, W] or [N, H, W, C] are images; so are numbers of these shapes that
 * lie in 0..1, −1..1 or 0..255. Numbers [N] or [N, F] are vectors. Labels are whole numbers [N].
 */
import type { NpyArray, NpyData } from "./npy.ts";
import { DatasetProblem, malformed } from "./problems.ts";
import type { DataSet, ImageItem } from "./types.ts";

/** @param name the file, for messages. @throws DatasetProblem data-malformed or dataset-empty */
export function dataSetOfArrays(name: string, rows: NpyArray, labels: NpyArray | null): DataSet {
  const { shape, data } = rows;
  if (data.length === 0) throw new DatasetProblem("dataset-empty", { name });
  const common = {
    name,
    title: name,
    count: shape[0],
    licence: "your own",
    source: name,
    ...(labels ? classesOf(name, labels, shape[0]) : {}),
  };
  if (shape.length === 1 || shape.length === 2)
    return {
      ...common,
      item: { type: "vector", shape: [shape[1] ?? 1] },
      data: finite(name, Float32Array.from(data as ArrayLike<number | bigint>, Number)),
    };
  const layout = layoutOf(shape);
  if (!layout)
    throw malformed(
      name,
      `its shape is (${shape.join(", ")}); (N, F), (N, H, W), (N, C, H, W) and (N, H, W, C) with 1 or 3 channels are read`,
    );
  const bytes = data instanceof Uint8Array ? data : bytesOf(name, data);
  return {
    ...common,
    item: layout.item,
    data: layout.channelsLast ? planesOf(bytes, common.count, layout.item) : bytes,
  };
}

/**
 * The arrays of an .npz that are the rows and the labels of one split, by their usual names: x_train and y_train,
 * images and labels, x and y, data and target, or arr_0 and arr_1.
 */
export function pickArrays(
  name: string,
  arrays: ReadonlyMap<string, NpyArray>,
  split: "train" | "test",
): { rows: NpyArray; labels: NpyArray | null } {
  const pairs = [
    [`x_${split}`, `y_${split}`],
    [`${split}_images`, `${split}_labels`],
    ["images", "labels"],
    ["x", "y"],
    ["data", "target"],
    ["arr_0", "arr_1"],
  ];
  const pair = pairs.find(([rows]) => arrays.has(rows));
  const only = arrays.size === 1 ? [...arrays.keys()][0] : null;
  const rows = arrays.get(pair?.[0] ?? only ?? "");
  if (!rows)
    throw malformed(
      name,
      `its arrays are ${[...arrays.keys()].join(", ") || "none"}; the rows are looked for as ${pairs.map(([rows]) => rows).join(", ")}`,
    );
  return { rows, labels: (pair && arrays.get(pair[1])) ?? null };
}

function layoutOf(shape: readonly number[]): { item: ImageItem; channelsLast: boolean } | null {
  const isDepth = (extent: number) => extent === 1 || extent === 3;
  const image = (c: number, h: number, w: number) => ({ type: "image", shape: [c, h, w] }) as const;
  if (shape.length === 3) return { item: image(1, shape[1], shape[2]), channelsLast: false };
  if (shape.length !== 4) return null;
  if (isDepth(shape[1])) return { item: image(shape[1], shape[2], shape[3]), channelsLast: false };
  if (isDepth(shape[3])) return { item: image(shape[3], shape[1], shape[2]), channelsLast: true };
  return null;
}

/** Numbers become bytes by the narrowest of the usual ranges that holds them all. */
function bytesOf(name: string, data: NpyData): Uint8Array {
  const values = finite(name, Float32Array.from(data as ArrayLike<number | bigint>, Number));
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = [
    [0, 1],
    [-1, 1],
    [0, 255],
  ].find(([black, white]) => low >= black && high <= white);
  if (!range) throw malformed(name, `its values go from ${low} to ${high}; images lie in 0..1, -1..1 or 0..255`);
  const [black, white] = range;
  return Uint8Array.from(values, (value) => Math.round(((value - black) / (white - black)) * 255));
}

function finite(name: string, values: Float32Array): Float32Array {
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place >= 0) throw malformed(name, `value ${place} is ${values[place]}`);
  return values;
}

function planesOf(data: Uint8Array, count: number, { shape: [c, h, w] }: ImageItem): Uint8Array {
  if (c === 1) return data;
  const planes = new Uint8Array(data.length);
  const area = h * w;
  for (let row = 0; row < count; row++)
    for (let channel = 0; channel < c; channel++)
      for (let pixel = 0; pixel < area; pixel++)
        planes[(row * c + channel) * area + pixel] = data[(row * area + pixel) * c + channel];
  return planes;
}

function classesOf(name: string, { shape, data }: NpyArray, count: number) {
  if (shape.length !== 1 || shape[0] !== count)
    throw malformed(name, `its labels have shape (${shape.join(", ")}) where (${count},) is wanted`);
  const labels = Int32Array.from(data as ArrayLike<number | bigint>, Number);
  let highest = 0;
  labels.forEach((label, row) => {
    if (label < 0 || label !== Number(data[row]) || label >= mostClasses)
      throw malformed(name, `label ${row} is ${data[row]}; whole numbers from 0 to ${mostClasses - 1} are wanted`);
    if (label > highest) highest = label;
  });
  return { labels, classes: Array.from({ length: highest + 1 }, (_, label) => String(label)) };
}

const mostClasses = 65_536;
