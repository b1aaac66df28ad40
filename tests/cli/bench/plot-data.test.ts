import { describe, expect, it } from "vitest";
import { figureOf } from "../../../src/cli/bench/measure.ts";
import { barsOf } from "../../../src/cli/bench/plot-data.ts";

describe("bars of figures", () => {
  const rounds = (values: Readonly<Record<string, readonly number[]>>) =>
    new Map(Object.entries(values).map(([name, own]) => [name, own.map((value) => ({ value }))]));
  const options = { unit: "ms", reference: "theirs" };
  const figures = [
    figureOf(rounds({ theirs: [10, 20, 40], ours: [5, 20, 20] }), { ...options, case: "small" }),
    figureOf(rounds({ theirs: [1], tfjs: [3] }), {
      ...options,
      case: "large",
      absent: new Map([["ours", "not here"]]),
    }),
  ];

  it("are medians of ratios with their quartiles, none of the reference, and gaps where nothing was measured", () => {
    expect(barsOf("A title", figures, "× theirs")).toEqual({
      form: "bars",
      title: "A title",
      unit: "× theirs",
      groups: ["small", "large"],
      series: [
        { name: "ours", values: [0.5, null], ranges: [[0.5, 0.75], null] }, // prettier-ignore
        { name: "tfjs", values: [null, 3], ranges: [null, [3, 3]] }, // prettier-ignore
      ],
    });
  });
});
