/**
 * Charts as SVG: losses over iterations, samples among their data in one and two dimensions. Pure functions from numbers
 * to text; images.ts turns the text into PNG. Colours are those of the studio's tokens, light.
 */
import { axis, fixed, frame, grid, heading, ink, inside, type Box, type LegendEntry } from "./chart-frame.ts";
import { lettering } from "./lettering.ts";

export interface Series {
  readonly name: string;
  /** As long as `y`, ascending. */
  readonly x: ArrayLike<number>;
  /** What is not finite leaves a gap. */
  readonly y: ArrayLike<number>;
}

export interface LossPlotOptions {
  readonly title: string;
  readonly xLabel?: string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * One line for each series. Where there are many values, they are drawn thin and their moving average thick; far outliers
 * (beyond the 0.5 % at either end) may leave the picture.
 */
export function lossPlot(series: readonly Series[], options: LossPlotOptions): string {
  const { title, xLabel = "iteration", width = 880, height = 380 } = options;
  const box: Box = { left: 64, top: 64, right: width - 24, bottom: height - 52 };
  const middle = (box.left + box.right) / 2;
  const all = series.flatMap(({ y }) => Array.from(y).filter(Number.isFinite));
  const [low, high] = [quantile(all, 0.005), quantile(all, 0.995)];
  const [first, last] = extent(series.flatMap(({ x }) => (x.length > 0 ? [x[0], x[x.length - 1]] : [])));
  const y = axis(low > 0 && low < high / 2 ? 0 : low, high, box.bottom, box.top, 5, true);
  const x = axis(first, last, box.left, box.right, 7, false);
  const lines = series.map((line, n) => {
    const smooth = smoothed(line.y);
    const draw = (values: ArrayLike<number>, style: string) =>
      `<path d="${curve(line.x, values, x.at, y.at, box)}" stroke="${hues[n % hues.length]}" ${style}/>`;
    if (!smooth) return draw(line.y, `stroke-width="1.8"`);
    return draw(line.y, `stroke-width="1" stroke-opacity="0.3"`) + draw(smooth, `stroke-width="2"`);
  });
  const legend = series.map(({ name, y }, n) => ({ name, colour: hues[n % hues.length], value: lastOf(y) }));
  const empty = { size: 13, colour: ink.faint, anchor: "middle" } as const;
  return frame(width, height, title, [
    heading(title, box, legend),
    grid(x, y, box, { horizontal: true }),
    lettering(xLabel, middle, height - 12, { size: 12, colour: ink.muted, anchor: "middle" }),
    all.length === 0 ? lettering("no values yet", middle, (box.top + box.bottom) / 2, empty) : "",
    inside(box, `<g fill="none" stroke-linejoin="round" stroke-linecap="round">${lines.join("")}</g>`),
  ]);
}

export interface SamplesAmongData {
  readonly title: string;
  /** Rows of real data, one after another: x (histogram) or x, y (scatter). They set the axes, so pictures of one run compare. */
  readonly data: ArrayLike<number>;
  readonly samples: ArrayLike<number>;
}

/**
 * Two-dimensional samples (violet) over data (grey), one unit as long in x as in y. At most 4,000 points of each are drawn;
 * samples outside the picture are counted in it.
 * @param size the width in pixels
 */
export function scatterPlot({ title, data, samples }: SamplesAmongData, size = 620): string {
  const box: Box = { left: 52, top: 64, right: size - 24, bottom: size - 12 };
  const [real, drawn] = [data, samples].map((values) =>
    Array.from({ length: values.length >> 1 }, (_, n): Point => [values[2 * n], values[2 * n + 1]]),
  );
  const seen = (real.length > 0 ? real : drawn).filter(isFinitePoint);
  const [[left, right], [bottom, top]] = [0, 1].map((i) => extent(seen.map((point) => point[i])));
  const half = 0.6 * Math.max(right - left, top - bottom, 1e-6);
  const [cx, cy] = [(left + right) / 2, (bottom + top) / 2];
  const x = axis(cx - half, cx + half, box.left, box.right, 5, false);
  const y = axis(cy - half, cy + half, box.bottom, box.top, 5, false);
  const isInside = ([px, py]: Point) =>
    x.at(px) >= box.left && x.at(px) <= box.right && y.at(py) >= box.top && y.at(py) <= box.bottom;
  const dots = (points: readonly Point[], radius: number) =>
    points
      .slice(0, mostDots)
      .filter(isInside)
      .map(([px, py]) => `<circle cx="${fixed(x.at(px))}" cy="${fixed(y.at(py))}" r="${radius}"/>`)
      .join("");
  const outside = drawn.length - drawn.filter(isInside).length;
  const note = `${outside.toLocaleString("en")} of ${drawn.length.toLocaleString("en")} samples lie outside`;
  const small = { size: 11, colour: ink.muted, anchor: "end" } as const;
  return frame(size, size + 24, title, [
    heading(title, box, among),
    grid(x, y, box, { horizontal: true, vertical: true }),
    inside(box, `<g fill="${ink.data}" fill-opacity="0.35">${dots(real, 1.5)}</g>`),
    inside(box, `<g fill="${ink.samples}" fill-opacity="0.6">${dots(drawn, 1.9)}</g>`),
    outside > 0 ? lettering(note, box.right - 8, box.bottom - 8, small) : "",
  ]);
}

/** One-dimensional samples (violet, outlined) over data (grey) as densities in 60 bins. */
export function histogramPlot({ title, data, samples }: SamplesAmongData, { width = 720, height = 340 } = {}): string {
  const box: Box = { left: 52, top: 64, right: width - 24, bottom: height - 32 };
  const [real, drawn] = [data, samples].map((values) => Array.from(values).filter(Number.isFinite));
  const [least, most] = extent(real.length > 0 ? real : drawn);
  const margin = Math.max(0.1 * (most - least), 1e-6);
  const [low, high] = [least - margin, most + margin];
  const densities = [density(real, low, high), density(drawn, low, high)];
  const x = axis(low, high, box.left, box.right, 8, false);
  const y = axis(0, 1.05 * Math.max(1e-9, ...densities.flat()), box.bottom, box.top, 4, false);
  const [grey, violet] = densities.map((bins) => {
    const edge = (bin: number) => fixed(box.left + ((box.right - box.left) * bin) / bins.length);
    const steps = bins.map((value, bin) => `V${fixed(y.at(value))}H${edge(bin + 1)}`);
    return `M${edge(0)} ${box.bottom}${steps.join("")}V${box.bottom}`;
  });
  const outline = `stroke="${ink.samples}" stroke-width="1.6" stroke-linejoin="round"`;
  return frame(width, height, title, [
    heading(title, box, among),
    grid(x, y, box, { horizontal: true }),
    inside(box, `<path d="${grey}" fill="${ink.data}" fill-opacity="0.4"/>`),
    inside(box, `<path d="${violet}" fill="${ink.samples}" fill-opacity="0.12" ${outline}/>`),
  ]);
}

type Point = readonly [number, number];

const hues = ["#c8335d", "#007c69", "#5c53fb", "#9f5e01", "#0362b3", "#7b5b45"];
const mostDots = 4000;
const among: readonly LegendEntry[] = [
  { name: "data", colour: ink.data },
  { name: "samples", colour: ink.samples },
];

/**
 * Moving average around each value, twice over a hundred-and-twentieth of the run so that one outlier leaves no step; null
 * where there are too few values for it to help.
 */
function smoothed(values: ArrayLike<number>): readonly number[] | null {
  if (values.length < 120) return null;
  const reach = Math.round(values.length / 240) || 1;
  return movingAverage(movingAverage(values, reach), reach);
}

/** Over `reach` values on either side; what is not finite stays so and does not count. */
function movingAverage(values: ArrayLike<number>, reach: number): number[] {
  const n = values.length;
  const sums = new Float64Array(n + 1);
  const counts = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    sums[i + 1] = sums[i] + (Number.isFinite(values[i]) ? values[i] : 0);
    counts[i + 1] = counts[i] + Number(Number.isFinite(values[i]));
  }
  return Array.from({ length: n }, (_, i) => {
    const [from, to] = [Math.max(0, i - reach), Math.min(n, i + reach + 1)];
    return Number.isFinite(values[i]) ? (sums[to] - sums[from]) / (counts[to] - counts[from]) : NaN;
  });
}

