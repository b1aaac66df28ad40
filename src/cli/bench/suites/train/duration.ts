/** How long measuring takes, told beforehand and along the way: roughly, from what steps took on two cores before. */
import type { BenchBackend } from "../../suite.ts";
import type { Planned } from "./plan.ts";

interface Contestant {
  /** Its step, as a multiple of ours. */
  readonly step: number;
  /** Whether it is waited for however long it takes. */
  readonly always: boolean;
  /** Steps before it is ready. */
  readonly first: number;
}

const contestants: Readonly<Record<BenchBackend, readonly Contestant[]>> = {
  wasm: [
    { step: 1, always: true, first: 1 }, // relaxed SIMD
    { step: 1.15, always: false, first: 1 }, // SIMD128
    { step: 0.7, always: false, first: 1 }, // two workers
    { step: 12, always: false, first: 1 }, // plain tfjs
    { step: 0.9, always: true, first: 1 }, // PyTorch on one thread
    { step: 0.9, always: false, first: 1 }, // and on all
  ],
  webgpu: [
    { step: 1, always: true, first: 12 }, // captured: some steps to test it
    { step: 1, always: true, first: 1 }, // eager
    { step: 2.5, always: true, first: 1 }, // plain tfjs
  ],
};
/** Seconds that a process takes to start, and that a contestant has in a round. */
const spent = { wasm: { start: 2.5, round: 0.5 }, webgpu: { start: 6, round: 6 } };

export interface DurationOptions {
  readonly rounds: number;
  /** Seconds that a step may take of those who are not always waited for. */
  readonly limit: number;
}

/** Seconds, give or take a half. */
export function expectedSeconds(
  backend: BenchBackend,
  { about, steps }: Planned,
  { rounds, limit }: DurationOptions,
): number {
  const { start, round } = spent[backend];
  return contestants[backend].reduce((sum, { step, always, first }) => {
    const seconds = (about * step) / 1000;
    if (seconds > limit && !always) return sum;
    const turn = steps === null ? Math.max(round, seconds) : steps * seconds;
    return sum + start + (first + 1) * seconds + (rounds + (seconds < 0.5 ? 1 : 0)) * turn;
  }, 0);
}

/** Tells what is due, and how long the rest takes, corrected by how long what is done took. */
export function progressOf(
  backend: BenchBackend,
  plans: readonly Planned[],
  { note, ...options }: DurationOptions & { note(text: string): void },
) {
  const expected = plans.map((plan) => expectedSeconds(backend, plan, options));
  const sum = (seconds: readonly number[]) => seconds.reduce((all, each) => all + each, 0);
  const began = performance.now();
  let at = 0;
  return {
    next({ case: name, batch }: Planned): void {
      const done = sum(expected.slice(0, at));
      const pace = at === 0 ? 1 : (performance.now() - began) / 1000 / done;
      const left = Math.ceil((pace * sum(expected.slice(at))) / 60);
      note(`${backend}, ${++at} of ${plans.length}: ${name}, batch ${batch}; about ${left} min to go`);
    },
  };
}
