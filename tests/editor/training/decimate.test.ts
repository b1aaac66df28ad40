import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSmoothed, decimate, rowAt } from "../../../src/editor/training/decimate.ts";

const values = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) }, fc.constant(NaN)),
  {
    minLength: 1,
    maxLength: 400,
  },
);

describe("decimate", () => {
  it("keeps the least and the greatest value of every stretch, in at most two points a bucket", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), (list, buckets) => {
        const column = Float32Array.from(list);
        const x = Float64Array.from(list, (_, index) => index + 1);
        const { x: places, y } = decimate(x, [column], { from: 0, to: list.length, buckets });
        expect(places.length).toBeLessThanOrEqual(Math.max(2 * buckets, 1));
        expect(y[0].length).toBe(places.length);
        const finite = column.filter(Number.isFinite);
        const kept = y[0].filter((each) => each !== null);
        expect(kept.length > 0).toBe(finite.length > 0);
        if (finite.length === 0) return;
        expect(Math.min(...kept)).toBe(Math.min(...finite));
        expect(Math.max(...kept)).toBe(Math.max(...finite));
        expect([...places]).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });

  it("keeps a spike of one row in a hundred thousand", () => {
    const column = new Float32Array(100_000).fill(0.7);
    column[61_803] = 9;
    const x = Float64Array.from(column, (_, index) => index + 1);
    const { y } = decimate(x, [column], { from: 0, to: column.length, buckets: 600 });
    expect(Math.max(...(y[0] as number[]))).toBe(9);
    expect(y[0].filter((each) => each === 9)).toHaveLength(1);
  });

  it("gives short series as they are, with gaps where nothing was measured", () => {
    const { x, y } = decimate(Float64Array.of(1, 2, 3), [Float32Array.of(0.5, NaN, 0.25)], {
      from: 1,
      to: 3,
      buckets: 8,
    });
    expect([...x]).toEqual([2, 3]);
    expect(y).toEqual([[null, 0.25]]);
  });

  it("finds rows by their iteration", () => {
    const x = Float64Array.of(10, 20, 30, 0);
    expect([5, 10, 11, 30, 31].map((value) => rowAt(x, 3, value))).toEqual([0, 0, 1, 2, 3]);
  });
});

describe("createSmoothed", () => {
  it("goes on from where it was, as if all had been there at once", () => {
    fc.assert(
      fc.property(values, fc.nat(), (list, cut) => {
        const column = Float32Array.from(list);
        const [whole, parts] = [createSmoothed(0.9), createSmoothed(0.9)];
        parts.of(column, cut % list.length);
        expect(parts.of(column, list.length).slice(0, list.length)).toEqual(
          whole.of(column, list.length).slice(0, list.length),
        );
      }),
    );
  });

  it("begins at the first value and forgets what was cut off", () => {
    const smoothed = createSmoothed(0.5);
    expect(smoothed.of(Float32Array.of(4, 8), 2)[0]).toBe(4);
    expect(smoothed.of(Float32Array.of(4, 8), 2)[1]).toBeCloseTo((0.25 * 4 + 0.5 * 8) / 0.75);
    expect(smoothed.of(Float32Array.of(2), 1)[0]).toBe(2);
  });
});
