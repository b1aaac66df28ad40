/// <reference types="node" />
/** The studio's main story, by mouse and keyboard: an empty page becomes a trained generator that runs elsewhere. */
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { readNpy } from "../../src/datasets/npy.ts";
import { drawLatents } from "../../src/session/latents.ts";
import { toByte } from "../../src/session/showing.ts";
import { openRuntime } from "../../src/targets/onnx/runtime.ts";
import { lowered, template } from "../helpers/documents.ts";
import { buildByHand } from "./by-hand.ts";
import {
  boxOf,
  canvasOf,
  clickOnNothing,
  fileOf,
  iterationOf,
  proofOf,
  samplesOf,
  saveDocument,
  trainingOf,
  trainTo,
  until,
} from "./hands.ts";
import { likenessOf } from "./likeness.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

/** What the person made, as it was saved. */
let built: GanDocument;

describe("a DCGAN from an empty page", { timeout: 180_000 }, () => {
  it("is built by mouse and typing", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "Empty GAN" }).click();
    await canvasOf(page).waitFor();
    const empty = await saveDocument(page);
    await buildByHand(page);
    built = await saveDocument(page);
    const { training, ...wanted } = template("dcgan-mnist");
    expect(likenessOf(built)).toEqual(likenessOf({ ...wanted, training: { ...training, batch: 16 } }));

    await clickOnNothing(page);
    const undo = page.getByRole("button", { name: "Undo", exact: true });
    const redo = page.getByRole("button", { name: "Redo", exact: true });
    const undone = await pressUntilDisabled("Control+Z", undo);
    expect(undone).toBeGreaterThan(50);
    await page.getByText("Double-click, or drop a layer here.").waitFor();
    expect(await saveDocument(page)).toEqual(empty);
    expect(await pressUntilDisabled("Control+Y", redo)).toBe(undone);
    expect(await saveDocument(page)).toEqual(built);
  });

  it("trains, pauses, and shows what it drew before", async () => {
    const { page } = studio;
    await trainTo(page, 12);
    const samples = samplesOf(page);
    const time = samples.getByRole("slider", { name: "Snapshot" });
    await shows(await iterationOf(page));
    await samples.getByRole("button", { name: "How samples are shown" }).click();
    await page.getByRole("menuitemradio", { name: "By latent: each keeps its place" }).click();
    await page.keyboard.press("Escape");
    const last = await settledPicture();
    await time.focus();
    await page.keyboard.press("Home");
    await shows(0);
    await until(settledPicture, (first) => !first.equals(last)); // it is drawn a moment after it is named
    await samples.getByRole("button", { name: "Live" }).click();
    await until(settledPicture, (again) => again.equals(last));

    async function shows(iteration: number): Promise<void> {
      const grid = samples.getByRole("group", { name: `64 samples, iteration ${iteration}`, exact: true });
      await grid.getByRole("button", { name: /^Sample 64\b/ }).waitFor();
    }
    /** The grid as it is on screen, once it no longer changes. */
    async function settledPicture(): Promise<Buffer> {
      await page.mouse.move(2, 2);
      const tiles = samples.getByRole("button", { name: /^Sample \d+/ });
      const [from, to] = [await boxOf(tiles.first()), await boxOf(tiles.last())];
      const clip = { x: from.x, y: from.y, width: to.x + to.width - from.x, height: to.y + to.height - from.y };
      let before: Buffer = Buffer.alloc(0);
      return until(
        () => page.screenshot({ clip }),
        (now) => {
          const same = now.equals(before);
          before = now;
          return same;
        },
      );
    }
  });

  it("leaves as a proven ONNX file that draws the same elsewhere", async () => {
    const { page } = studio;
    const samples = samplesOf(page);
    await samples.getByRole("button", { name: "How samples are shown" }).click();
    const grid = await fileOf(page, () => page.getByRole("menuitem", { name: "Save as PNG" }).click());

    await page.getByRole("button", { name: "Export", exact: true }).click();
    const sheet = page.getByRole("dialog", { name: "Export" });
    await sheet.getByText("generator", { exact: true }).click();
    await sheet.getByRole("button", { name: "Export", exact: true }).click();
    const proof = await proofOf(sheet);
    expect(proof.largest).toBeLessThanOrEqual(1e-4);
    expect(proof.text).toMatch(/over \d+ samples/);
    const onnx = await fileOf(page, () => sheet.getByRole("button", { name: "Download", exact: true }).click());
    expect(onnx.name).toBe("untitled-generator.onnx");

    await sheet.getByRole("tab", { name: /^Samples/ }).click();
    await sheet.getByRole("spinbutton", { name: "Seed" }).fill("1");
    await sheet.getByRole("button", { name: "Draw", exact: true }).click();
    const numbers = await fileOf(page, () => sheet.getByRole("button", { name: "Download .npy" }).click());
    await page.keyboard.press("Escape");

    const drawn = await drawnElsewhere(onnx.bytes, 64);
    const page64 = readNpy(numbers.bytes, numbers.name);
    expect(page64).toMatchObject({ shape: [64, 1, 28, 28], dtype: "<f4" });
    expect(farthest(drawn, page64.data as Float32Array)).toBeLessThanOrEqual(1e-4);
    const bytes = drawn.map((value) => toByte(value, [-1, 1]));
    expect(farthest(bytes, await picturesIn(grid.bytes, 8, 28))).toBeLessThanOrEqual(1);
  });

  it("goes on after a reload in the middle of training", async () => {
    const { page } = studio;
    const before = await iterationOf(page);
    const saved = trainingOf(page).getByText(/^saved at [\d,]+$/);
    await page.getByRole("button", { name: /^Train/ }).click();
    const kept = await until(
      async () => Number((await saved.textContent())!.replace(/\D/g, "")),
      (iteration) => iteration > before + 5,
    );
    await page.reload();
    await canvasOf(page).waitFor();
    const resumed = await until(
      () => iterationOf(page),
      (iteration) => iteration > 0,
    );
    expect(resumed).toBeGreaterThanOrEqual(kept);
    await trainingOf(page).getByRole("region", { name: "Losses" }).locator("canvas").waitFor();
    expect(await saveDocument(page)).toEqual(built);
    await page.getByRole("button", { name: /^Train/ }).click();
    const seen: number[] = [];
    await until(
      async () => seen.push(await iterationOf(page)),
      () => seen.at(-1)! > resumed + 3,
    );
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(resumed);
    await page.getByRole("button", { name: /^Pause/ }).click();
    await trainingOf(page).getByText("paused", { exact: true }).waitFor();
  });
});

