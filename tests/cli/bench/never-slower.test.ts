/** When a file counts as slower than another, told from ratios and from how far one of them differs from itself. */
import { expect, it } from "vitest";
import { figureOf } from "../../../src/cli/bench/measure.ts";
import { again, neverSlower } from "../../../src/cli/bench/never-slower.ts";
import { targetText } from "../../../src/cli/bench/print.ts";

const judged = (ours: readonly number[], second: readonly number[] | null) => {
  const rounds = (values: readonly number[]) => values.map((value) => ({ value }));
  const all = new Map([
    ["theirs", rounds([1, 1, 1, 1, 1])],
    ["ours", rounds(ours)],
    ...(second ? [[again("theirs"), rounds(second)] as const] : []),
  ]);
  return targetText(neverSlower(figureOf(all, { case: "c", unit: "ms", reference: "theirs" }), "ours"));
};

it.each([
  ["is not where it differs from the other as that one does from itself", [1.004, 1.003, 1, 1.002, 1.01], [0.99, 1.005, 1, 1.004, 1.01], /^met/],
  ["is where most of its rounds lie beyond", [1.03, 1.02, 1.04, 1.02, 1.03], [0.99, 1.005, 1, 1.004, 1.01], /^NOT MET/],
  ["is not where it is faster and the other varies below", [0.9, 0.95, 0.99, 0.9, 0.97], [0.8, 0.8, 0.8, 0.8, 0.8], /^met/],
  ["is not told on a machine where the other differs from itself by a lot", [1.3, 1.3, 1.3, 1.3, 1.3], [1.2, 0.7, 1.3, 0.9, 1.1], /^not measured/],
  ["is held against 1 where there is no second session", [1.004, 1.003, 1.002, 1.002, 1.01], null, /^NOT MET/],
] as const)("%s", (_, ours, second, verdict) => expect(judged(ours, second)).toMatch(verdict)); // prettier-ignore
