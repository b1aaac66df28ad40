/**
 * Charts as SVG: losses over iterations, samples among their data in one and two dimensions. Pure functions from numbers
 * to text; images.ts turns the text into PNG. Colours are those of the studio's tokens, light.
 */
import { escapeXml, lettering, letteringWidth } from "./lettering.ts";

export interface Series {
  readonly name: string;
  /** As long as `y`, ascending. */
  readonly x: ArrayLike<number>;
  /** What is not finite leaves a gap. */
  readonly y: ArrayLike<number>;
}

const ink = {
  text: "#1b1b22",
  muted: "#6a6a78",
  faint: "#9a9aa8",
  line: "#e4e4ea",
  strong: "#cfcfd8",
  data: "#9a9aa8",
  samples: "#5546e8",
};
const hues = ["#d6456b", "#0e9f8e", "#6d5ef6", "#c77a0a", "#2f7fd6", "#7b5b45"];

/**
 * One line for each series. Where there are many values, they are drawn thin and their moving average over a sixtieth of
 * the run thick; a few far outliers (beyond the 0.5 % at either end) may leave the picture.
 */
export function lossPlot(
  series: readonly Series[],
  {
    title,
    xLabel = "iteration",
    width = 880,
    height = 380,
  }: { title: string; xLabel?: string; width?: number; height?: number },
): string {
  const box: Box = { left: 64, top: 64, right: width - 24, bottom: height - 52 };
  const lines = series.map((line, n) => ({ ...line, colour: hues[n % hues.length], smooth: smoothed(line.y) }));
  const all = lines.flatMap(({ y }) => Array.from(y).filter(Number.isFinite));
  const [low, high] = extent(
    [quantile(all, 0.005), quantile(all, 0.995), ...lines.flatMap(({ smooth }) => smooth ?? [])].filter(
      Number.isFinite,
    ),
  );
  const xs = lines.flatMap(({ x }) => (x.length > 0 ? [x[0], x[x.length - 1]] : []));
  const yAxis = axis(low > 0 && low < high / 2 ? 0 : low, high, box.bottom, box.top, 5, true);
  const xAxis = axis(Math.min(...xs), Math.max(...xs), box.left, box.right, 7, false);
  const drawn = lines.map(({ x, y, colour, smooth }) => {
    const thin = smooth ? ` stroke-width="1" stroke-opacity="0.3"` : ` stroke-width="1.8"`;
    const stroke = (values: ArrayLike<number>, more: string) =>
      `<path d="${curve(x, values, xAxis.at, yAxis.at, box)}" stroke="${colour}"${more}/>`;
    return stroke(y, thin) + (smooth ? stroke(smooth, ` stroke-width="2"`) : "");
  });
  const legend = lines.map(({ name, colour, y }) => ({ name, colour, value: lastOf(y) }));
  return frame(width, height, title, [
    heading(title, box, legend),
    grid(xAxis, yAxis, box, { horizontal: true }),
    lettering(xLabel, (box.left + box.right) / 2, height - 12, { size: 12, colour: ink.muted, anchor: "middle" }),
    all.length === 0
      ? lettering("no values yet", (box.left + box.right) / 2, (box.top + box.bottom) / 2, {
          size: 13,
          colour: ink.faint,
          anchor: "middle",
        })
      : "",
    inside(box, `<g fill="none" stroke-linejoin="round" stroke-linecap="round">${drawn.join("")}</g>`),
  ]);
}

export interface SamplesAmongData {
  readonly title: string;
  /** Rows of real data, one after another: x (histogram) or x, y (scatter). They set the axes, so pictures of one run compare. */
  readonly data: ArrayLike<number>;
  readonly samples: ArrayLike<number>;
}

