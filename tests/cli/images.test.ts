import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  encodePng,
  histogramPlot,
  imageGrid,
  lossPlot,
  scatterPlot,
  writePng,
  type GridOptions,
} from "../../src/cli/images.ts";
import { lettering, letteringWidth } from "../../src/cli/lettering.ts";
import { drawToy, toyModes } from "../../src/datasets/toys.ts";
import { draw } from "../../src/runtime/philox.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "ganvas-images-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pixels of a picture or an SVG (at twice its size), and the colour at a place. */
async function pixels(png: Uint8Array) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
  /** How many pixels of a box lie near a colour. */
  const near = (
    [r, g, b]: readonly number[],
    [left, top, right, bottom]: readonly number[] = [0, 0, info.width, info.height],
  ) => {
    let count = 0;
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const [red, green, blue] = at(x, y);
        if (Math.abs(red - r) + Math.abs(green - g) + Math.abs(blue - b) < 30) count++;
      }
    return count;
  };
  return { width: info.width, height: info.height, at, near };
}
const white = [255, 255, 255];

describe("a grid of images", () => {
  const options: GridOptions = {
    count: 3,
    height: 1,
    width: 2,
    channels: 1,
    columns: 2,
    range: [-1, 1],
    padding: 1,
    scale: 1,
  };

  it("goes row by row, white between the images and where none is left", () => {
    const { width, height, data } = imageGrid(Float32Array.of(-1, 0, 1, -1, 0.5, -3), options);
    expect([width, height]).toEqual([7, 5]);
    const greys = Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => data[(y * width + x) * 3]),
    );
    expect(greys).toEqual([
      [255, 255, 255, 255, 255, 255, 255],
      [255, 0, 128, 255, 255, 0, 255],
      [255, 255, 255, 255, 255, 255, 255],
      [255, 191, 0, 255, 255, 255, 255],
      [255, 255, 255, 255, 255, 255, 255],
    ]);
  });

  it("takes colours from the last axis", () => {
    const { data } = imageGrid(Float32Array.of(0, 0.5, 1), {
      ...options,
      count: 1,
      width: 1,
      channels: 3,
      range: [0, 1],
    });
    expect([...data.subarray(12, 15)]).toEqual([0, 128, 255]);
  });

  it("repeats pixels when it is scaled, and finds a scale itself", () => {
    const { width, data } = imageGrid(Float32Array.of(-1, 1), { ...options, count: 1, scale: 3 });
    expect(width).toBe(8);
    expect([...data.subarray(8 * 3, 16 * 3)].filter((_, i) => i % 3 === 0)).toEqual([255, 0, 0, 0, 255, 255, 255, 255]);
    const lab = imageGrid(new Float32Array(50 * 784), {
      count: 50,
      height: 28,
      width: 28,
      channels: 1,
      columns: 10,
      range: [0, 1],
    });
    expect([lab.width, lab.height]).toEqual([10 * 87 + 3, 5 * 87 + 3]);
    const large = imageGrid(new Float32Array(64 * 64 * 64 * 3), {
      count: 64,
      height: 64,
      width: 64,
      channels: 3,
      columns: 8,
      range: [0, 1],
    });
    expect(large.width).toBe(8 * 66 + 2);
  });

  it("refuses an array that is no such batch", () => {
    expect(() => imageGrid(new Float32Array(5), options)).toThrow("5 values are not 3 images of 1×1×2");
  });

  it("comes back from its PNG, which appears whole", async () => {
    const picture = imageGrid(Float32Array.of(-1, 0, 1, -1, 0.5, -3), options);
    await writePng(path.join(folder, "samples/000100.png"), picture);
    expect(readdirSync(path.join(folder, "samples"))).toEqual(["000100.png"]);
    const { data, info } = await sharp(readFileSync(path.join(folder, "samples/000100.png"))).raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
    expect([info.width, info.height]).toEqual([7, 5]);
    expect(new Uint8Array(data)).toEqual(picture.data);
  });
});

