/** Some rows of a data set: pictures side by side, points in the plane or along a line. */
import { useEffect, useRef } from "react";
import type { SampleSheet } from "../../session/protocol.ts";
import { extentOf } from "../training/sheet.ts";
import styles from "./Rows.module.css";

const width = 616;

export function Rows({ sheet }: { readonly sheet: SampleSheet }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, sheet);
  }, [sheet]);
  return <canvas ref={canvas} className={styles.rows} role="img" aria-label="Some of its rows" />;
}

function draw(canvas: HTMLCanvasElement, sheet: SampleSheet): void {
  const { pixels, points } = sheet;
  if (pixels) drawPictures(canvas, sheet, pixels);
  else if (points) drawPoints(canvas, sheet, points);
}

function drawPictures(canvas: HTMLCanvasElement, sheet: SampleSheet, pixels: Uint8ClampedArray): void {
  const { count } = sheet;
  const [wide, high] = extentOf(sheet);
  const columns = Math.max(1, Math.floor(width / Math.max(wide + 2, 36)));
  const rows = Math.min(Math.ceil(count / columns), Math.max(1, Math.floor(360 / Math.max(high + 2, 36))));
  canvas.width = columns * (wide + 2);
  canvas.height = rows * (high + 2);
  canvas.style.imageRendering = "pixelated";
  const context = canvas.getContext("2d")!;
  for (let index = 0; index < Math.min(count, rows * columns); index++) {
    const picture = new ImageData(wide, high);
    picture.data.set(pixels.subarray(index * high * wide * 4, (index + 1) * high * wide * 4));
    context.putImageData(picture, (index % columns) * (wide + 2), Math.floor(index / columns) * (high + 2));
  }
}

/** One dimension lies along a line, spread a little across it; of more, the first two are shown. */
function drawPoints(canvas: HTMLCanvasElement, { count, shape }: SampleSheet, points: Float32Array): void {
  const features = shape[0];
  const scale = devicePixelRatio;
  const side = 360;
  canvas.width = side * scale;
  canvas.height = (features === 1 ? 120 : side) * scale;
  canvas.style.width = `${side}px`;
  const context = canvas.getContext("2d")!;
  const most = points.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6) * 1.1;
  const place = (value: number, extent: number) => (value / most / 2 + 0.5) * extent;
  context.fillStyle = getComputedStyle(canvas).color;
  context.globalAlpha = 0.6;
  for (let index = 0; index < count; index++) {
    const x = place(points[index * features], canvas.width);
    const y =
      features === 1
        ? canvas.height * (0.2 + 0.6 * ((index * 0.618) % 1))
        : canvas.height - place(points[index * features + 1], canvas.height);
    context.beginPath();
    context.arc(x, y, 1.8 * scale, 0, 2 * Math.PI);
    context.fill();
  }
}
