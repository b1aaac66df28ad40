/** Which cases are trained, at which batch, and how often: the choice of a person, or one that takes some minutes. */
import { caseNames } from "../../cases.ts";
import { NothingToMeasure, type BenchBackend, type BenchOptions } from "../../suite.ts";

export interface Planned {
  readonly case: string;
  readonly batch: number;
  readonly steps: number;
}

interface Usual {
  readonly batch: number;
  readonly steps: number;
}

/**
 * Where nothing is chosen. Steps are so many that a round of the fastest contestant takes a tenth of a second at least, on
 * WebGPU also so many that what a run does once, reading its losses, does not count as a step's JavaScript.
 */
const usual: Readonly<Record<BenchBackend, Readonly<Record<string, Usual>>>> = {
  wasm: {
    "vanilla-mnist": { batch: 64, steps: 20 },
    "dcgan-mnist": { batch: 64, steps: 2 },
    "dcgan-64": { batch: 7, steps: 1 },
    "wgan-gp": { batch: 16, steps: 1 },
    unet: { batch: 7, steps: 1 },
    cycle: { batch: 1, steps: 1 },
  },
  webgpu: {
    "vanilla-mnist": { batch: 16, steps: 8 },
    "dcgan-mnist": { batch: 1, steps: 5 },
  },
};

/** Throws NothingToMeasure for a case that there is not. */
export function planned(backend: BenchBackend, { cases, batches, steps }: BenchOptions): readonly Planned[] {
  const known = caseNames();
  const unknown = cases?.find((name) => !known.includes(name) && !otherCases.includes(name));
  if (unknown !== undefined)
    throw new NothingToMeasure(`There is no case "${unknown}"; there are ${[...known, ...otherCases].join(", ")}.`);
  const chosen = cases ? known.filter((name) => cases.includes(name)) : Object.keys(usual[backend]);
  return chosen.flatMap((name) => {
    const own = usual[backend][name] ?? { batch: 1, steps: 1 };
    return (batches ?? [own.batch]).map((batch) => ({
      case: name,
      batch,
      steps: steps ?? (batch === own.batch ? own.steps : 1),
    }));
  });
}

/** Cases that are no documents of their own. */
export const otherCases = ["widths", "memory"];

export const wanted = (name: string, { cases }: BenchOptions): boolean => cases === null || cases.includes(name);
