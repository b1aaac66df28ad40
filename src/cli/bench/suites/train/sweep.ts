/** A case at several batches in one table, a line a batch, and all cases in one plot of ratios over batches. */
import type { Cell, Figure, Plot, Row } from "../../suite.ts";

/** The figure of one case at one batch. */
export interface AtBatch {
  readonly case: string;
  readonly batch: number;
  readonly figure: Figure;
}

/**
 * @param contestant whose times and ratios lead the table; the others follow with their ratios to the reference
 * @returns a figure a case. What was left out, or not there, says so below it once for each contestant and reason.
 */
export function sweepFigures(all: readonly AtBatch[], contestant: string): Figure[] {
  const names = [...new Set(all.map((each) => each.case))];
  return names.map((name) => {
    const own = all.filter((each) => each.case === name);
    const others = contestantsOf(own).filter((other) => other !== contestant);
    const rows = own.map(({ batch, figure }) => lineOf(batch, figure, contestant, others));
    const missing = own.flatMap(({ batch, figure }) =>
      figure.rows.flatMap(({ contestant: who, absent }) =>
        absent === undefined ? [] : [`batch ${batch}: ${who} ${absent}`],
      ),
    );
    return {
      case: name,
      unit: `ms a step, ${contestant}`,
      reference: own.find(({ figure }) => figure.reference !== null)?.figure.reference ?? null,
      rows,
      targets: own.flatMap(({ figure }) => figure.targets ?? []),
      notes: [...own.flatMap(({ figure }) => figure.notes ?? []), ...missing],
    };
  });
}

/** In the order of the figure that has most of them. */
function contestantsOf(all: readonly AtBatch[]): string[] {
  const longest = all.toSorted((a, b) => b.figure.rows.length - a.figure.rows.length);
  return [...new Set(longest.flatMap(({ figure }) => figure.rows.map((row) => row.contestant)))];
}

function lineOf(batch: number, { rows, reference }: Figure, contestant: string, others: readonly string[]): Row {
  const own = rows.find((row) => row.contestant === contestant);
  const columns = others.map((other): [string, Cell] => {
    const row = rows.find((each) => each.contestant === other);
    return other === reference
      ? [`${other}, ms`, row?.spread?.median ?? null]
      : [`${other}, ×`, row?.ratio?.median ?? null];
  });
  return {
    contestant: `batch ${batch}`,
    spread: own?.spread ?? null,
    ratio: own?.ratio ?? null,
    ...(own?.absent !== undefined && { absent: own.absent }),
    extra: { ...Object.fromEntries(columns), "peak MB": own?.extra["peak MB"] ?? null },
  };
}

/** The contestant's ratio over batches, a line a case. */
export function ratiosOverBatch(all: readonly AtBatch[], contestant: string, title: string, unit: string): Plot {
  const [names, batches] = [[...new Set(all.map((each) => each.case))], [...new Set(all.map(({ batch }) => batch))]];
  const groups = batches.toSorted((a, b) => a - b);
  const ratioOf = (name: string, batch: number) =>
    all
      .find((each) => each.case === name && each.batch === batch)
      ?.figure.rows.find((row) => row.contestant === contestant)?.ratio ?? null;
  return {
    ...{ form: "lines", title, unit, axis: "batch", groups, law: false },
    series: names.map((name) => ({
      name,
      values: groups.map((batch) => ratioOf(name, batch)?.median ?? null),
      ranges: groups.map((batch) => {
        const ratio = ratioOf(name, batch);
        return ratio && ([ratio.least, ratio.most] as const);
      }),
    })),
  };
}
