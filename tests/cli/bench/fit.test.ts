import { describe, expect, it } from "vitest";
import { powerLaw } from "../../../src/cli/bench/fit.ts";

describe("a power law through measurements", () => {
  it("is found where the points lie on one", () => {
    const sizes = [1, 2, 5, 16, 64, 1000];
    const law = powerLaw(
      sizes,
      sizes.map((size) => 0.25 * size ** 1.5),
    );
    expect(law.exponent).toBeCloseTo(1.5, 12);
    expect(law.factor).toBeCloseTo(0.25, 12);
    expect(law.error).toBeCloseTo(0, 12);
    expect(law.at(100)).toBeCloseTo(250, 8);
  });

  it("has the slope and the standard error of the closed form for three points a factor e apart", () => {
    // ln x = 0, 1, 2 and ln y = 0, 1.3, 2: slope (2 − 0)/2 = 1, residuals −0.1, 0.2, −0.1, error √(0.06 / 1 / 2)
    const law = powerLaw([1, Math.E, Math.E ** 2], [1, Math.exp(1.3), Math.exp(2)]);
    expect(law.exponent).toBeCloseTo(1, 12);
    expect(law.factor).toBeCloseTo(Math.exp(0.1), 12);
    expect(law.error).toBeCloseTo(Math.sqrt(0.03), 12);
  });

  it("does not depend on the units", () => {
    const [sizes, times] = [[3, 7, 20], [10, 31, 66]]; // prettier-ignore
    const law = powerLaw(sizes, times);
    const scaled = powerLaw(sizes.map((size) => size * 1024), times.map((time) => time / 1000)); // prettier-ignore
    expect(scaled.exponent).toBeCloseTo(law.exponent, 12);
    expect(scaled.error).toBeCloseTo(law.error!, 12);
  });

  it("goes through two points without an error, and through fewer not at all", () => {
    expect(powerLaw([2, 8], [10, 20])).toMatchObject({ error: null });
    expect(powerLaw([2, 8], [10, 20]).exponent).toBeCloseTo(0.5, 12);
    expect(() => powerLaw([2, 2], [10, 20])).toThrow(RangeError);
    expect(() => powerLaw([1, 2], [0, 1])).toThrow(RangeError);
    expect(() => powerLaw([1, 2], [1])).toThrow(RangeError);
  });
});