/** Two-dimensional samples (violet) over data (grey), one unit as long in x as in y. At most 4,000 points of each are drawn. */
export function scatterPlot({ title, data, samples }: SamplesAmongData, size = 620): string {
  const square: Box = { left: 52, top: 64, right: size - 24, bottom: size - 12 };
  const points = [data, samples].map((values) =>
    Array.from({ length: values.length >> 1 }, (_, n) => [values[2 * n], values[2 * n + 1]] as const),
  );
  const [xs, ys] = [0, 1].map((i) =>
    extent((points[0].length > 0 ? points[0] : points[1]).map((point) => point[i]).filter(Number.isFinite)),
  );
  const half = 0.6 * Math.max(xs[1] - xs[0], ys[1] - ys[0], 1e-6);
  const [cx, cy] = [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2];
  const xAxis = axis(cx - half, cx + half, square.left, square.right, 5, false);
  const yAxis = axis(cy - half, cy + half, square.bottom, square.top, 5, false);
  const dots = (rows: readonly (readonly [number, number])[], fill: string, radius: number, opacity: number) =>
    `<g fill="${fill}" fill-opacity="${opacity}">${rows.slice(0, mostDots).filter(isFinitePoint).map(([x, y]) => `<circle cx="${fixed(xAxis.at(x))}" cy="${fixed(yAxis.at(y))}" r="${radius}"/>`).join("")}</g>`; // prettier-ignore
  const outside = points[1].filter(([x, y]) => !(Math.abs(x - cx) <= half && Math.abs(y - cy) <= half)).length;
  return frame(size, size + 24, title, [
    heading(title, square, among),
    grid(xAxis, yAxis, square, { horizontal: true, vertical: true }),
    inside(square, dots(points[0], ink.data, 1.5, 0.35) + dots(points[1], ink.samples, 1.9, 0.6)),
    outside > 0
      ? lettering(
          `${outside.toLocaleString("en")} of ${points[1].length.toLocaleString("en")} samples lie outside`,
          square.right - 8,
          square.bottom - 8,
          {
            size: 11,
            colour: ink.muted,
            anchor: "end",
          },
        )
      : "",
  ]);
}

/** One-dimensional samples (violet, outlined) over data (grey) as densities in 60 bins. */
export function histogramPlot({ title, data, samples }: SamplesAmongData, { width = 720, height = 340 } = {}): string {
  const box: Box = { left: 52, top: 64, right: width - 24, bottom: height - 32 };
  const finite = [data, samples].map((values) => Array.from(values).filter(Number.isFinite));
  const [low, high] = extent(finite[0].length > 0 ? finite[0] : finite[1]);
  const margin = Math.max(0.1 * (high - low), 1e-6);
  const xAxis = axis(low - margin, high + margin, box.left, box.right, 8, false);
  const densities = finite.map((values) => density(values, low - margin, high + margin));
  const yAxis = axis(0, 1.05 * Math.max(1e-9, ...densities.flat()), box.bottom, box.top, 4, false);
  const steps = (bins: readonly number[]) => {
    const edge = (bin: number) => fixed(box.left + ((box.right - box.left) * bin) / bins.length);
    return (
      `M${edge(0)} ${box.bottom}` +
      bins.map((value, bin) => `V${fixed(yAxis.at(value))}H${edge(bin + 1)}`).join("") +
      `V${box.bottom}`
    );
  };
  return frame(width, height, title, [
    heading(title, box, among),
    grid(xAxis, yAxis, box, { horizontal: true }),
    inside(box, `<path d="${steps(densities[0])}" fill="${ink.data}" fill-opacity="0.4"/><path d="${steps(densities[1])}" fill="${ink.samples}" fill-opacity="0.12" stroke="${ink.samples}" stroke-width="1.6" stroke-linejoin="round"/>`), // prettier-ignore
  ]);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
interface Axis {
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  at(value: number): number;
}
interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly value?: number | null;
}

const mostDots = 4000;
const among: readonly LegendEntry[] = [
  { name: "data", colour: ink.data },
  { name: "samples", colour: ink.samples },
];

function frame(width: number, height: number, title: string, parts: readonly string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img"><title>${escapeXml(title)}</title><rect width="${w}" height="${h}" fill="#ffffff"/>${parts.join("")}</svg>\n`;
}

/** The title, and what each colour means with its last value: on the right, or below where both do not fit in a line. */
function heading(title: string, box: Box, legend: readonly LegendEntry[]): string {
  const entries = legend.map(({ name, colour, value = null }) => ({
    name,
    colour,
    number: value === null ? "" : printValue(value),
  }));
  const widthOf = ({ name, number }: (typeof entries)[number]) =>
    22 + letteringWidth(name, 12) + (number ? 7 + letteringWidth(number, 12) : 0);
  const total = entries.reduce((width, entry) => width + widthOf(entry) + 22, -22);
  const beside = 24 + letteringWidth(title, 15) + 32 + total <= box.right;
  const y = beside ? 30 : 52;
  let x = beside ? box.right - total : 24;
  const parts = entries.map((entry) => {
    const { name, colour, number } = entry;
    const start = x;
    x += widthOf(entry) + 22;
    return [
      `<path d="M${fixed(start)} ${y - 4}h14" stroke="${colour}" stroke-width="3" stroke-linecap="round"/>`,
      lettering(name, start + 22, y, { size: 12, colour: ink.muted }),
      number && lettering(number, x - 22, y, { size: 12, colour: ink.text, anchor: "end" }),
    ].join("");
  });
  return (
    lettering(shortened(title, box.right - 24, 15), 24, 31, { size: 15, colour: ink.text, bold: true }) + parts.join("")
  );
}

