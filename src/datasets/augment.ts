/**
 * Random changes of images that leave what they show as it is, so that few pictures do for more: mirrored, and cut out of a
 * slightly larger picture. What a row gets is chosen once: its image and its target change alike.
 */

/** One choice for each row. */
export interface Changes {
  /** Mirrored left to right where it is 1; null where none is. */
  readonly flips: Uint8Array | null;
  /**
   * Where each is cut out of its enlargement by {@link enlarged}: down and right, each 0 … 1, two numbers a row. Null where
   * none is.
   */
  readonly cuts: Float32Array | null;
}

/** Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (2017): 286 pixels for 256. */
export const enlarged = 286 / 256;

/** @param images rows of H × W × C values, NHWC */
export function changed(
  images: Float32Array,
  [height, width, channels]: readonly number[],
  { flips, cuts }: Changes,
): Float32Array {
  if (!flips && !cuts) return images;
  const size = height * width * channels;
  const out = new Float32Array(images.length);
  for (let row = 0; row * size < images.length; row++) {
    const down = cutPlaces(height, cuts ? cuts[2 * row] : null);
    const across = cutPlaces(width, cuts ? cuts[2 * row + 1] : null);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const from = flips?.[row] ? width - 1 - x : x;
        const to = row * size + (y * width + x) * channels;
        for (let channel = 0; channel < channels; channel++)
          out[to + channel] = blend(images, row * size + channel, width * channels, channels, down, y, across, from);
      }
  }
  return out;
}

/** For each place of one axis the two neighbours in the image, and how much of the second there is. */
interface Places {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly part: Float32Array;
}

/** Bilinear, pixel centres at half; the cut begins at a whole pixel of the enlargement. Null leaves places as they are. */
function cutPlaces(extent: number, cut: number | null): Places {
  const first = new Int32Array(extent);
  const second = new Int32Array(extent);
  const part = new Float32Array(extent);
  const large = cut === null ? extent : Math.max(extent, Math.round(extent * enlarged));
  const start = cut === null ? 0 : Math.min(large - extent, Math.floor(cut * (large - extent + 1)));
  for (let place = 0; place < extent; place++) {
    const exact = Math.max(0, Math.min(extent - 1, ((start + place + 0.5) * extent) / large - 0.5));
    first[place] = Math.floor(exact);
    second[place] = Math.min(extent - 1, first[place] + 1);
    part[place] = exact - first[place];
  }
  return { first, second, part };
}

function blend(
  images: Float32Array,
  offset: number,
  strideY: number,
  strideX: number,
  down: Places,
  y: number,
  across: Places,
  x: number,
): number {
  const [above, below, low] = [offset + down.first[y] * strideY, offset + down.second[y] * strideY, down.part[y]];
  const [left, right, far] = [across.first[x] * strideX, across.second[x] * strideX, across.part[x]];
  const top = images[above + left] * (1 - far) + images[above + right] * far;
  if (low === 0) return top;
  return top * (1 - low) + (images[below + left] * (1 - far) + images[below + right] * far) * low;
}
