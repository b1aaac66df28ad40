/**
 * Bilinear resampling of byte images, pixel centres at half (align_corners=False). The shorter side is scaled to fit and
 * the middle of the longer one kept, so that nothing is stretched. `antialias` widens the filter when an image shrinks, as
 * Pillow does; without it four neighbours are blended, as torch.nn.functional.interpolate does by default.
 */
import { DatasetProblem } from "./problems.ts";
import { isImageSet, type DataSet, type Images, type ImageSet } from "./types.ts";

/** Scales planes of h × w to planes of H × W, `planes` of them in a row. */
export type Resizer = (data: Uint8Array, planes: number) => Uint8Array;

export function resizer(
  [h, w]: readonly [number, number],
  [H, W]: readonly [number, number],
  { antialias }: { antialias: boolean },
): Resizer {
  if (h === H && w === W) return (data) => data;
  const scale = Math.max(H / h, W / w);
  const rows = taps(h, H, 1 / scale, antialias);
  const columns = taps(w, W, 1 / scale, antialias);
  const narrow = new Float32Array(h * W);
  return (data, planes) => {
    const out = new Uint8Array(planes * H * W);
    for (let plane = 0; plane < planes; plane++) {
      horizontally(data, plane * h * w, h, w, columns, narrow);
      vertically(narrow, W, rows, out, plane * H * W);
    }
    return out;
  };
}

/**
 * The whole data set at another size, with its targets and what is held out, computed once; itself where the size is right
 * already. Not antialiased.
 * @param size [H, W] @throws DatasetProblem data-type where the rows are no images
 */
export function resized(set: DataSet, size: readonly [number, number]): ImageSet {
  if (!isImageSet(set))
    throw new DatasetProblem("data-type", {
      name: set.name,
      found: `vector[${set.item.shape[0]}]`,
      wanted: "image, as it is to be resized",
    });
  const [height, width] = set.item.shape.slice(1);
  if (height === size[0] && width === size[1]) return set;
  const { target, heldOut } = set;
  return {
    ...set,
    ...resizedImages(set, set.count, size),
    ...(target ? { target: resizedImages(target, set.count, size) } : {}),
    ...(heldOut ? { heldOut: resized(heldOut, size) } : {}),
  };
}

function resizedImages({ item, data }: Images, count: number, size: readonly [number, number]): Images {
  const [channels, height, width] = item.shape;
  return {
    item: { type: "image", shape: [channels, size[0], size[1]] },
    data: resizer([height, width], size, { antialias: false })(data, count * channels),
  };
}

/** For each place of one axis: the first neighbour and the weights of `reach` of them in a row. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: Float32Array;
  readonly reach: number;
}

/** @param step source pixels from one result pixel to the next; the `to` places are centred on the `from` pixels. */
function taps(from: number, to: number, step: number, antialias: boolean): Taps {
  const radius = antialias ? Math.max(1, step) : 1;
  const reach = Math.min(from, Math.ceil(2 * radius)); // no more pixels lie within the filter
  const first = new Int32Array(to);
  const weights = new Float32Array(to * reach);
  const margin = (from - to * step) / 2;
  for (let place = 0; place < to; place++) {
    const centre = margin + (place + 0.5) * step;
    const start = Math.max(0, Math.min(from - reach, Math.ceil(centre - radius - 0.5)));
    const raw = Array.from({ length: reach }, (_, k) => Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / radius));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    first[place] = start;
    raw.forEach((weight, k) => (weights[place * reach + k] = weight / sum));
  }
  return { first, weights, reach };
}

function horizontally(data: Uint8Array, offset: number, h: number, w: number, columns: Taps, out: Float32Array): void {
  const { first, weights, reach } = columns;
  const W = first.length;
  for (let x = 0; x < W; x++)
    for (let y = 0, from = offset + first[x]; y < h; y++, from += w) {
      let sum = 0;
      for (let k = 0; k < reach; k++) sum += data[from + k] * weights[x * reach + k];
      out[y * W + x] = sum;
    }
}

function vertically(
  data: Float32Array,
  W: number,
  { first, weights, reach }: Taps,
  out: Uint8Array,
  offset: number,
): void {
  const sums = new Float32Array(W);
  for (let y = 0; y < first.length; y++) {
    sums.fill(0.5); // rounds to the nearest byte
    for (let k = 0, from = first[y] * W; k < reach; k++, from += W) {
      const weight = weights[y * reach + k];
      for (let x = 0; x < W; x++) sums[x] += data[from + x] * weight;
    }
    for (let x = 0; x < W; x++) out[offset + y * W + x] = sums[x] | 0;
  }
}
