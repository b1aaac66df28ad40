import { describe, expect, it } from "vitest";
import { slicedWasserstein } from "../../src/metrics/slicedWasserstein.ts";
import { draw } from "../../src/runtime/philox.ts";

const normal = (id: string, count: number) => draw(1, id, { iteration: 0 }).normal(count);

describe("the sliced Wasserstein distance", () => {
  it("is 0 between a set and itself, in whatever order", () => {
    const points = normal("a", 300);
    const turned = Float32Array.from(points, (_, index) => points[(index + 3 * 40) % 300]);
    expect(slicedWasserstein(points, turned, { size: 3 })).toBe(0);
  });

  it("is |shift| / √size in expectation between a set and its shift", () => {
    const points = normal("b", 2000 * 4);
    const shifted = Float32Array.from(points, (value, index) => value + [3, 0, 4, 0][index % 4]);
    // every projection moves by u · shift, whose mean square over unit directions is |shift|² / size
    expect(slicedWasserstein(points, shifted, { size: 4, directions: 4000 })).toBeCloseTo(5 / 2, 1);
  });

  it("is the sorted difference in one dimension", () => {
    expect(slicedWasserstein(Float32Array.of(3, 1, 2), Float32Array.of(2, 5, 1), { size: 1 })).toBeCloseTo(
      Math.sqrt(4 / 3),
      6,
    );
  });

  it("tells two distributions from two samples of one", () => {
    const [a, b] = [normal("c", 4000), normal("d", 4000)];
    const wide = normal("e", 4000).map((value) => 1.5 * value);
    expect(slicedWasserstein(a, wide, { size: 8 })).toBeGreaterThan(4 * slicedWasserstein(a, b, { size: 8 }));
  });

  it("refuses sets of different size", () => {
    expect(() => slicedWasserstein(new Float32Array(6), new Float32Array(9), { size: 3 })).toThrow(
      /equally many points/,
    );
  });
});
