import { describe, expect, it } from "vitest";
import type { Progress, SampleSheet, Snapshot } from "../../../src/session/protocol.ts";
import { toCsv } from "../../../src/editor/training/csv.ts";
import { createSeries } from "../../../src/editor/training/series.ts";
import { withSnapshot } from "../../../src/editor/training/snapshots.ts";

const progress = (iterations: number[], losses: Record<string, number[]>, norm?: number[]): Progress => ({
  iterations: Float64Array.from(iterations),
  losses: Object.fromEntries(Object.entries(losses).map(([name, values]) => [name, Float32Array.from(values)])),
  gradients: norm ? { d_opt: Float32Array.from(norm) } : {},
  imagesPerSecond: 0,
});

describe("createSeries", () => {
  it("grows, and is not measured where a column was not there", () => {
    const series = createSeries();
    series.append(progress([1, 2], { a: [0.5, 0.25] }));
    series.append(progress([3], { a: [1], b: [2] }, [4]));
    series.append(progress([4], { b: [3] }));
    expect(series.length).toBe(4);
    expect([...series.losses.get("a")!.subarray(0, 4)]).toEqual([0.5, 0.25, 1, NaN]);
    expect([...series.losses.get("b")!.subarray(0, 4)]).toEqual([NaN, NaN, 2, 3]);
    expect([...series.gradients.get("d_opt")!.subarray(0, 4)]).toEqual([NaN, NaN, 4, NaN]);
  });

  it("keeps what it has while its columns grow a thousandfold", () => {
    const series = createSeries();
    for (let row = 0; row < 5000; row++) series.append(progress([row + 1], { a: [row] }));
    expect(series.length).toBe(5000);
    expect(series.iterations[4321]).toBe(4322);
    expect(series.losses.get("a")![4321]).toBe(4321);
  });

  it("takes iterations that come again in place of the former", () => {
    const series = createSeries();
    series.append(progress([1, 2, 3], { a: [1, 2, 3] }));
    series.append(progress([2], { a: [20] }));
    expect([...series.losses.get("a")!.subarray(0, series.length)]).toEqual([1, 20]);
    series.trim(1);
    expect(series.length).toBe(1);
  });
});

describe("toCsv", () => {
  it("has a row for each iteration, numbers that give back float32, and nothing where nothing was measured", () => {
    const series = createSeries();
    series.append(progress([1], { "d,loss": [0.1] }));
    series.append(progress([2], { "d,loss": [1e-9] }, [2.5]));
    expect(toCsv(series)).toBe('iteration,"d,loss",gradient norm d_opt\r\n1,0.100000001,\r\n2,9.99999972e-10,2.5\r\n');
    expect(Math.fround(0.100000001)).toBe(Math.fround(0.1));
    expect(Math.fround(9.99999972e-10)).toBe(Math.fround(1e-9));
  });
});

describe("withSnapshot", () => {
  const sheet: SampleSheet = { count: 0, type: "vector", shape: [2], pixels: null, points: null, scores: null };
  const at = (iteration: number): Snapshot => ({ iteration, sheet, field: null, spread: null });
  const seen = (shown: { snapshots: readonly Snapshot[] }) => shown.snapshots.map(({ iteration }) => iteration);

  it("adds in order, drops what is no longer kept, and stays with the one that is looked at", () => {
    const before = { snapshots: [at(0), at(10), at(20), at(30)], looking: 2 };
    const after = withSnapshot(before, at(40), [10]);
    expect(seen(after)).toEqual([0, 20, 30, 40]);
    expect(after.looking).toBe(1);
  });

  it("goes to the next where the one looked at is dropped, and follows the newest where that is the last", () => {
    expect(withSnapshot({ snapshots: [at(0), at(10), at(20)], looking: 1 }, at(30), [10]).looking).toBe(1);
    expect(withSnapshot({ snapshots: [at(0), at(10)], looking: 1 }, at(30), [10]).looking).toBeNull();
  });

  it("forgets later ones where training went back", () => {
    const after = withSnapshot({ snapshots: [at(0), at(10), at(20)], looking: 2 }, at(10), []);
    expect(seen(after)).toEqual([0, 10]);
    expect(after.looking).toBeNull();
  });
});
