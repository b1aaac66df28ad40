/**
 * The pictures that the command line writes: grids of generated images, and charts (charts.ts) as PNG. Drawing is pure;
 * only `writePng` touches a file.
 */
import sharp from "sharp";
import { toByte } from "../session/showing.ts";
import { writeAtomically } from "./files.ts";

export { histogramPlot, lossPlot, scatterPlot, type SamplesAmongData, type Series } from "./charts.ts";

/** Red, green and blue bytes, row after row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface GridOptions {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 is grey, 3 colour. */
  readonly channels: number;
  /** As many as there are images, at most. */
  readonly columns: number;
  /** The values that are black and white; what lies beyond is cut off. */
  readonly range: readonly [number, number];
  /** White pixels around each image; by default as many as one pixel of an image takes, at least 2. */
  readonly padding?: number;
  /** Pixels that a pixel of an image takes; by default as many as fit a picture 900 wide, 1 to 8. */
  readonly scale?: number;
}

/** @param images count · height · width · channels values, NHWC; the grid is filled row by row. */
export function imageGrid(images: Float32Array, options: GridOptions): Picture {
  const { count, height, width, channels, range } = options;
  if (images.length !== count * height * width * channels)
    throw new RangeError(`${images.length} values are not ${count} images of ${channels}×${height}×${width}`);
  const columns = Math.min(options.columns, count);
  const rows = Math.ceil(count / columns);
  const scale = options.scale ?? Math.max(1, Math.min(8, Math.floor(900 / (columns * (width + 1)))));
  const padding = options.padding ?? Math.max(2, scale);
  const [stepX, stepY] = [width * scale + padding, height * scale + padding];
  const picture = { width: columns * stepX + padding, height: rows * stepY + padding };
  const data = new Uint8Array(picture.width * picture.height * 3).fill(255);
  const colours = channels >= 3 ? [0, 1, 2] : [0, 0, 0];
  for (let n = 0; n < count; n++) {
    const [left, top] = [padding + (n % columns) * stepX, padding + Math.floor(n / columns) * stepY];
    for (let y = 0; y < height * scale; y++)
      for (let x = 0; x < width * scale; x++) {
        const from = ((n * height + Math.floor(y / scale)) * width + Math.floor(x / scale)) * channels;
        const to = ((top + y) * picture.width + left + x) * 3;
        colours.forEach((channel, colour) => (data[to + colour] = toByte(images[from + channel], range)));
      }
  }
  return { ...picture, data };
}

/**
 * Writes a picture, or an SVG at twice its size, as PNG; the file appears whole, by rename.
 * @throws where the folder cannot be written to
 */
export async function writePng(path: string, picture: Picture | string): Promise<void> {
  writeAtomically(path, await encodePng(picture));
}

/** The bytes of the PNG that {@link writePng} writes. */
export function encodePng(picture: Picture | string): Promise<Uint8Array> {
  const image =
    typeof picture === "string"
      ? sharp(Buffer.from(picture), { density: 144 })
      : sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } });
  return image.png({ compressionLevel: 9 }).toBuffer();
}
