/** The arithmetic of benchmarks: turns, medians, ratios. Nothing here is timed. */
import { describe, expect, it } from "vitest";
import { figureOf, interleave, spreadOf, type Measured } from "../../../src/cli/bench/measure.ts";

/** A contestant that gives these values one after the other and writes its name where all can see the order. */
const scripted = (name: string, values: readonly number[], order: string[], extra?: Measured["extra"]) => {
  const left = [...values];
  return {
    name,
    async measure() {
      order.push(name);
      return { value: left.shift()!, ...(extra && { extra }) };
    },
  };
};

describe("spreadOf", () => {
  it("gives the middle of an odd count and the mean of the two in the middle of an even one", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ count: 3, median: 2, least: 1, most: 3, lower: 1.5, upper: 2.5 });
    expect(spreadOf([4, 1, 3, 2]).median).toBe(2.5);
  });

  it("is a single value where there is one, and nothing where there is none", () => {
    expect(spreadOf([7])).toEqual({ count: 1, median: 7, least: 7, most: 7, lower: 7, upper: 7 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe("interleave", () => {
  it("takes turns, and does not count the rounds of warming up", async () => {
    const order: string[] = [];
    const contestants = [scripted("a", [100, 1, 2], order), scripted("b", [200, 10, 20], order)];
    const found = await interleave(contestants, { rounds: 2, warmup: 1 });
    expect(order).toEqual(["a", "b", "a", "b", "a", "b"]);
    expect(found.get("a")!.map(({ value }) => value)).toEqual([1, 2]);
    expect(found.get("b")!.map(({ value }) => value)).toEqual([10, 20]);
  });

  it("refuses to measure nothing, and two of one name", async () => {
    const order: string[] = [];
    await expect(interleave([scripted("a", [], order)], { rounds: 0, warmup: 3 })).rejects.toThrow(RangeError);
    const twins = [scripted("a", [1], order), scripted("a", [1], order)];
    await expect(interleave(twins, { rounds: 1, warmup: 0 })).rejects.toThrow("one name");
    expect(order).toEqual([]);
  });
});

describe("figureOf", () => {
  const rounds = new Map<string, readonly Measured[]>([
    ["ours", [2, 30, 4].map((value, at) => ({ value, extra: { "peak MB": 10 + at, mode: "eager" } }))],
    ["theirs", [1, 10, 4].map((value) => ({ value }))],
  ]);

  it("forms ratios round by round, so that a slow moment of the machine cancels out", () => {
    const { rows, reference } = figureOf(rounds, { case: "c", unit: "ms", reference: "theirs" });
    expect(reference).toBe("theirs");
    expect(rows[0].ratio).toMatchObject({ median: 2, least: 1, most: 3 }); // the medians' ratio would be 1
    expect(rows[1].ratio).toBeNull();
  });

  it("takes the median of a column of numbers and the last word of another", () => {
    const { rows } = figureOf(rounds, { case: "c", unit: "ms", reference: null });
    expect(rows[0].extra).toEqual({ "peak MB": 11, mode: "eager" });
    expect(rows.every(({ ratio }) => ratio === null)).toBe(true);
  });

  it("has a row for who was not there, and no ratios where that was the reference", () => {
    const absent = new Map([["PyTorch", "absent: no such file"]]);
    const { rows, reference } = figureOf(rounds, { case: "c", unit: "ms", reference: "PyTorch", absent });
    expect(reference).toBeNull();
    expect(rows.at(-1)).toMatchObject({ contestant: "PyTorch", spread: null, absent: "absent: no such file" });
    expect(rows.every(({ ratio }) => ratio === null)).toBe(true);
  });
});
