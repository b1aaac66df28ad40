/** "Never slower", as far as rounds can tell: two runs of one and the same thing differ too, and by how much is measured. */
import { digits } from "./print.ts";
import type { Figure, Target } from "./suite.ts";

/** The name of a second contestant that does what `name` does. */
export const again = (name: string) => `${name}, again`;

/** Above this, a second session of the same thing says that the machine was too busy to tell. */
const restless = 1.05;

/**
 * Met unless the middle halves of two ratios to the reference lie apart: the first quartile of the contestant's above the third
 * of the reference's own second contestant. Where there is no second one, above 1; where
 * that third quartile is above 1.05, nothing was measured.
 */
export function neverSlower({ rows, reference }: Figure, contestant: string): Target {
  const ratioOf = (name: string) => rows.find((row) => row.contestant === name)?.ratio ?? null;
  const [own, second] = [ratioOf(contestant), reference === null ? null : ratioOf(again(reference))];
  const busy = second !== null && second.upper > restless;
  return {
    what: `${contestant} against ${reference ?? "what is absent"}, first quartile of its rounds against the third of the other's second session${busy ? `, which was ${digits(second.upper)} ×: the machine was too busy` : ""}`,
    atMost: Math.min(restless, Math.max(1, second?.upper ?? 1)),
    unit: "×",
    found: own && !busy ? own.lower : null,
  };
}
