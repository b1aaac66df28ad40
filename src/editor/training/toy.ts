/**
 * Pictures of samples that are points: on a plane, data and samples over the discriminator's field; on a line, how often
 * values come in data and samples, with the discriminator as a curve. Drawn to the surface; nothing is kept.
 */
import type { Field, SampleSheet } from "../../session/protocol.ts";
import { channels, faded, type Surface } from "./drawing.ts";
import { figures } from "./words.ts";

/** Steps of colour in the field: their edges are its contours. */
const bands = 10;
const bins = 64;

export function drawPoints(surface: Surface, sheet: SampleSheet, field: Field): void {
  if (field.extent.length === 4) drawPlane(surface, sheet.points!, field);
  else drawLine(surface, sheet.points!, field);
}

function drawPlane({ context, width, height, colour }: Surface, samples: Float32Array, field: Field): void {
  const [x0, x1, y0, y1] = field.extent;
  const scale = Math.min(width / (x1 - x0), height / (y1 - y0));
  const [wide, high] = [(x1 - x0) * scale, (y1 - y0) * scale];
  const [left, top] = [(width - wide) / 2, (height - high) / 2];
  context.save();
  context.beginPath();
  context.roundRect(left, top, wide, high, 4);
  context.fillStyle = colour("--background");
  context.fill();
  context.clip();
  const picture = fieldPicture(field, colour("--loss"));
  if (picture) {
    context.imageSmoothingEnabled = true;
    context.drawImage(picture, left, top, wide, high);
  }
  const at = (x: number, y: number) => [left + (x - x0) * scale, top + (y1 - y) * scale] as const;
  dots(context, samples, at, { radius: 2, fill: faded(colour("--vector"), 0.85) });
  dots(context, field.data, at, { radius: 1.5, fill: faded(colour("--text"), 0.6) });
  context.restore();
}

function dots(
  context: CanvasRenderingContext2D,
  points: Float32Array,
  at: (x: number, y: number) => readonly [number, number],
  { radius, fill }: { readonly radius: number; readonly fill: string },
): void {
  context.fillStyle = fill;
  context.beginPath();
  for (let index = 0; index + 1 < points.length; index += 2) {
    const [x, y] = at(points[index], points[index + 1]);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}

/** The field in bands: the stronger, the more the discriminator takes a place for data. Row 0 of the picture is y1. */
function fieldPicture({ scores, size }: Field, hue: string): OffscreenCanvas | null {
  if (!scores) return null;
  const [least, most] = rangeOf(scores);
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(size, size);
  const [red, green, blue] = channels(hue);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const part = most > least ? (scores[row * size + column] - least) / (most - least) : 0;
      const pixel = 4 * ((size - 1 - row) * size + column);
      picture.data.set([red, green, blue, (Math.floor(part * bands) / bands) * 130], pixel);
    }
  context.putImageData(picture, 0, 0);
  return canvas;
}

function drawLine({ context, width, height, colour }: Surface, samples: Float32Array, field: Field): void {
  const [x0, x1] = field.extent;
  const base = height - 18;
  const high = base - 6;
  const [real, fake] = [histogram(field.data, x0, x1), histogram(samples, x0, x1)];
  const most = Math.max(...real, ...fake, 1e-9);
  area(context, real, { width, base, high, most }, faded(colour("--text"), 0.16), faded(colour("--text"), 0.55));
  area(context, fake, { width, base, high, most }, faded(colour("--vector"), 0.25), colour("--vector"));
  if (field.scores) {
    const [least, greatest] = rangeOf(field.scores);
    context.beginPath();
    field.scores.forEach((score, index) => {
      const part = greatest > least ? (score - least) / (greatest - least) : 0.5;
      context.lineTo((index / (field.size - 1)) * width, base - part * high);
    });
    context.strokeStyle = colour("--loss");
    context.lineWidth = 1.5;
    context.setLineDash([5, 3]);
    context.stroke();
    context.setLineDash([]);
  }
  context.fillStyle = colour("--line-strong");
  context.fillRect(0, base, width, 1);
  context.fillStyle = colour("--faint");
  context.font = `11px ${colour("--mono")}`;
  context.textBaseline = "bottom";
  context.fillText(figures(x0, 3), 0, height);
  context.textAlign = "right";
  context.fillText(figures(x1, 3), width, height);
  context.textAlign = "left";
}

function area(
  context: CanvasRenderingContext2D,
  counts: Float32Array,
  {
    width,
    base,
    high,
    most,
  }: { readonly width: number; readonly base: number; readonly high: number; readonly most: number },
  fill: string,
  stroke: string,
): void {
  context.beginPath();
  context.moveTo(0, base);
  counts.forEach((count, bin) => {
    const y = base - (count / most) * high;
    context.lineTo((bin / counts.length) * width, y);
    context.lineTo(((bin + 1) / counts.length) * width, y);
  });
  context.lineTo(width, base);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.stroke();
}

/** The part of all values that falls into each of equal bins. */
export function histogram(values: Float32Array, low: number, high: number): Float32Array {
  const counts = new Float32Array(bins);
  for (const value of values) {
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) counts[bin] += 1 / values.length;
  }
  return counts;
}

/** The least and the greatest. */
export function rangeOf(values: Float32Array): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
