/** Steps of several trainers in turns, as a figure. */
import type { Steps, StepsRequest } from "../../children/protocol.ts";
import { figureOf, interleave, spreadOf, type Rounds } from "../../measure.ts";
import type { Cell, Figure, Target } from "../../suite.ts";
import type { Trainers } from "./trainers.ts";

export interface StepsOptions {
  readonly case: string;
  readonly reference: string;
  readonly rounds: number;
  readonly request: StepsRequest;
  /** Which of the answer's numbers the figure is about. */
  readonly value?: (steps: Steps) => number;
  readonly unit?: string;
}

export interface MeasuredSteps {
  readonly rounds: Rounds;
  readonly figure: Figure;
  /** What each answered last. */
  readonly last: ReadonlyMap<string, Steps>;
}

/** One round of warming up, then those that count. Losses that are not finite are an Error: such steps do other work. */
export async function measureSteps({ running, absent }: Trainers, options: StepsOptions): Promise<MeasuredSteps> {
  const { rounds, request, value = ({ ms }) => ms, unit = "ms a step", reference } = options;
  const last = new Map<string, Steps>();
  const contestants = [...running].map(([name, trainer]) => ({
    name,
    async measure() {
      const steps = await trainer.ask(request);
      if (!steps.finite) throw new Error(`${name}: losses of ${options.case} are not finite.`);
      last.set(name, steps);
      return { value: value(steps), extra: columns(steps) };
    },
  }));
  const found = await interleave(contestants, { rounds, warmup: 1 });
  return { rounds: found, figure: figureOf(found, { case: options.case, unit, reference, absent }), last };
}

/** The figure with another column: each contestant's ratio to this one. */
export function withRatio(figure: Figure, rounds: Rounds, to: string): Figure {
  const against = rounds.get(to);
  if (!against) return figure;
  const rows = figure.rows.map((row) => {
    const own = rounds.get(row.contestant);
    const ratio = own ? spreadOf(own.map(({ value }, at) => value / against[at].value)).median : null;
    return { ...row, extra: { [`× ${to}`]: ratio, ...row.extra } };
  });
  return { ...figure, rows };
}

/** A target on the median ratio of one contestant to the figure's reference. */
export function ratioTarget(figure: Figure, contestant: string, atMost: number): Target {
  const row = figure.rows.find((each) => each.contestant === contestant);
  const what = `${figure.case}: ${contestant}, against ${figure.reference ?? "what is absent"}`;
  return { what, atMost, unit: "×", found: row?.ratio?.median ?? null };
}

function columns({ jsMs, dispatches, submits, peakMB, mode }: Steps): Record<string, Cell> {
  return {
    ...(jsMs === undefined ? {} : { "JS ms": jsMs }),
    ...(dispatches === undefined ? {} : { dispatches }),
    ...(submits === undefined ? {} : { submits }),
    "peak MB": peakMB,
    ...(jsMs === undefined ? {} : { mode: mode ?? "eager" }),
  };
}
