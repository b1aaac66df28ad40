/// <reference types="node" />
/** The gallery shows every kind whole: a node on the canvas, an equation, a lesson, arithmetic with numbers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { kinds } from "../../src/kinds/index.ts";
import { template, templateNames } from "../helpers/documents.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
  await page.goto(`${studio.address}gallery.html`);
  await page.getByRole("heading", { level: 1 }).waitFor();
});
afterAll(() => studio?.close());

const entries = kinds.map(({ graph, name, title, lesson }) => ({
  name: `${name} of ${graph === "network" ? "networks" : "the training graph"}`,
  title,
  lesson,
}));

describe.each(entries)("$name", ({ name, title, lesson }) => {
  const entry = () => page.getByRole("article", { name, exact: true });

  it("has a title, an equation, a lesson and arithmetic", async () => {
    expect(await entry().getByRole("heading").innerText()).toBe(title);
    expect(await entry().getByText(lesson, { exact: true }).isVisible()).toBe(true);
    const equation = entry().getByRole("math").first();
    await equation.locator(".katex-html").waitFor();
    expect(await equation.locator(".katex-error").count()).toBe(0);
    const lines = await entry().getByRole("list", { name: "Arithmetic" }).getByRole("listitem").allInnerTexts();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^\S.* = .+ = .+ = \S/);
  });

  it("has a picture on the canvas", async () => {
    const picture = entry().getByRole("figure");
    await picture.scrollIntoViewIfNeeded();
    const node = picture.locator(".react-flow__node.selected");
    await node.waitFor();
    const box = await node.boundingBox();
    expect(Math.min(box!.width, box!.height)).toBeGreaterThan(8);
    expect(await node.innerText()).not.toBe("");
    expect(await inkOf(await node.screenshot())).toBeGreaterThan(10);
  });
});

describe("templates", () => {
  it.each(templateNames)("%s is drawn in figures", async (name) => {
    for (const what of ["training", ...Object.keys(template(name).networks)]) {
      const figure = page.getByRole("img", { name: `${name}: ${what}`, exact: true });
      await figure.scrollIntoViewIfNeeded();
      expect(await figure.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBeGreaterThan(100); // prettier-ignore
      expect(await inkOf(await figure.screenshot())).toBeGreaterThan(5);
    }
  });
});

/** How far the pixels lie from one plain colour: the largest deviation of a channel. 0 … 255. */
async function inkOf(png: Buffer): Promise<number> {
  const { channels } = await sharp(png).removeAlpha().stats();
  return Math.max(...channels.map(({ stdev }) => stdev));
}