describe("a plot of losses", () => {
  const x = Array.from({ length: 600 }, (_, i) => i + 1);
  const rose = [0xc8, 0x33, 0x5d];
  const teal = [0x00, 0x7c, 0x69];

  it("draws a line for each loss, where its values are", async () => {
    const svg = lossPlot([{ name: "d_loss", x, y: x.map(() => 0.5) }, { name: "g_loss", x, y: x.map(() => 2) }], { title: "Losses" }); // prettier-ignore
    const picture = await pixels(await encodePng(svg));
    expect([picture.width, picture.height]).toEqual([1760, 760]);
    const [top, bottom] = [128, 656]; // y from 2.0 down to 0.0
    const at = (value: number) => Math.round(bottom - (value / 2) * (bottom - top));
    expect(picture.at(800, at(0.5)).map((v, i) => Math.abs(v - rose[i])).every((d) => d < 25)).toBe(true); // prettier-ignore
    expect(picture.near(teal, [200, at(2), 1700, at(2) + 3])).toBeGreaterThan(1000);
    expect(picture.at(800, at(1.25))).toEqual(white);
  });

  it("says its title, its names and last values, and ticks in round numbers", () => {
    const svg = lossPlot([{ name: "d_loss", x, y: x.map((i) => i / 600) }], { title: "GAN <1> & more" });
    expect(svg).toContain("<title>GAN &lt;1&gt; &amp; more</title>");
    for (const label of ["d_loss", "1.000", "0.2", "0.8", "500", "iteration"]) expect(svg).toContain(glyphs(label));
  });

  it("leaves gaps for what is not finite, and survives any series", async () => {
    const wild = [NaN, 1, Infinity, 2, 3, NaN, -Infinity];
    for (const y of [
      wild,
      [],
      [5],
      [NaN, NaN],
      [0, 0, 0],
      [1e-7, 2e-7],
      [-1e12, 1e12],
      Array.from({ length: 5000 }, (_, i) => (i % 7 ? 1 / (i + 1) : NaN)),
    ]) {
      const svg = lossPlot([{ name: "loss", x: y.map((_, i) => i), y }], { title: "T" });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect((await pixels(await encodePng(svg))).width).toBe(1760);
    }
    const gap = lossPlot([{ name: "loss", x: [0, 1, 2, 3], y: [1, 2, NaN, 3] }], { title: "T" });
    expect(/stroke="#c8335d" stroke-width="1.8"/.test(gap)).toBe(true);
    expect(
      /<path d="(M[^"]*)" stroke="#c8335d"/
        .exec(gap.slice(gap.indexOf('stroke-linejoin="round" stroke-linecap="round"><path')))?.[1]
        .match(/M/g),
    ).toHaveLength(2);
  });

  it("is not flattened by one outlier", () => {
    const y = x.map((i) => (i === 300 ? 1e6 : 1 + (i % 10) / 10));
    const svg = lossPlot([{ name: "loss", x, y }], { title: "T" });
    for (const tick of ["1.0", "1.2", "1.8"]) expect(svg).toContain(glyphs(tick));
    const few = lossPlot([{ name: "loss", x: [1, 2, 3], y: [1, 1e6, 2] }], { title: "T" });
    expect(few).toContain(glyphs("1,000,000"));
  });

  it("stays small however long the run was", () => {
    const long = Array.from({ length: 200_000 }, (_, i) => i);
    const svg = lossPlot([{ name: "loss", x: long, y: draw(1, "loss", { iteration: 0 }).normal(200_000) }], {
      title: "T",
    });
    expect(svg.length).toBeLessThan(150_000);
  });
});

describe("samples among data", () => {
  const violet = [0x55, 0x46, 0xe8];
  const random = () => draw(5, "toy", { iteration: 0 });

  it("stand where they are in two dimensions, and those outside are counted", async () => {
    const { data } = drawToy("toy-ring", random());
    const [x, y] = toyModes("toy-ring")!.centres[2];
    const samples = Float32Array.of(...Array.from({ length: 400 }, () => [x, y]).flat(), 50, 50, NaN, 0);
    const svg = scatterPlot({ title: "Ring", data, samples });
    expect(svg).toContain(glyphs("2 of 402 samples lie outside"));
    const picture = await pixels(await encodePng(svg));
    const half = picture.width / 2 + 28; // the plot begins 52 from the left and ends 24 from the right
    expect(picture.near(violet, [Math.round(half) - 12, 160, Math.round(half) + 12, 300])).toBeGreaterThan(20);
    expect(picture.near(violet, [100, 500, picture.width, picture.height])).toBe(0);
  });

  it("make a histogram whose height is a density", async () => {
    const data = drawToy("toy-gaussian", random(), { mean: 0 }).data;
    const svg = histogramPlot({ title: "One dimension", data, samples: data.map((value) => value / 4) });
    expect(svg).toContain(glyphs("1.5"));
    const picture = await pixels(await encodePng(svg));
    expect(picture.near([0xd7, 0xd7, 0xdc])).toBeGreaterThan(1000);
    expect(picture.near(violet)).toBeGreaterThan(500);
  });

  it("survive any samples", async () => {
    for (const samples of [[], [NaN, NaN], [0, 0], [1e30, -1e30], [1e300, -1e300]])
      for (const plot of [scatterPlot, histogramPlot])
        for (const data of [[], [1, 1], [0, 1, 2, 3]]) {
          const svg = plot({ title: "T", data, samples });
          expect(svg).not.toMatch(/NaN|Infinity|undefined/);
          expect((await encodePng(svg)).length).toBeGreaterThan(1000);
        }
  });
});

describe("lettering", () => {
  it("is drawn without fonts, and as text only where it has no such letters", () => {
    const style = { size: 12, colour: "#000000" };
    expect(lettering("Größe 0–9, café (×2)".replace("ß", "ss"), 0, 0, style)).not.toContain("<text");
    expect(lettering("損失 <b>", 0, 0, style)).toContain("<text");
    expect(lettering("損失 <b>", 0, 0, style)).toContain("&lt;b&gt;");
  });

  it("has digits of one width, and anchors at start, middle or end", () => {
    expect(new Set([..."0123456789"].map((digit) => letteringWidth(digit, 12))).size).toBe(1);
    const start = (anchor: "start" | "middle" | "end") =>
      Number(/translate\(([-\d.]+)/.exec(lettering("abc", 100, 0, { size: 20, colour: "#000000", anchor }))![1]);
    expect(start("start") - start("end")).toBeCloseTo(letteringWidth("abc", 20), 2);
    expect(start("middle")).toBeCloseTo((start("start") + start("end")) / 2, 2);
  });

  it("draws every letter of the plain alphabet", async () => {
    for (const letter of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-–−+×=/()[]_%'’\"·!?→&#") {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><rect width="30" height="30" fill="#ffffff"/>${lettering(letter, 5, 20, { size: 20, colour: "#000000" })}</svg>`;
      expect(svg).not.toContain("<text");
      const picture = await pixels(await encodePng(svg));
      expect(picture.near(white), letter).toBeLessThan(60 * 60 - 3);
    }
  });
});

/** The strokes of a label as they stand in an SVG, whatever its size, place and colour. */
function glyphs(label: string): string {
  return />(<path.*<\/g>)$/.exec(lettering(label, 0, 0, { size: 20, colour: "#000000" }))![1];
}
