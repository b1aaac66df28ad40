/**
 * What a suite of measurements is and what it gives: sections of figures and plots, all plain data, so that the same result is
 * printed as text, as Markdown and as JSON. Every figure stands beside others of the same interleaved run (`measure.ts`) and is
 * told as a ratio to one of them; a number of milliseconds alone says nothing on another machine.
 */
import type { Machine } from "./machine.ts";

export interface Suite {
  readonly name: SuiteName;
  /** What it measures, in a few words. */
  readonly title: string;
  /** Throws where nothing can be measured at all; one contestant that is not to be had is a row that says so. */
  run(context: BenchContext): Promise<readonly Section[]>;
}

export const suiteNames = ["train", "growth", "infer", "editor", "analysis", "load"] as const;
export type SuiteName = (typeof suiteNames)[number];

export interface BenchContext {
  readonly machine: Machine;
  readonly options: BenchOptions;
  /** Progress, to stderr. */
  note(text: string): void;
}

/** What a person chose; a suite has its own defaults for what is null and leaves aside what does not concern it. */
export interface BenchOptions {
  readonly cases: readonly string[] | null;
  readonly batches: readonly number[] | null;
  readonly backends: readonly BenchBackend[] | null;
  /** Rounds that count, and repetitions of the work in each. */
  readonly rounds: number | null;
  readonly steps: number | null;
  /** Seconds that a step may take of a contestant that a figure can do without. */
  readonly limit: number | null;
  /** Lists where the time goes, kernel by kernel. */
  readonly profile: boolean;
}

export const benchBackends = ["wasm", "webgpu"] as const;
export type BenchBackend = (typeof benchBackends)[number];

export interface Section {
  /** Of its files, in one word ("wasm"), where a suite has sections that are not always measured together. */
  readonly name?: string;
  readonly title: string;
  /** What was measured and how, in a sentence or two. */
  readonly text: string;
  readonly figures: readonly Figure[];
  /** Where `figures` sum up, what they sum up: in JSON, and neither printed nor in Markdown. */
  readonly details?: readonly Figure[];
  readonly plots?: readonly Plot[];
  /** What a reader must know of these figures: what was not there, what was left out, and why. */
  readonly notes?: readonly string[];
  /** Figures of a GPU in hardware: of this run, or the last that were kept. */
  readonly discrete?: OnDiscrete;
  /** A sentence each for what makes the command fail, such as a fallback where there should be none. */
  readonly failures?: readonly string[];
}

/** One case, measured with several contestants that took turns. */
export interface Figure {
  readonly case: string;
  /** Of the spreads: "ms a step". */
  readonly unit: string;
  /** The contestant that ratios are told against; null where there is none. */
  readonly reference: string | null;
  readonly rows: readonly Row[];
  readonly targets?: readonly Target[];
  /** Sentences on this figure alone, such as why a target was missed. */
  readonly notes?: readonly string[];
}

export interface Row {
  readonly contestant: string;
  /** Null where it could not be measured; `absent` then says why. */
  readonly spread: Spread | null;
  /** To the reference, round by round: below 1 is less than it. Null for the reference itself and where it is absent. */
  readonly ratio: Spread | null;
  readonly absent?: string;
  /** Further columns by heading, with its unit ("JS ms", "dispatches"); a number is shown with three digits. */
  readonly extra: Readonly<Record<string, Cell>>;
}

export type Cell = number | string | null;

/** Of the rounds that count. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** First and third quartile. */
  readonly lower: number;
  readonly upper: number;
}

/** What a figure is held to. */
export interface Target {
  /** "relaxed SIMD, one thread, against PyTorch on one thread". */
  readonly what: string;
  readonly atMost: number;
  readonly unit: string;
  /** Null: not measured here. */
  readonly found: number | null;
}

/** What was measured on a GPU in hardware beside PyTorch on CUDA. */
export interface OnDiscrete {
  /** ISO 8601. */
  readonly at: string;
  readonly device: string;
  readonly torch: string;
  readonly targets: readonly Target[];
}

/**
 * A picture of a section's figures as data. Bars are grouped by case; lines go over numbers on two logarithmic
 * axes, each with the power law through it unless `law` is false.
 */
export type Plot = {
  readonly title: string;
  /** Of the values. */
  readonly unit: string;
  readonly series: readonly PlotSeries[];
} & (
  | { readonly form: "bars"; readonly groups: readonly string[] }
  | { readonly form: "lines"; readonly groups: readonly number[]; readonly axis: string; readonly law?: boolean }
);

export interface PlotSeries {
  readonly name: string;
  /** One a group; null where not measured. */
  readonly values: readonly (number | null)[];
  /** Least and most, where values have a spread. */
  readonly ranges?: readonly (readonly [number, number] | null)[];
}

/** What was asked for is not there to be measured: a case, say. The message names what is. */
export class NothingToMeasure extends Error {
  override readonly name = "NothingToMeasure";
}
