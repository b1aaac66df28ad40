/** Lines over sizes on two logarithmic axes, each with the power law through its points: a straight line of that slope. */
import { element, pointList, textWidth } from "../../targets/figure/svg.ts";
import { powerLaw } from "./fit.ts";
import { hue, logarithmicTicks, width, words, written } from "./plot-parts.ts";
import type { Plot, PlotSeries } from "./suite.ts";

const tall = 300;

interface Seen {
  readonly x: number;
  readonly y: number;
  readonly range: readonly [number, number] | null;
}

/** Values of 0 and below have no place on such an axis and are left out, as what was not measured is. */
export function drawLines(plot: Plot & { readonly form: "lines" }, top: number): { body: string; height: number } {
  const { groups, series } = plot;
  const points = series.map((each) => seenIn(each, groups));
  const all = points.flat();
  const bottom = top + tall;
  if (all.length === 0)
    return { body: words("not measured", width / 2, top + tall / 2, "muted", "middle"), height: bottom + 32 };
  const ticks = logarithmicTicks(
    ...extent(all.flatMap(({ y, range }) => [y, ...(range ?? [])].filter((value) => value > 0))),
  );
  const laws = points.map((own) => (own.length > 1 ? powerLaw(own.map(({ x }) => x), own.map(({ y }) => y)) : null)); // prettier-ignore
  const slopes = laws.map(
    (law) => law && `${law.exponent.toFixed(2)}${law.error === null ? "" : ` ± ${law.error.toFixed(2)}`}`,
  );
  const [left, right] = [
    72,
    width - 40 - Math.max(...slopes.map((slope) => (slope ? textWidth(`exponent ${slope}`, { size: 12 }) : 0))),
  ];
  const x = logarithmic(extent(groups), [left + 12, right - 12]);
  const y = logarithmic([ticks[0], ticks[ticks.length - 1]], [bottom, top]);

  const grid = [
    ...ticks.map(
      (tick) =>
        element("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }) +
        words(written(tick), left - 8, y(tick) + 4, "muted", "end"),
    ),
    ...groups.map(
      (size) =>
        element("line", { class: "grid", x1: x(size), x2: x(size), y1: top, y2: bottom }) +
        words(written(size), x(size), bottom + 18, "muted", "middle"),
    ),
  ];
  const lines = points.map((own, at) => {
    const law = laws[at];
    const ends = law && extent(own.map((point) => point.x)).map((size) => ({ x: x(size), y: y(law.at(size)) }));
    return (
      (ends ? element("polyline", { class: `fit ${hue(at)}`, style: "fill:none", points: pointList(ends) }) : "") +
      element("polyline", {
        class: `line ${hue(at)}`,
        style: "fill:none",
        points: pointList(own.map((point) => ({ x: x(point.x), y: y(point.y) }))),
      }) +
      own.map((point) => mark(point, at, x, y)).join("")
    );
  });
  const beside = spread(points.map((own, at) => ({ at, y: own.length > 0 ? y(own[own.length - 1].y) : 0 })).filter(({ at }) => slopes[at]))
    .map(({ at, y: height }) => words(`exponent ${slopes[at]}`, right + 4, height + 4)); // prettier-ignore
  const axis = words(plot.axis, (left + right) / 2, bottom + 38, "muted", "middle");
  return { body: [...grid, ...lines, ...beside, axis].join(""), height: bottom + 54 };
}
