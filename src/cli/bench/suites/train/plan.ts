/** Which cases are trained, at which batch, and how long that takes: the choice of a person, or one that takes some minutes. */
import { caseNames } from "../../cases.ts";
import { NothingToMeasure, type BenchBackend, type BenchOptions } from "../../suite.ts";

export interface Planned {
  readonly case: string;
  readonly batch: number;
  /** In a round; null: as many as its time allows. */
  readonly steps: number | null;
  /** About what a step of ours takes, in milliseconds, for nothing but telling beforehand how long all will take. */
  readonly about: number;
}

interface Usual {
  readonly batch: number;
  /** Milliseconds of a step at that batch, on two cores and on a software adapter. */
  readonly about: number;
}

/** The batch where none is chosen. */
const usual: Readonly<Record<BenchBackend, Readonly<Record<string, Usual>>>> = {
  wasm: {
    "vanilla-mnist": { batch: 64, about: 6 },
    "dcgan-mnist": { batch: 64, about: 160 },
    "dcgan-64": { batch: 7, about: 290 },
    "wgan-gp": { batch: 16, about: 270 },
    unet: { batch: 7, about: 180 },
    cycle: { batch: 1, about: 430 },
  },
  webgpu: {
    "vanilla-mnist": { batch: 16, about: 400 },
    "dcgan-mnist": { batch: 1, about: 670 },
  },
};

/** Throws NothingToMeasure for a case that there is not. Batches of a case come in their order, smallest first. */
export function planned(backend: BenchBackend, { cases, batches, steps }: BenchOptions): readonly Planned[] {
  const known = caseNames();
  const unknown = cases?.find((name) => !known.includes(name) && !otherCases.includes(name));
  if (unknown !== undefined)
    throw new NothingToMeasure(`There is no case "${unknown}"; there are ${[...known, ...otherCases].join(", ")}.`);
  const chosen = cases ? known.filter((name) => cases.includes(name)) : Object.keys(usual[backend]);
  return chosen.flatMap((name) => {
    const own = usual[backend][name] ?? { batch: 1, about: 10_000 };
    return (batches ?? [own.batch])
      .toSorted((a, b) => a - b)
      .map((batch) => ({ case: name, batch, steps, about: (own.about * batch) / own.batch }));
  });
}

/** Cases that are no documents of their own. */
export const otherCases = ["widths", "memory", "page"];

export const wanted = (name: string, { cases }: BenchOptions): boolean => cases === null || cases.includes(name);
