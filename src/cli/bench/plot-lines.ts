/** Lines over sizes on two logarithmic axes, each, where it is asked for, with the power law through its points: a straight line. */
import { element, pointList, textWidth, type Point } from "../../targets/figure/svg.ts";
import { powerLaw, type PowerLaw } from "./fit.ts";
import { hue, logarithmicTicks, whisker, width, words, written } from "./plot-parts.ts";
import type { Plot, PlotSeries } from "./suite.ts";

type LinePlot = Plot & { readonly form: "lines" };

/** A series' points, what it was measured at, and the law through them where there are two at least. */
interface Line {
  readonly points: readonly Measured[];
  readonly law: PowerLaw | null;
  readonly slope: string | null;
}
interface Measured extends Point {
  readonly range: readonly [number, number] | null;
}

const tall = 300;

/** Values of 0 and below have no place on such an axis and are left out, as what was not measured is. */
export function drawLines({ groups, series, axis, law }: LinePlot, top: number): { body: string; height: number } {
  const lines = series.map((each) => lineOf(each, groups, law));
  const bottom = top + tall;
  const height = bottom + 54;
  const values = lines.flatMap(({ points }) => points.flatMap(({ y, range }) => [y, ...(range ?? [])]));
  if (values.length === 0) return { body: words("not measured", width / 2, top + tall / 2, "muted", "middle"), height };
  const margin = Math.max(...lines.map(({ slope }) => (slope ? textWidth(slope, { size: 12 }) + 26 : 0)));
  const box = { left: 72, right: width - 24 - margin, top, bottom };
  const ticks = logarithmicTicks(Math.min(...values), Math.max(...values));
  const x = logarithmic(groups, box.left + 12, box.right - 12);
  const y = logarithmic(ticks, bottom, top);

  const rows = ticks.map(
    (tick) =>
      element("line", { class: "grid", x1: box.left, x2: box.right, y1: y(tick), y2: y(tick) }) +
      words(written(tick), box.left - 8, y(tick) + 4, "muted", "end"),
  );
  const columns = groups.map(
    (size) =>
      element("line", { class: "grid", x1: x(size), x2: x(size), y1: top, y2: bottom }) +
      words(written(size), x(size), bottom + 18, "muted", "middle"),
  );
  const drawn = lines.map((line, at) => drawLine(line, at, x, y));
  const name = words(axis, (box.left + box.right) / 2, bottom + 38, "muted", "middle");
  return { body: [...rows, ...columns, ...drawn, ...slopes(lines, box.right + 8, y), name].join(""), height };
}

function lineOf({ values, ranges }: PlotSeries, groups: readonly number[], fitted = true): Line {
  const points = groups.flatMap((x, at) => {
    const y = values[at] ?? null;
    const range = ranges?.[at] ?? null;
    return y !== null && y > 0 ? [{ x, y, range: range && range[0] > 0 ? range : null }] : [];
  });
  if (!fitted || points.length < 2) return { points, law: null, slope: null };
  const law = powerLaw(
    points.map(({ x }) => x),
    points.map(({ y }) => y),
  );
  const error = law.error === null ? "" : ` ± ${law.error.toFixed(2)}`;
  return { points, law, slope: `exponent ${law.exponent.toFixed(2)}${error}` };
}

type Scale = (value: number) => number;

/** From the least of the values at `from` to the greatest at `to`; one value alone stands in the middle. */
function logarithmic(values: readonly number[], from: number, to: number): Scale {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (value) => from + (to - from) * (high > low ? (Math.log(value) - low) / (high - low) : 0.5);
}

function drawLine({ points, law }: Line, at: number, x: Scale, y: Scale): string {
  const path = (kind: string, through: readonly Point[]) =>
    element("polyline", {
      class: `${kind} ${hue(at)}`,
      style: "fill:none", // its class fills it otherwise
      points: pointList(through.map((point) => ({ x: x(point.x), y: y(point.y) }))),
    });
  const ends = [points.at(0), points.at(-1)].flatMap((point) =>
    law && point ? [{ x: point.x, y: law.at(point.x) }] : [],
  );
  const marks = points.map(
    (point) =>
      (point.range ? whisker(y(point.range[0]), y(point.range[1]), x(point.x), "upright") : "") +
      element("circle", { class: `bar ${hue(at)}`, cx: x(point.x), cy: y(point.y), r: 3.5 }),
  );
  return path("fit", ends) + path("line", points) + marks.join("");
}

/** The exponents at the ends of their lines, moved apart where they would lie on one another. */
function slopes(lines: readonly Line[], left: number, y: Scale): readonly string[] {
  const ends = lines.flatMap(({ points, slope }, at) => {
    const last = points.at(-1);
    return slope && last ? [{ at, slope, y: y(last.y) }] : [];
  });
  let above = -Infinity;
  return ends
    .sort((a, b) => a.y - b.y)
    .map(({ at, slope, y: wanted }) => {
      above = Math.max(wanted, above + 18);
      return (
        element("circle", { class: `bar ${hue(at)}`, cx: left + 4, cy: above, r: 4 }) +
        words(slope, left + 14, above + 4)
      );
    });
}
