/// <reference types="node" />
/** Image translation as a person does it: Pix2Pix from its link, and pictures of one's own in the place of its data. */
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dropFiles, openTemplate } from "./gestures.ts";
import {
  inspectorOf,
  iterationOf,
  nodeOf,
  proofOf,
  samplesOf,
  saveDocument,
  trainingOf,
  trainTo,
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

describe("Pix2Pix from its link", { timeout: 120_000 }, () => {
  it("trains, and shows what goes in beside what comes out and what is wanted", async () => {
    await openTemplate(page, "pix2pix");
    await typeInto(page, "batch", 1);
    await trainTo(page, 2);
    const samples = samplesOf(page);
    await samples.getByText("data | generator | target", { exact: true }).waitFor();
    const rows = samples.getByRole("group", { name: `12 samples, iteration ${await iterationOf(page)}`, exact: true });
    const { width, height } = (await rows.getByRole("button", { name: "Sample 12" }).boundingBox())!;
    expect(width / height).toBeCloseTo(3, 0); // three pictures side by side
  });

  it("goes on after a reload", async () => {
    const before = await iterationOf(page);
    await page.reload();
    await trainingOf(page).getByText(`Kept at iteration ${before}.`).waitFor();
    expect(await iterationOf(page)).toBe(before);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await until(() => iterationOf(page), (now) => now > before); // prettier-ignore
    const pause = page.getByRole("button", { name: /^Pause/ });
    if (await pause.isVisible()) await pause.click();
    await trainingOf(page).getByText("paused", { exact: true }).waitFor();
  });

  it("leaves as a proven ONNX file", async () => {
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const sheet = page.getByRole("dialog", { name: "Export" });
    await sheet.getByRole("button", { name: "Export", exact: true }).click();
    expect((await proofOf(sheet)).largest).toBeLessThanOrEqual(1e-4);
    await page.keyboard.press("Escape");
  });
});

describe("pictures of one's own", { timeout: 60_000 }, () => {
  it("side by side in a zip, dropped on the Dataset, take its place: same size, same pairs, nothing else to set", async () => {
    await openTemplate(page, "pix2pix");
    await typeInto(page, "batch", 1);
    const halves = await pictures(6, 192, 96);
    await drop(page, "Dataset data", "facades.zip", Object.fromEntries(halves.map((png, at) => [`${at}.png`, png])));
    const form = page.getByRole("dialog", { name: "New data set" });
    expect(await form.getByLabel("Rows").inputValue()).toBe("side-by-side");
    expect(await form.getByLabel("Size").inputValue()).toBe("64");
    await form.getByRole("button", { name: "Add" }).click();
    await page.getByText("own/facades has 6 rows. data draws from it.").waitFor();
    expect((await saveDocument(page)).training.nodes.data.params).toMatchObject({ name: "own/facades" });
    await page.keyboard.press(".");
    await until(() => iterationOf(page), (now) => now === 1); // prettier-ignore
    await samplesOf(page).getByText("data | generator | target", { exact: true }).waitFor();
  });

  it("in folders A and B are pairs by their names; one that is alone is told", async () => {
    const [a, b, c] = await pictures(3, 64, 64);
    await drop(page, "Dataset data", "maps.zip", { "maps/A/1.png": a, "maps/B/1.png": b, "maps/A/2.png": c });
    const form = page.getByRole("dialog", { name: "New data set" });
    expect(await form.getByLabel("Rows").inputValue()).toBe("folders");
    await form.getByRole("button", { name: "Add" }).click();
    const alert = form.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toContain("maps/A/2.png has no picture of the same name in the folder");
    await page.keyboard.press("Escape");
    await drop(page, "Dataset data", "maps.zip", { "maps/A/1.png": a, "maps/B/1.png": b });
    await form.getByRole("button", { name: "Add" }).click();
    await page.getByText("own/maps has 1 row. data draws from it.").waitFor();
    await page.getByRole("button", { name: "Problems: No problems" }).waitFor();
  });

  it("that are no pairs leave the target without a source, and the node says so", async () => {
    await openTemplate(page, "pix2pix");
    const singles = await pictures(2, 64, 64);
    await drop(page, "Dataset data", "single.zip", Object.fromEntries(singles.map((png, at) => [`${at}.png`, png])));
    const form = page.getByRole("dialog", { name: "New data set" });
    await form.getByLabel("Rows").selectOption("none");
    await form.getByRole("button", { name: "Add" }).click();
    await page.getByRole("button", { name: "Problems: 2 errors" }).waitFor();
    await nodeOf(page, "Network real_score").click();
    await inspectorOf(page).getByText("data.target gives nothing: the data set has no targets.").waitFor();
  });

  it("of two kinds, a zip for each Dataset of CycleGAN", async () => {
    await openTemplate(page, "cyclegan");
    for (const [node, colour] of [
      ["a", "horses"],
      ["b", "zebras"],
    ]) {
      // prettier-ignore
      const some = await pictures(4, 40, 40);
      await drop(page, `Dataset ${node}`, `${colour}.zip`, Object.fromEntries(some.map((png, at) => [`${at}.png`, png]))); // prettier-ignore
      const form = page.getByRole("dialog", { name: "New data set" });
      expect(await form.getByLabel("Rows").inputValue()).toBe("none");
      await form.getByRole("button", { name: "Add" }).click();
      await page.getByText(`own/${colour} has 4 rows. ${node} draws from it.`).waitFor();
    }
    const { nodes } = (await saveDocument(page)).training;
    expect([nodes.a.params?.name, nodes.b.params?.name]).toEqual(["own/horses", "own/zebras"]);
    expect([nodes.a.params?.resize, nodes.b.params?.resize]).toEqual([[32, 32], [32, 32]]); // prettier-ignore
    await page.getByRole("button", { name: "Problems: No problems" }).waitFor();
  });
});

/** Lets go of a zip over a node. */
async function drop(page: Page, node: string, name: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  await dropFiles(page, [{ name, bytes: Buffer.from(zipSync(files)) }], nodeOf(page, node));
}

/** PNGs, each of one colour at the left and another at the right. */
const pictures = (count: number, width: number, height: number): Promise<Buffer[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const background = { r: 40 * index, g: 90, b: 200 };
      const right = {
        create: { width: width / 2, height, channels: 3, background: { ...background, g: 230 } },
      } as const;
      const base = sharp({ create: { width, height, channels: 3, background } });
      return base
        .composite([{ input: await sharp(right).png().toBuffer(), left: width / 2, top: 0 }])
        .png()
        .toBuffer();
    }),
  );
