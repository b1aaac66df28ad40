import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { linearTicks, logarithmicTicks } from "../../../src/cli/bench/plot-parts.ts";
import { drawPlot } from "../../../src/cli/bench/plots.ts";
import type { Plot } from "../../../src/cli/bench/suite.ts";
import { expectGolden } from "../../helpers/golden.ts";

const ratios: Plot = {
  form: "bars",
  title: "An exported generator",
  unit: "× PyTorch's export",
  groups: ["dcgan-mnist", "a & <b>"],
  series: [
    { name: "GANvas", values: [0.82, 1.0], ranges: [[0.8, 0.86], [0.97, 1.04]] }, // prettier-ignore
    { name: "tfjs", values: [1.6, null] },
  ],
};
const growth: Plot = {
  form: "lines",
  title: "A step against the batch",
  unit: "ms a step",
  axis: "batch",
  groups: [1, 4, 16, 64],
  series: [{ name: "DCGAN", values: [2, 8, 32, 128], ranges: [null, null, [30, 35], null] }, { name: "one", values: [null, 5, null, null] }], // prettier-ignore
};

describe("a plot", () => {
  it.each([ratios, growth])("of $form is an SVG file that XML readers and painters take", async (plot) => {
    const svg = drawPlot(plot);
    const { width, height } = await sharp(Buffer.from(svg)).metadata();
    expect([width, height]).toEqual([760, Number(/ height="(\d+)"/.exec(svg)![1])]);
  });

  it("of bars is drawn as it was", () => {
    expectGolden("bench-plot.svg", drawPlot(ratios));
  });

  it("of bars says values with their ranges, and what was not measured", () => {
    const said = textOf(drawPlot(ratios));
    expect(said).toContain("0.820 (0.800–0.860)");
    expect(said).toContain("1.60");
    expect(said).toContain("not measured");
  });

  it("of lines says the exponent of a line, of one point none", () => {
    const said = textOf(drawPlot(growth)).filter((text) => text.startsWith("exponent"));
    expect(said).toEqual(["exponent 1.00 ± 0.00"]);
  });

  it("has all its parts within its borders", () => {
    for (const plot of [ratios, growth]) {
      const svg = drawPlot(plot);
      const height = Number(/ height="(\d+)"/.exec(svg)![1]);
      const at = (name: string) => [...svg.matchAll(new RegExp(` ${name}="(-?[\\d.]+)"`, "g"))].map((found) => Number(found[1])); // prettier-ignore
      for (const x of ["x", "x1", "x2", "cx"].flatMap(at)) expect(x).toBeLessThanOrEqual(760);
      for (const y of ["y", "y1", "y2", "cy"].flatMap(at)) expect(y).toBeLessThanOrEqual(height);
    }
  });

  it("without anything measured says so", () => {
    expect(textOf(drawPlot({ ...growth, series: [{ name: "none", values: [null, null, null, null] }] }))).toContain(
      "not measured",
    );
    expect(textOf(drawPlot({ ...ratios, series: [{ name: "none", values: [null, null] }] }))).toContain("not measured");
  });
});

describe("ticks", () => {
  it("of a linear axis begin at 0 and reach what is shown", () => {
    expect(linearTicks(2.5, 6)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(linearTicks(1, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(1234, 6).at(-1)).toBe(1500);
  });

  it("of a logarithmic axis enclose what is shown", () => {
    expect(logarithmicTicks(3, 150)).toEqual([2, 5, 10, 20, 50, 100, 200]);
    expect(logarithmicTicks(1, 1)).toEqual([1, 2]);
    expect(logarithmicTicks(0.004, 9000)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000]);
  });
});

const textOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text.replaceAll("&amp;", "&"));
