/** Figures as data of a plot. */
import type { Figure, Plot } from "./suite.ts";

/** The ratios of all figures as bars: a group a figure, a series a contestant but the reference. The range is that of the quartiles. */
export function barsOf(title: string, figures: readonly Figure[], unit: string): Plot {
  const names = [
    ...new Set(
      figures.flatMap(({ rows, reference }) =>
        rows.map(({ contestant }) => contestant).filter((name) => name !== reference),
      ),
    ),
  ];
  const ratios = names.map((name) => figures.map(({ rows }) => rows.find(({ contestant }) => contestant === name)?.ratio ?? null)); // prettier-ignore
  return {
    form: "bars",
    title,
    unit,
    groups: figures.map((figure) => figure.case),
    series: names.map((name, at) => ({
      name,
      values: ratios[at].map((ratio) => ratio && ratio.median),
      ranges: ratios[at].map((ratio) => ratio && ([ratio.lower, ratio.upper] as const)),
    })),
  };
}
