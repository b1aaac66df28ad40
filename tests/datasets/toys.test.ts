import { describe, expect, it } from "vitest";
import { builtIn, builtInFacts } from "../../src/datasets/catalogue.ts";
import { drawToy, isToy, toyModes, toyRows, toys, type ToyName } from "../../src/datasets/toys.ts";
import { factsOf, type VectorSet } from "../../src/datasets/types.ts";
import { draw } from "../../src/runtime/philox.ts";

const names = Object.keys(toys) as ToyName[];
const random = (seed = 1) => draw(seed, "toy", { iteration: 0 });
const column = ({ data, item }: VectorSet, axis: number) => data.filter((_, i) => i % item.shape[0] === axis);
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
function std(values: Float32Array): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

describe.each(names)("%s", (name) => {
  it("is the same for the same seed, another for another", () => {
    expect(drawToy(name, random())).toEqual(drawToy(name, random()));
    expect(drawToy(name, random(2)).data).not.toEqual(drawToy(name, random()).data);
  });

  it("has finite rows and labels within its classes, as the catalogue says", () => {
    const set = drawToy(name, random());
    expect(set.count).toBe(toyRows);
    expect(set.data).toHaveLength(toyRows * toys[name].features);
    expect(set.data.every(Number.isFinite)).toBe(true);
    expect(builtInFacts(name)).toEqual(factsOf(set));
    if (set.labels) expect(new Set(set.labels).size).toBe(set.classes!.length);
  });

  it("refuses parameters that it does not have or that are out of bounds", () => {
    expect(() => drawToy(name, random(), { sigma: 1 })).toThrow(/has no parameter sigma; it has/);
    for (const [field, { max }] of Object.entries(toys[name].fields))
      expect(() => drawToy(name, random(), { [field]: max + 1 })).toThrow(field);
  });
});

describe("toys", () => {
  it("draw a Gaussian with the mean and the deviation that are asked for", () => {
    const { data } = drawToy("toy-gaussian", random(), { mean: -2, std: 0.5 });
    expect(mean(data)).toBeCloseTo(-2, 1);
    expect(std(data)).toBeCloseTo(0.5, 1);
  });

  it.each(["toy-mixture", "toy-ring", "toy-grid"] as const)("put equal parts of %s around each mode", (name) => {
    const set = drawToy(name, random());
    const { centres, std: sigma } = toyModes(name)!;
    expect(centres).toHaveLength(set.classes!.length);
    const seen = centres.map(() => 0);
    let squares = 0;
    for (let row = 0; row < set.count; row++) {
      const centre = centres[set.labels![row]];
      seen[set.labels![row]]++;
      centre.forEach((value, axis) => (squares += (set.data[row * centre.length + axis] - value) ** 2));
    }
    for (const rows of seen) expect(Math.abs(rows / toyRows - 1 / centres.length)).toBeLessThan(0.015);
    expect(Math.sqrt(squares / set.data.length) / sigma).toBeCloseTo(1, 1);
  });

  it("place the ring's eight modes on the unit circle and the grid's twenty-five at −4 to 4", () => {
    for (const centre of toyModes("toy-ring")!.centres) expect(Math.hypot(...centre)).toBeCloseTo(1, 12);
    expect(toyModes("toy-ring")).toMatchObject({ std: 0.01, centres: { length: 8 } });
    const places = [-4, -2, 0, 2, 4];
    expect(toyModes("toy-grid")).toEqual({ std: 0.05, centres: places.flatMap((y) => places.map((x) => [x, y])) });
  });

  it("bend two moons, a roll and a pinwheel", () => {
    const moons = drawToy("toy-moons", random(), { std: 0 });
    for (let row = 0; row < moons.count; row++) {
      const [x, y] = moons.data.subarray(2 * row, 2 * row + 2);
      expect(moons.labels![row] === 0 ? Math.hypot(x, y) : Math.hypot(x - 1, y - 0.5)).toBeCloseTo(1, 5);
      expect(moons.labels![row] === 0 ? y >= 0 : y <= 0.5).toBe(true);
    }
    const roll = drawToy("toy-swiss-roll", random(), { std: 0 });
    const distances = Float32Array.from({ length: roll.count }, (_, row) =>
      Math.hypot(roll.data[2 * row], roll.data[2 * row + 1]),
    );
    expect(Math.max(...distances)).toBeCloseTo(3, 2);
    expect(Math.min(...distances)).toBeCloseTo(1, 2);
    const wheel = drawToy("toy-pinwheel", random());
    for (const axis of [0, 1]) expect(Math.abs(mean(column(wheel, axis)))).toBeLessThan(0.05);
  });

  it("are all in the catalogue of built-in data sets, each name once", () => {
    expect(builtIn.filter(({ kind }) => kind === "generated").map(({ name }) => name)).toEqual(names);
    expect(new Set(builtIn.map(({ name }) => name)).size).toBe(builtIn.length);
    expect(isToy("toString")).toBe(false);
    const item = { type: "image", shape: [1, 28, 28] };
    expect(builtInFacts("mnist")).toEqual({ item, target: null, classes: 10, count: 60_000, heldOut: 10_000 });
    expect(builtInFacts("other")).toBeNull();
  });
});
