/** Why a case takes longer than its bound, in numbers: the kernels that take most of a step, and how far from a core's limit. */
import { digits } from "../../print.ts";
import { ceiling } from "./ceiling.ts";
import type { Planned } from "./plan.ts";
import { profileOf, type StepProfile } from "./profile.ts";

/** Kernels that are named. */
const shown = 6;

/** The reason for a ratio above its bound, measured here and now. */
export async function reasonFor({ case: name, batch, steps }: Planned, ratio: number, bound: number): Promise<string> {
  return reasonText(
    `${name}, batch ${batch}`,
    ratio,
    bound,
    await profileOf(name, batch, steps),
    await ceiling("relaxed"),
  );
}

/** @param limit GFLOP/s that one core does at most */
export function reasonText(
  title: string,
  ratio: number,
  bound: number,
  { ms: step, kernels }: StepProfile,
  limit: number,
): string {
  const share = (ms: number) => `${digits(ms)} ms (${((100 * ms) / step).toFixed(0)} %)`;
  const sum = (times: readonly { ms: number }[]) => times.reduce((all, { ms }) => all + ms, 0);
  const named = kernels.slice(0, shown).map(({ kernel, shapes, ms, flops }) => {
    const rate = flops / ms / 1e6;
    const speed = flops > 0 ? `, ${digits(rate)} GFLOP/s, ${((100 * rate) / limit).toFixed(0)} % of the ceiling` : "";
    return `${kernel} ${shapes} ${share(ms)}${speed}`;
  });
  const outside = Math.max(0, step - sum(kernels));
  return [
    `why ${title} takes ${digits(ratio)} ×, more than ${digits(bound)} ×: of ${digits(step)} ms a step (ceiling ${digits(limit)} GFLOP/s)`,
    ...named,
    `${Math.max(0, kernels.length - shown)} others ${share(sum(kernels.slice(shown)))}`,
    `outside of kernels ${share(outside)}`,
  ].join("; ");
}