type Scale = (value: number) => number;

/** A path through the values; where several fall on one pixel, through their least and their greatest. */
function curve(x: ArrayLike<number>, y: ArrayLike<number>, atX: Scale, atY: Scale, box: Box): string {
  const height = (value: number) => fixed(Math.max(box.top - 400, Math.min(box.bottom + 400, atY(value))));
  let path = "";
  let pen = "M";
  for (let i = 0; i < y.length;) {
    const pixel = Math.round(atX(x[i]));
    let end = i;
    while (end < y.length && Number.isFinite(y[end]) && Math.round(atX(x[end])) === pixel) end++;
    if (end === i) {
      pen = "M";
      i++;
      continue;
    }
    path += `${pen}${fixed(atX(x[i]))} ${height(y[i])}`;
    if (end - i > 1) {
      const [low, high] = extent(Array.from({ length: end - i }, (_, k) => y[i + k]));
      path += `V${height(low)}V${height(high)}V${height(y[end - 1])}`;
    } else if (pen === "M") path += "h0"; // a value between two gaps is a dot
    pen = "L";
    i = end;
  }
  return path;
}

function density(values: readonly number[], low: number, high: number, bins = 60): number[] {
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values)
    if (value >= low && value < high) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
  return counts.map((count) => count / (Math.max(1, values.length) * width));
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? NaN : sorted[Math.round(part * (sorted.length - 1))];
}

function lastOf(values: ArrayLike<number>): number | null {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i];
  return null;
}

const isFinitePoint = ([x, y]: Point) => Number.isFinite(x) && Number.isFinite(y);
