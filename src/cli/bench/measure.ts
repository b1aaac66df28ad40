/**
 * Measuring in turns. Contestants run A B C A B C …, so that whatever else slows the machine slows all of them; rounds of
 * warming up come first and do not count. Ratios are formed round by round and then summed up, since two neighbours in time
 * share their disturbances and two medians need not.
 */
import type { Cell, Figure, Row, Spread, Target } from "./suite.ts";

export interface Contestant {
  readonly name: string;
  /** Does a round's work once and tells its figure, with further columns where it has some. */
  measure(): Promise<Measured>;
}

export interface Measured {
  readonly value: number;
  readonly extra?: Readonly<Record<string, Cell>>;
}

export interface InterleaveOptions {
  /** Rounds that count, at least 1. */
  readonly rounds: number;
  /** Rounds before them. */
  readonly warmup: number;
}

/** What each contestant gave in the rounds that count, in their order. */
export type Rounds = ReadonlyMap<string, readonly Measured[]>;

/** Runs all contestants in turns. Throws a RangeError without a round, and what a contestant throws. */
export async function interleave(
  contestants: readonly Contestant[],
  { rounds, warmup }: InterleaveOptions,
): Promise<Rounds> {
  if (!(rounds >= 1)) throw new RangeError(`${rounds} rounds measure nothing.`);
  const found = new Map<string, Measured[]>(contestants.map(({ name }) => [name, []]));
  if (found.size < contestants.length) throw new RangeError("Two contestants have one name.");
  for (let round = -warmup; round < rounds; round++)
    for (const { name, measure } of contestants) {
      const measured = await measure();
      if (round >= 0) found.get(name)!.push(measured);
    }
  return found;
}

export interface FigureOptions {
  readonly case: string;
  readonly unit: string;
  readonly reference: string | null;
  /** Contestants that were not to be had, and why. */
  readonly absent?: ReadonlyMap<string, string>;
  /** What each is held to; found here from the ratios. */
  readonly targets?: readonly Target[];
}

/** The figure of an interleaved run: spreads, and ratios to the reference where it ran. Extra columns are medians of rounds. */
export function figureOf(rounds: Rounds, options: FigureOptions): Figure {
  const { reference, absent = new Map<string, string>(), targets, ...rest } = options;
  const against = reference === null ? undefined : rounds.get(reference);
  const measured = [...rounds].map(([contestant, own]): Row => {
    const values = own.map(({ value }) => value);
    const ratios =
      against && contestant !== reference ? values.map((value, round) => value / against[round].value) : null;
    return { contestant, spread: spreadOf(values), ratio: ratios && spreadOf(ratios), extra: extraOf(own) };
  });
  const missing = [...absent].map(([contestant, why]): Row => ({
    contestant,
    spread: null,
    ratio: null,
    absent: why,
    extra: {},
  }));
  return {
    ...rest,
    reference: against ? reference : null,
    rows: [...measured, ...missing],
    ...(targets && { targets }),
  };
}

/** Median and spread of at least one number; quartiles lie between neighbours where the count asks for it. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("No values have no spread.");
  const sorted = values.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    median: quantile(sorted, 0.5),
    least: sorted[0],
    most: sorted[sorted.length - 1],
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
  };
}

/** Between the two nearest values, as far as the share lies between them (Hyndman and Fan's seventh definition). */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [before, after] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return before + (after - before) * (at - Math.floor(at));
}

/** The median of a column of numbers; of anything else, the last round's word. */
function extraOf(rounds: readonly Measured[]): Record<string, Cell> {
  const columns = new Set(rounds.flatMap(({ extra = {} }) => Object.keys(extra)));
  return Object.fromEntries(
    [...columns].map((column) => {
      const cells = rounds.map(({ extra = {} }) => extra[column] ?? null);
      const numbers = cells.filter((cell) => typeof cell === "number");
      return [column, numbers.length === cells.length ? spreadOf(numbers).median : cells[cells.length - 1]];
    }),
  );
}
