/** What every plot is made of: words, the legend, ticks of a linear and of a logarithmic axis, numbers as they are written. */
import { element, escapeXml, short, textWidth } from "../../targets/figure/svg.ts";

/** Of a plot, in pixels. */
export const width = 760;

/** A value has the ground around its letters, for it may stand on a line. */
type Ink = "title" | "plain" | "muted" | "value";

/** Text on its baseline. */
export const words = (
  content: string,
  x: number,
  y: number,
  ink: Ink = "plain",
  anchor?: "middle" | "end",
  turn?: number,
): string =>
  element(
    "text",
    {
      x,
      y,
      class: ink === "plain" ? undefined : ink,
      "text-anchor": anchor,
      transform: turn === undefined ? undefined : `rotate(${turn} ${x} ${y})`,
    },
    escapeXml(content),
  );

/** The class that gives a series its colour. */
export const hue = (series: number): string => `s${series % 6}`;

/** Names with their colours, in as many rows as they need. */
export function legend(names: readonly string[]): { readonly body: string; readonly height: number } {
  let [x, y] = [24, 0];
  const entries = names.map((name, series) => {
    const wide = 18 + textWidth(name, { size: 12 }) + 16;
    if (x > 24 && x + wide > width - 24) [x, y] = [24, y + 20];
    const entry =
      element("rect", { class: `bar ${hue(series)}`, x, y: y + 1, width: 12, height: 12, rx: 2 }) +
      words(name, x + 18, y + 11);
    x += wide;
    return entry;
  });
  return { body: entries.join(""), height: y + 20 };
}

/** A range with its two ends marked, along a bar or, upright, through a point. */
export function whisker(from: number, to: number, across: number, way: "level" | "upright" = "level"): string {
  const [a, b, before, after] = [from, to, across - 3, across + 3].map(short);
  const d =
    way === "level"
      ? `M${a} ${before}V${after}M${a} ${short(across)}H${b}M${b} ${before}V${after}`
      : `M${before} ${a}H${after}M${short(across)} ${a}V${b}M${before} ${b}H${after}`;
  return element("path", { class: "range", d, fill: "none" });
}

/** Steps of 1, 2 or 5 times a power of ten from 0 to the first at or beyond `most`, about `count` of them. */
export function linearTicks(most: number, count: number): readonly number[] {
  const rough = Math.max(most, Number.MIN_VALUE) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => rounded(at * step));
}

/** 1, 2 and 5 times powers of ten that hold all from `least` to `most`; powers alone where those would be more than ten. */
export function logarithmicTicks(least: number, most: number): readonly number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(most)) - Math.floor(Math.log10(least)) + 2 },
    (_, at) => 10 ** (Math.floor(Math.log10(least)) + at),
  );
  const within = (all: readonly number[]) => {
    const first = Math.max(
      0,
      all.findLastIndex((tick) => tick <= least),
    );
    return all.slice(first, all.findIndex((tick) => tick >= most && tick > all[first]) + 1);
  };
  const fine = within(powers.flatMap((power) => [1, 2, 5].map((each) => rounded(each * power))));
  return fine.length <= 10 ? fine : within(powers);
}

/** Three digits, thousands apart. */
export const written = (value: number): string =>
  Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });

const rounded = (value: number): number => Number(value.toPrecision(12));
