import { describe, expect, it } from "vitest";
import { counted, duration, figures, grouped, timeLeft } from "../../../src/editor/training/words.ts";

describe("timeLeft", () => {
  it.each([
    [0, 15, ""],
    [100, 0, ""],
    [100, 15, "a few seconds left"],
    [2000, 15, "about 30 s left"],
    [3786, 15.3, "about 1 min left"],
    [100_000, 15, "about 25 min left"],
    [1000, 4700, "about 1 h 15 min left"],
    [1000, 7200, "about 2 h left"],
    [10_000, 7200, "about 20 h left"],
    [100_000, 7200, "about 8 days left"],
  ])("says of %d iterations of %d ms: %s", (iterations, stepTime, text) => {
    expect(timeLeft(iterations, stepTime)).toBe(text);
  });
});

describe("numbers", () => {
  it("have four figures, and a dash where there is none", () => {
    expect([0.41829, 2.2139, 184.24, 6214.3, 0, -0.5, 1.23e-6, 2e7].map((value) => figures(value))).toEqual([
      ...["0.4183", "2.214", "184.2", "6214", "0.0000", "-0.5000", "1.2e-6", "2.0e+7"],
    ]);
    expect([NaN, null, undefined].map((value) => figures(value))).toEqual(["–", "–", "–"]);
  });

  it("are grouped, counted and timed", () => {
    expect(grouped(6214)).toBe("6,214");
    expect([counted(1, "problem"), counted(3, "problem")]).toEqual(["1 problem", "3 problems"]);
    expect([duration(9.214), duration(15.31), duration(1234)]).toEqual(["9.21 ms", "15.3 ms", "1.23 s"]);
  });
});
