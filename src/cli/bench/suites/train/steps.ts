/** Steps of several trainers in turns, as a figure. */
import type { Steps, StepsRequest } from "../../children/protocol.ts";
import { figureOf, interleave, spreadOf, type Rounds } from "../../measure.ts";
import type { Cell, Figure, Target } from "../../suite.ts";
import type { Patience } from "./patience.ts";
import type { RunningTrainer, Trainers } from "./trainers.ts";

export interface StepsOptions {
  readonly case: string;
  readonly reference: string;
  readonly rounds: number;
  /** Of each contestant in a round; null: as many as `seconds` have room for, one at least. */
  readonly steps: number | null;
  readonly seconds?: number;
  readonly request?: Omit<StepsRequest, "steps">;
  /** Who is left out for being slow, with the batch of this case. */
  readonly patience?: readonly [Patience, number];
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

/** Half a second shows a step of a millisecond as well as one of a hundred. */
const usualSeconds = 0.5;
/** A step that takes less, in milliseconds, is tried again before it is judged by. */
const againBelow = 2000;
/** A step that takes longer, in milliseconds, is warm after the one that says how long it takes. */
const warmAfterOne = 500;
/** A step that takes less is JavaScript for a good part, which engines compile only once it has run some hundred times. */
const warmLate = 20;
const warmupRounds = (ms: number): number => (ms > warmAfterOne ? 0 : ms > warmLate ? 1 : 5);

/**
 * A step each to see how long it takes, rounds of warming up where that was short, then the rounds that count. Losses that
 * are not finite are an Error: such steps do other work. Who ends in the first step is absent.
 */
export async function measureSteps(trainers: Trainers, options: StepsOptions): Promise<MeasuredSteps> {
  const { rounds, request = {}, value = ({ ms }) => ms, unit = "ms a step", reference } = options;
  const { willing, absent } = await tried(trainers, options);
  const last = new Map<string, Steps>();
  const contestants = willing.map(({ name, trainer, steps }) => ({
    name,
    async measure() {
      const answer = await trainer.ask({ ...request, steps });
      if (!answer.finite) throw new Error(`${name}: losses of ${options.case} are not finite.`);
      last.set(name, answer);
      return { value: value(answer), extra: columns(answer) };
    },
  }));
  const warmup = Math.max(0, ...willing.map(({ ms }) => warmupRounds(ms)));
  const found = await interleave(contestants, { rounds, warmup });
  return { rounds: found, figure: figureOf(found, { case: options.case, unit, reference, absent }), last };
}

interface Willing {
  readonly name: string;
  readonly trainer: RunningTrainer;
  readonly ms: number;
  readonly steps: number;
}

async function tried(trainers: Trainers, { steps, seconds = usualSeconds, request, patience }: StepsOptions) {
  const willing: Willing[] = [];
  const absent = new Map(trainers.absent);
  for (const [name, trainer] of trainers.running) {
    try {
      const ms = await stepOf(trainer, request);
      const why = patience?.[0].tried(name, patience[1], ms) ?? null;
      if (why === null)
        willing.push({ name, trainer, ms, steps: steps ?? Math.max(1, Math.floor((1000 * seconds) / ms)) });
      else absent.set(name, why);
    } catch (error) {
      absent.set(name, `absent: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (absent.has(name)) trainer.stop(); // its memory is free for the others
  }
  return { willing, absent };
}

/** Milliseconds of a step; of two where it is short, for the first may have had to compile. */
async function stepOf(trainer: RunningTrainer, request: StepsOptions["request"]): Promise<number> {
  const { ms } = await trainer.ask({ ...request, steps: 1 });
  return ms > againBelow ? ms : Math.min(ms, (await trainer.ask({ ...request, steps: 1 })).ms);
}

/** The figure with another column: each contestant's ratio to this one. */
export function withRatio(figure: Figure, rounds: Rounds, to: string): Figure {
  if (!rounds.has(to)) return figure;
  const rows = figure.rows.map((row) => ({
    ...row,
    extra: { [`× ${to}`]: medianRatio(rounds, row.contestant, to), ...row.extra },
  }));
  return { ...figure, rows };
}

/** The median of a contestant's ratios to another, round by round; null where one of them did not run. */
export function medianRatio(rounds: Rounds, contestant: string, to: string): number | null {
  const [own, others] = [rounds.get(contestant), rounds.get(to)];
  return own && others ? spreadOf(own.map(({ value }, at) => value / others[at].value)).median : null;
}

/** A target on the median ratio of one contestant to the figure's reference. */
export function ratioTarget(figure: Figure, contestant: string, atMost: number): Target {
  const row = figure.rows.find((each) => each.contestant === contestant);
  const what = `${figure.case}: ${contestant}, against ${figure.reference ?? "what is absent"}`;
  return { what, atMost, unit: "×", found: row?.ratio?.median ?? null };
}

function columns({ thread, dispatches, submits, peakMB, mode = "eager" }: Steps): Record<string, Cell> {
  return {
    ...(thread && {
      "JS ms": thread.script,
      "of it before recording": mode === "captured" ? thread.before : null,
      "submit ms": thread.submit,
      "waiting ms": thread.waiting,
    }),
    ...(dispatches === undefined ? {} : { dispatches }),
    ...(submits === undefined ? {} : { submits }),
    "peak MB": peakMB,
    ...(thread && { mode }),
  };
}
