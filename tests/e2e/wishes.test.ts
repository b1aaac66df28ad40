/// <reference types="node" />
/** What users of similar tools ask for again and again, each tried as a person would; and the table of all that is expected. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { parseProgram } from "../../src/core/program/parse.ts";
import { lowered, template } from "../helpers/documents.ts";
import { dropFiles, emptySpot, openDocument, openTemplate, pick } from "./gestures.ts";
import {
  addBySearch,
  boxOf,
  drag,
  fileOf,
  inspectorOf,
  iterationOf,
  nodeOf,
  saveDocument,
  showTab,
  trainingOf,
  typeInto,
  until,
} from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
});
afterAll(() => studio?.close());

describe("on every node", () => {
  it("stand its parameters, and on every wire its shape", async () => {
    await openTemplate(page, "dcgan-mnist", "generator");
    const counts = { "Linear fc": "627,200", "BatchNorm2d bn1": "256", "ConvTranspose2d up1": "131,072", "BatchNorm2d bn2": "128", "ConvTranspose2d up2": "1,025" }; // prettier-ignore
    for (const [node, count] of Object.entries(counts))
      expect(await nodeOf(page, node).getByTitle(`${count} parameters`).isVisible(), node).toBe(true);
    const shapes = await page.getByRole("img", { name: /^Edge from/ }).allTextContents();
    expect(shapes).toEqual(["100", "6272", "128×7×7", "128×7×7", "128×7×7", "64×14×14", "64×14×14", "64×14×14", "1×28×28", "1×28×28"]); // prettier-ignore
    await showTab(page, "Training");
    await nodeOf(page, "Network fake").getByTitle("759,681 parameters").waitFor();
    expect(await nodeOf(page, "Network fake").innerText()).toContain("1×28×28");
  });

  it("a shape error stands where it arises, and goes when it is mended", async () => {
    await openTemplate(page, "dcgan-mnist", "generator");
    await pick(page, "Reshape view");
    await typeInto(page, "shape", "128, 7, 8");
    const told = nodeOf(page, "Reshape view").getByTitle(/6,?272.*7,?168|7,?168.*6,?272/);
    await told.waitFor();
    await page.getByRole("button", { name: "Problems: 1 error" }).waitFor();
    expect(await nodeOf(page, "BatchNorm2d bn1").locator("[class*=badge]").count(), "later nodes are not blamed").toBe(
      0,
    );
    await typeInto(page, "shape", "128, 7, 7");
    await told.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Problems: No problems" }).waitFor();
  });
});

describe("nothing is lost", () => {
  it("undo takes everything back, and redo does it all again", async () => {
    await openTemplate(page, "toy-ring", "generator");
    const states = [await saveDocument(page)];
    const acts: (() => Promise<unknown>)[] = [
      async () => addBySearch(page, "Dropout", await emptySpot(page)),
      () => page.keyboard.press("Control+D"),
      async () => (await pick(page, "Linear fc1"), typeInto(page, "out_features", 96)),
      async () => (await pick(page, "ReLU relu1"), page.keyboard.press("Control+B")),
      async () => (await pick(page, "Linear fc2", "ReLU relu2"), page.keyboard.press("Control+G")),
      () => page.keyboard.press("Control+Shift+G"),
      async () => (await pick(page, "Linear fc3"), page.keyboard.press("Shift+Delete")),
      () => page.keyboard.press("Control+Shift+F"),
    ];
    for (const act of acts) {
      await act();
      states.push(await until(() => saveDocument(page), differs(states.at(-1)!), { within: 10_000 }));
    }
    for (const state of states.slice(0, -1).reverse()) {
      await page.keyboard.press("Control+Z");
      expect(await saveDocument(page)).toEqual(state);
    }
    for (const state of states.slice(1)) {
      await page.keyboard.press("Control+Y");
      expect(await saveDocument(page)).toEqual(state);
    }
  });

  it("a reload keeps the last edit, even one of a moment ago", async () => {
    await openTemplate(page, "toy-ring", "generator");
    await pick(page, "Linear fc1");
    await typeInto(page, "out_features", 77);
    await page.reload();
    await page.getByRole("tab", { name: "generator" }).waitFor();
    const kept = await saveDocument(page);
    expect(kept.networks.generator.nodes.fc1.params).toEqual({ out_features: 77 });
  });

  it("a run that was reloaded halfway ends as one that was not, to the bit", async () => {
    const document = shortRun(300);
    const straight = await trained(document);
    await openDocument(page, document);
    await page.keyboard.press("Control+Enter");
    await until(
      () => iterationOf(page),
      (now) => now > 0,
      { every: 20 },
    );
    await page.keyboard.press("Control+Enter");
    await trainingOf(page).getByText("paused", { exact: true }).waitFor();
    const at = await iterationOf(page);
    expect(at).toBeLessThan(300);
    await trainingOf(page).getByText(`saved at ${at}`, { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Continue" }).click();
    await finished();
    const resumed = await weights();
    expect(resumed.equals(straight)).toBe(true);
    expect(resumed.equals(await trained({ ...document, training: { ...document.training, seed: 2 } }))).toBe(false);
  });
});

describe("training", () => {
  it("goes on while another window is in front, and lets the page answer", async () => {
    await openTemplate(page, "dcgan-mnist", "generator");
    await page.keyboard.press("Control+Enter");
    await until(() => iterationOf(page), (now) => now >= 2); // prettier-ignore
    const other = await studio.another();
    await other.bringToFront();
    const before = await iterationOf(page);
    await until(() => iterationOf(page), (now) => now >= before + 3); // prettier-ignore
    await other.close();
    await page.bringToFront();
    const [node, started] = [await boxOf(nodeOf(page, "ReLU relu1")), await iterationOf(page)];
    await drag(page, { x: node.x + 24, y: node.y + 9 }, { x: node.x + 200, y: node.y + 9 });
    expect((await boxOf(nodeOf(page, "ReLU relu1"))).x).toBeGreaterThan(node.x + 100);
    await until(() => iterationOf(page), (now) => now > started); // prettier-ignore
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  });

  it("says whether it works or has collapsed", async () => {
    const document = shortRun(300);
    const { z } = document.training.nodes;
    const blind = { ...document.training.nodes, z: { ...z, params: { ...z.params, std: 0 } } };
    await openDocument(page, { ...document, training: { ...document.training, nodes: blind } });
    await page.keyboard.press("Control+Enter");
    await finished();
    await trainingOf(page).getByText(/^Samples look alike: spread .* Mode collapse\?$/).waitFor(); // prettier-ignore
    await trained(document);
    expect(
      await trainingOf(page)
        .getByText(/Mode collapse/)
        .count(),
    ).toBe(0);
    expect(await trainingOf(page).getByRole("region", { name: "Health" }).innerText()).toMatch(
      /Spread\s+[\d.]+ \/ [\d.]+/,
    );
  });

  it("takes one's own pictures, of any size", async () => {
    await openTemplate(page, "dcgan-mnist");
    const pictures = [[20, 31], [64, 48], [28, 28], [101, 33]].flatMap(([width, height]) =>
      Array.from({ length: 20 }, async (_, index) => {
        const background = { r: (index * 37) % 256, g: (width * 3) % 256, b: 90 };
        const bytes = await sharp({ create: { width, height, channels: 3, background } }).png().toBuffer();
        return { name: `${width}-${index}.png`, bytes };
      }),
    ); // prettier-ignore
    await dropFiles(page, await Promise.all(pictures));
    const form = page.getByRole("dialog", { name: "New data set" });
    await form.getByLabel("Name").fill("mine");
    await form.getByLabel("Size").selectOption("28");
    await form.getByLabel("One grey channel").check();
    await form.getByRole("button", { name: "Add" }).click();
    await page.getByText("own/mine has 80 rows.").waitFor();
    await page.getByRole("button", { name: "Use it here" }).click();
    const { nodes } = (await saveDocument(page)).training;
    expect(Object.values(nodes).flatMap(({ kind, params }) => (kind === "Dataset" ? [params?.name] : []))).toEqual([
      "own/mine",
    ]);
    await page.keyboard.press(".");
    await until(() => iterationOf(page), (now) => now === 1); // prettier-ignore
  });
});

describe("what leaves", () => {
  it("figures for papers: vectors in print colours, and pixels at four times the size", async () => {
    await openTemplate(page, "dcgan-mnist");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("tab", { name: /^Figure/ }).click();
    await page.getByText("Print", { exact: true }).click();
    const svg = (await fileOf(page, () => page.getByRole("button", { name: "SVG", exact: true }).click())).bytes.toString("utf8"); // prettier-ignore
    expect(svg).toMatch(/^(<\?xml[^>]*>\s*)?<svg[^>]* viewBox=/);
    expect(svg).toContain("128×7×7");
    expect(svg).not.toMatch(/<image|<foreignObject|href="http/);
    await page.getByText("4×", { exact: true }).click();
    const png = await fileOf(page, () => page.getByRole("button", { name: "PNG", exact: true }).click());
    const { width = 0, height = 0 } = await sharp(png.bytes).metadata();
    const [, wide, high] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
    expect([width, height]).toEqual([Math.round(4 * Number(wide)), Math.round(4 * Number(high))]);
    await page.keyboard.press("Escape");
  });

  it("a trained model gives the same elsewhere, and says how close it is", async () => {
    await trained(shortRun(30));
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("tab", { name: /^ONNX model/ }).click();
    await page.getByRole("tabpanel").getByRole("button", { name: "Export", exact: true }).click();
    const words = await page.getByRole("region", { name: "Proof" }).innerText();
    expect(words).toContain("The file gives what this page gives.");
    const numberAfter = (word: string) =>
      Number(new RegExp(`${word}\\s+(\\d+(?:\\.\\d+)?(?:e-?\\d+)?)`).exec(words)?.[1]);
    const [largest, tolerance] = [numberAfter("difference"), numberAfter("tolerance")];
    expect(tolerance).toBeLessThanOrEqual(1e-4);
    expect(largest).toBeLessThanOrEqual(tolerance);
    await page.keyboard.press("Escape");
  });

  it("the graph as code, which reads back as the same program", async () => {
    await openTemplate(page, "dcgan-mnist", "generator");
    await inspectorOf(page).getByRole("button", { name: "The graph as code" }).click();
    const text = await inspectorOf(page).getByLabel("The graph as code").and(page.locator("pre")).textContent();
    const generator = lowered(template("dcgan-mnist")).networks.filter(({ name }) => name === "generator");
    expect(parseProgram(text!).networks).toEqual(generator);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  });
});

describe("the table of expectations", () => {
  const folder = import.meta.dirname;
  const table = readFileSync(path.resolve(folder, "../../docs/studio-tests.md"), "utf8");
  const rows = [...table.matchAll(/^\| (?!Expectation|-)(.+?) +\| `([\w.-]+)` +\| (.+?) +\|$/gm)];

  it("names tests that exist, at least one for each line", () => {
    expect(rows.length).toBeGreaterThan(50);
    const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
    for (const [, expectation, file, title] of rows)
      expect(files.get(file), expectation).toMatch(
        new RegExp(`it(\\.each\\(\\[[^\\]]*\\]\\))?\\(\\s*"${escaped(title)}"`),
      );
  });
});

/** The ring with fewer iterations and a small batch. */
function shortRun(iterations: number): GanDocument {
  const document = template("toy-ring");
  return { ...document, training: { ...document.training, iterations, batch: 64 } };
}

/** Trains a document to its end. @returns the generator's weights */
async function trained(document: GanDocument): Promise<Buffer> {
  await openDocument(page, document);
  await page.keyboard.press("Control+Enter");
  await finished();
  return weights();
}

const finished = () => trainingOf(page).getByText("finished", { exact: true }).waitFor();

async function weights(): Promise<Buffer> {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("tab", { name: /^Weights/ }).click();
  const panel = page.getByRole("tabpanel");
  await panel.getByText("generator", { exact: true }).first().click();
  const file = await fileOf(page, () => panel.getByRole("button", { name: "Download", exact: true }).click());
  expect(file.name).toContain("generator");
  await page.keyboard.press("Escape");
  return file.bytes;
}

const differs = (before: GanDocument) => (now: GanDocument) => JSON.stringify(now) !== JSON.stringify(before);
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
