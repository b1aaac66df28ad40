/** Pictures of a sample sheet on a canvas: read once into a bitmap, off the critical path, and drawn from it at any size. */
import type { SampleSheet } from "../../session/protocol.ts";
import type { Tiling } from "./tiles.ts";

/** Width and height of one picture, which may be a row of several images. */
export const extentOf = ({ shape, row }: SampleSheet): readonly [number, number] =>
  row ? [row.width, row.height] : [shape[2] ?? 1, shape[1] ?? 1];

/** All pictures as one strip, one below the other; null for what are no pictures. */
export function stripOf(sheet: SampleSheet): Promise<ImageBitmap> | null {
  if (!sheet.pixels || sheet.count === 0) return null;
  const [width, height] = extentOf(sheet);
  return createImageBitmap(new ImageData(sheet.pixels as Uint8ClampedArray<ArrayBuffer>, width, height * sheet.count));
}

/** Draws the pictures in this order, each pixel a sharp square. */
export function drawTiles(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strip: ImageBitmap,
  sheet: SampleSheet,
  order: readonly number[],
  { columns, stepX, stepY, width: wide, height: high }: Tiling,
): void {
  const [width, height] = extentOf(sheet);
  context.imageSmoothingEnabled = wide < width; // pictures larger than their place are averaged, not thinned
  order.forEach((index, place) => {
    const [x, y] = [(place % columns) * stepX, Math.floor(place / columns) * stepY];
    context.drawImage(strip, 0, index * height, width, height, x, y, wide, high);
  });
}

/** A picture file of the whole grid, or of one sample, at a whole multiple of its size of about 112 or 512 pixels. */
export async function toPng(sheet: SampleSheet, order: readonly number[]): Promise<Blob | null> {
  const strip = await stripOf(sheet);
  if (!strip) return null;
  const [width, height] = extentOf(sheet);
  const scale = Math.max(1, Math.round((order.length === 1 ? 512 : 112) / Math.max(width, height)));
  const columns = Math.ceil(Math.sqrt(order.length));
  const gap = order.length === 1 ? 0 : 4;
  const [wide, high] = [width * scale, height * scale];
  const tiling = { columns, width: wide, height: high, stepX: wide + gap, stepY: high + gap };
  const rows = Math.ceil(order.length / columns);
  const canvas = new OffscreenCanvas(columns * (wide + gap) - gap, rows * (high + gap) - gap);
  const context = canvas.getContext("2d");
  if (!context) return null;
  drawTiles(context, strip, sheet, order, tiling);
  strip.close();
  return canvas.convertToBlob({ type: "image/png" });
}