/** What fits of a text, with three dots where something is left out. */
function shortened(text: string, room: number, size: number): string {
  let shown = text;
  while (letteringWidth(shown, size) > room) shown = `${shown.replace(/\.\.\.$/, "").slice(0, -1)}...`;
  return shown;
}

function grid(x: Axis, y: Axis, box: Box, lines: { horizontal?: boolean; vertical?: boolean }): string {
  const rules = [
    ...(lines.horizontal ? y.ticks.map(({ at }) => `M${box.left} ${fixed(at)}H${box.right}`) : []),
    ...(lines.vertical ? x.ticks.map(({ at }) => `M${fixed(at)} ${box.top}V${box.bottom}`) : []),
  ];
  const small = { size: 11, colour: ink.muted } as const;
  return [
    `<path d="${rules.join("")}" stroke="${ink.line}" fill="none"/>`,
    lines.vertical ? "" : `<path d="M${box.left} ${box.bottom}H${box.right}" stroke="${ink.strong}"/>`,
    ...y.ticks.map(({ at, label }) => lettering(label, box.left - 10, at + 4, { ...small, anchor: "end" })),
    ...x.ticks.map(({ at, label }) => lettering(label, at, box.bottom + 20, { ...small, anchor: "middle" })),
  ].join("");
}

const inside = ({ left, top, right, bottom }: Box, content: string) =>
  `<svg x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" viewBox="${left} ${top} ${right - left} ${bottom - top}">${content}</svg>`;

/** A linear axis with about `wanted` round ticks; `widen` moves its ends to ticks. */
function axis(low: number, high: number, from: number, to: number, wanted: number, widen: boolean): Axis {
  let [start, end] = Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [0, 1];
  if (end - start < 1e-9 * Math.max(1, Math.abs(start))) [start, end] = [start - 0.5, end + 0.5];
  const step = roundStep((end - start) / wanted);
  if (widen) [start, end] = [Math.floor(start / step + 1e-9) * step, Math.ceil(end / step - 1e-9) * step];
  const at = (value: number) => from + ((value - start) / (end - start)) * (to - from);
  const first = Math.ceil(start / step - 1e-9);
  const count = Math.floor(end / step + 1e-9) - first + 1;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const label = (value: number) => {
    const large = Math.abs(value) >= 1e6 || decimals > 4;
    const text = large
      ? value.toPrecision(3)
      : value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return text.replace("-", "−");
  };
  const ticks = Array.from({ length: count }, (_, n) => (first + n) * step).map((value) => ({
    at: at(value),
    label: label(value === 0 ? 0 : value),
  }));
  return { at, ticks };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9))!;
}

/** Moving average over a sixtieth of the values around each, twice half as wide so that one outlier leaves no step; null where there are too few. */
function smoothed(values: ArrayLike<number>): readonly number[] | null {
  if (values.length < 120) return null;
  const reach = Math.max(1, Math.round(values.length / 240));
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

/** A path through the values; where several fall on one pixel, through their least and their greatest. */
function curve(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  atX: (value: number) => number,
  atY: (value: number) => number,
  box: Box,
): string {
  const clamped = (value: number) => fixed(Math.max(box.top - 400, Math.min(box.bottom + 400, atY(value))));
  let path = "";
  let pen = "M";
  for (let i = 0; i < y.length;) {
    const pixel = Math.round(atX(x[i]));
    let [low, high, last] = [Infinity, -Infinity, i];
    for (; last < y.length && Math.round(atX(x[last])) === pixel && Number.isFinite(y[last]); last++)
      [low, high] = [Math.min(low, y[last]), Math.max(high, y[last])];
    if (last === i) {
      pen = "M";
      i++;
      continue;
    }
    path += `${pen}${fixed(atX(x[i]))} ${clamped(y[i])}`;
    if (last - i > 1) path += `V${clamped(low)}V${clamped(high)}V${clamped(y[last - 1])}`;
    else if (pen === "M") path += "h0";
    pen = "L";
    i = last;
  }
  return path;
}

function density(values: readonly number[], low: number, high: number, bins = 60): number[] {
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) if (value >= low && value < high) counts[Math.floor((value - low) / width)]++;
  return counts.map((count) => count / (Math.max(1, values.length) * width));
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.round(part * (sorted.length - 1)))];
}

function lastOf(values: ArrayLike<number>): number | null {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i];
  return null;
}

const printValue = (value: number) =>
  (Math.abs(value) >= 1000 ? value.toPrecision(4) : value.toFixed(3)).replace("-", "−");
const isFinitePoint = ([x, y]: readonly [number, number]) => Number.isFinite(x) && Number.isFinite(y);
const fixed = (value: number) => Math.round(value * 10) / 10;
