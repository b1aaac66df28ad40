/** Samples as files: a grid of pictures, or a table of points. */
import { writeNpy } from "../../datasets/npy.ts";
import type { SampleSheet } from "../../session/protocol.ts";
import { drawTiles, extentOf, stripOf } from "../training/sheet.ts";

/** CSS pixels between two pictures. */
const gap = 4;

/** A canvas with the pictures row by row, each pixel drawn as `scale` × `scale`; null for samples that are no pictures. */
export async function gridOf(sheet: SampleSheet, columns: number, scale: number): Promise<OffscreenCanvas | null> {
  const strip = await stripOf(sheet);
  if (!strip) return null;
  const [width, height] = extentOf(sheet).map((extent) => extent * scale);
  const rows = Math.ceil(sheet.count / columns);
  const canvas = new OffscreenCanvas(columns * (width + gap) - gap, rows * (height + gap) - gap);
  const context = canvas.getContext("2d")!;
  const order = Array.from({ length: sheet.count }, (_, index) => index);
  drawTiles(context, strip, sheet, order, { columns, width, height, stepX: width + gap, stepY: height + gap });
  strip.close();
  return canvas;
}

/** RFC 4180: a row for each sample, a column for each number. */
export function pointsCsv({ points, shape, count }: SampleSheet): string {
  const features = shape[0] ?? 1;
  const names = Array.from({ length: features }, (_, index) => `x${index}`);
  const rows = Array.from({ length: count }, (_, row) =>
    Array.from(points!.subarray(row * features, (row + 1) * features), (value) => Number(value.toPrecision(9))).join(),
  );
  return [names.join(), ...rows, ""].join("\r\n");
}

/** The generator's own numbers as an array of NumPy's: (N, C, H, W) of images, (N, F) of points. */
export const npyOf = ({ numbers, points, shape, count }: SampleSheet): Uint8Array<ArrayBuffer> =>
  writeNpy(numbers ?? points!, [count, ...shape]) as Uint8Array<ArrayBuffer>;

/** How many times a picture's pixels are enlarged so that it is about 96 pixels wide. */
export const scaleOf = (sheet: SampleSheet): number => Math.max(1, Math.round(96 / Math.max(...extentOf(sheet))));