/** How often a key had to be pressed until its button had nothing more to do. */
async function pressUntilDisabled(key: string, button: ReturnType<OpenStudio["page"]["locator"]>): Promise<number> {
  for (let times = 0; ; times++) {
    if (await button.isDisabled()) return times;
    await studio.page.keyboard.press(key);
  }
}

/** The fixed latents of the document's seed through the downloaded file, in ONNX Runtime without the page. */
async function drawnElsewhere(model: Uint8Array, count: number): Promise<Float32Array> {
  const training = lowered(built).training!;
  const [[noise]] = drawLatents(training, training.sampling!, new Map(), { count, seed: 1 }).values();
  const runtime = await openRuntime(model);
  const outputs = await runtime.run({ [runtime.inputs[0]]: { dims: noise.shape, data: noise.data as Float32Array } });
  await runtime.release();
  return outputs[runtime.outputs[0]].data as Float32Array;
}

/** The grey values of square pictures in a grid with `columns` of them, each pixel enlarged, 4 pixels between two. */
async function picturesIn(png: Uint8Array, columns: number, size: number): Promise<number[]> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const scale = (info.width + 4 - 4 * columns) / columns / size;
  expect(scale).toBe(Math.round(scale));
  const step = scale * size + 4;
  const rows = (info.height + 4) / step;
  const at = (x: number, y: number) => data[(y * info.width + x) * info.channels];
  return Array.from({ length: rows * columns * size * size }, (_, index) => {
    const [picture, pixel] = [Math.floor(index / size ** 2), index % size ** 2];
    const [left, top] = [(picture % columns) * step, Math.floor(picture / columns) * step];
    const middle = (along: number) => along * scale + Math.floor(scale / 2);
    return at(left + middle(pixel % size), top + middle(Math.floor(pixel / size)));
  });
}

/** The largest difference of two rows of numbers. */
function farthest(some: ArrayLike<number>, others: ArrayLike<number>): number {
  expect(others.length).toBe(some.length);
  return Array.from(some).reduce((most, value, at) => Math.max(most, Math.abs(value - others[at])), 0);
}
