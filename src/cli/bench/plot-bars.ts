/** Bars grouped by case: one a series, from 0 to its median, with the range of what was measured. */
import { element, fitted, textWidth } from "../../targets/figure/svg.ts";
import { hue, linearTicks, whisker, width, words, written } from "./plot-parts.ts";
import { digits } from "./print.ts";
import type { Plot, PlotSeries } from "./suite.ts";

const thickness = 16;
const between = 14;

/** Ratios ("× PyTorch") get a line at 1. A bar that was not measured says so. */
export function drawBars(plot: Plot & { readonly form: "bars" }, top: number): { body: string; height: number } {
  const { groups, series } = plot;
  const label = Math.min(200, Math.max(0, ...groups.map((name) => textWidth(name, { size: 12 }))) + 8);
  const [left, right] = [24 + label, width - 148];
  const seen = series
    .flatMap(({ values, ranges = [] }) => [...values, ...ranges.flat()])
    .filter((value) => value !== null && value !== undefined);
  const ticks = linearTicks(Math.max(...seen, plot.unit.startsWith("×") ? 1 : 0, Number.MIN_VALUE), 6);
  const scale = (value: number) => left + ((right - left) * value) / ticks[ticks.length - 1];
  const tall = series.length * thickness + between;
  const bottom = top + groups.length * tall;
  const line = (value: number, kind: string) =>
    element("line", { class: kind, x1: scale(value), x2: scale(value), y1: top - 6, y2: bottom });
  const rows = groups.map((name, group) => {
    const from = top + group * tall;
    const middle = from + (series.length * thickness) / 2;
    const bars = series.map((each, at) => bar(each, group, at, from + at * thickness, left, scale));
    return words(fitted(name, label, { size: 12 }), left - 8, middle + 4, "plain", "end") + bars.join("");
  });
  const axis = ticks.map(
    (tick) => line(tick, "grid") + words(written(tick), scale(tick), bottom + 14, "muted", "middle"),
  );
  const one = plot.unit.startsWith("×") ? line(1, "one") : "";
  return { body: axis.join("") + rows.join("") + one, height: bottom + 32 };
}

function bar(
  { values, ranges }: PlotSeries,
  group: number,
  at: number,
  y: number,
  left: number,
  scale: (value: number) => number,
): string {
  const middle = y + thickness / 2;
  const value = values[group] ?? null;
  if (value === null) return words("not measured", left + 6, middle + 4, "muted");
  const range = ranges?.[group] ?? null;
  const text = range ? `${digits(value)} (${digits(range[0])}–${digits(range[1])})` : digits(value);
  return (
    element("rect", {
      class: `bar ${hue(at)}`,
      x: left,
      y: y + 2,
      width: Math.max(1, scale(value) - left),
      height: thickness - 4,
      rx: 2,
    }) +
    (range ? whisker(scale(range[0]), scale(range[1]), middle) : "") +
    words(text, scale(Math.max(value, range?.[1] ?? 0)) + 7, middle + 4, "value")
  );
}
