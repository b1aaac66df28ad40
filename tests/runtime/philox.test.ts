import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { draw, fnv1a32, philox4x32 } from "../../src/runtime/philox.ts";

interface Case {
  seed: number;
  name: string;
  iteration: number;
  step?: number;
  micro?: number;
  uint32: number[];
  uniform: number[];
  normal: number[];
  integers: number[];
  permutation: number[];
  after: number[];
}

const cases = JSON.parse(readFileSync(new URL("../fixtures/philox.json", import.meta.url), "utf8")) as Case[];
const hex = (words: Uint32Array) => [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("Philox4x32-10", () => {
  it("gives Random123's known answers", () => {
    expect(hex(philox4x32([0, 0, 0, 0], [0, 0]))).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
    const all = 0xffffffff;
    expect(hex(philox4x32([all, all, all, all], [all, all]))).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344] as const;
    expect(hex(philox4x32(pi, [0xa4093822, 0x299f31d0]))).toBe("d16cfe09 94fdcceb 5001e420 24126ea1");
  });

  it("hashes names as FNV-1a does", () => {
    expect(fnv1a32("")).toBe(0x811c9dc5);
    expect(fnv1a32("a")).toBe(0xe40c292c);
    expect(fnv1a32("foobar")).toBe(0xbf9cf968);
  });
});

describe("a stream", () => {
  for (const { name, ...place } of cases)
    it(`equals NumPy's for seed ${place.seed}, "${name}", iteration ${place.iteration}`, () => {
      const stream = draw(place.seed, name, place);
      expect([...stream.uint32(5)]).toEqual(place.uint32);
      expect([...stream.uniform(6)]).toEqual(place.uniform);
      stream.normal(7).forEach((value, i) => expect(ulps(value, place.normal[i])).toBeLessThanOrEqual(1));
      expect([...stream.integers(6, 1000003)]).toEqual(place.integers);
      expect([...stream.permutation(13)]).toEqual(place.permutation);
      expect([...stream.uint32(2)]).toEqual(place.after);
    });

  it("differs in every part of its place", () => {
    const words = [
      draw(1, "z", { iteration: 0 }),
      draw(1 + 2 ** 32, "z", { iteration: 0 }),
      draw(1, "y", { iteration: 0 }),
      draw(1, "z", { iteration: 1 }),
      draw(1, "z", { iteration: 0, step: 1 }),
      draw(1, "z", { iteration: 0, micro: 1 }),
    ].map((stream) => hex(stream.uint32(4)));
    expect(new Set(words).size).toBe(words.length);
  });

  it("does not depend on how a request is cut", () => {
    const whole = draw(3, "z", { iteration: 9 }).uint32(23);
    const stream = draw(3, "z", { iteration: 9 });
    expect([...stream.uint32(1), ...stream.uint32(7), ...stream.uint32(15)]).toEqual([...whole]);
  });

  it("has the moments of the standard normal", () => {
    const n = 200_000;
    const values = draw(11, "z", { iteration: 0 }).normal(n);
    const moment = (k: number) => values.reduce((sum, v) => sum + v ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it("permutes without losing a row, and evenly", () => {
    const counts = new Map<string, number>();
    for (let iteration = 0; iteration < 6000; iteration++) {
      const order = draw(5, "data", { iteration }).permutation(3).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });

  it("refuses places that do not fit the counter", () => {
    expect(() => draw(-1, "z", { iteration: 0 })).toThrow("seed must be an integer in 0..2^53−1, found -1");
    expect(() => draw(0, "z", { iteration: 0.5 })).toThrow("iteration must be an integer");
    expect(() => draw(0, "z", { iteration: 0, step: 65536 })).toThrow("step must be an integer in 0..65535");
  });
});

/** How many float32 numbers apart two of them lie. */
function ulps(a: number, b: number): number {
  const bits = new Int32Array(new Float32Array([a, b]).buffer);
  const ordered = (n: number) => (n < 0 ? -(n & 0x7fffffff) : n);
  return Math.abs(ordered(bits[0]) - ordered(bits[1]));
}
