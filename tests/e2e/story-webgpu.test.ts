/// <reference types="node" />
/**
 * The short story on WebGPU, on the software adapter that is chosen by name: templates train, and a generator leaves with its
 * proof. No speed is meant here: the adapter is a program on the processor.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileOf, iterationOf, takeTemplate, proofOf, samplesOf, showTab, trainingOf, trainTo, typeInto } from "./hands.ts"; // prettier-ignore
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

describe("on WebGPU's software adapter", { timeout: 240_000 }, () => {
  it("trains points, and says what it runs on", async () => {
    const { page } = studio;
    await takeTemplate(page, "Ring of eight Gaussians");
    await page.getByRole("button", { name: "Runs on Automatic" }).click();
    await page.getByRole("menuitemradio", { name: /^WebGPU/ }).click();
    await page.keyboard.press("Escape");
    const notice = page.getByText(/is a software adapter: slower than WebAssembly/);
    await Promise.all([notice.waitFor({ timeout: 120_000 }), trainTo(page, 2)]);
    await page.getByRole("button", { name: /^Runs on WebGPU on .*swiftshader/i }).waitFor();
    expect((await exportGenerator()).largest).toBeLessThanOrEqual(1e-4);
  });

  it("does an iteration of a DCGAN, draws, and exports with proof", async () => {
    const { page } = studio;
    await page.getByRole("button", { name: "GANvas: start page" }).click();
    await takeTemplate(page, "DCGAN on MNIST");
    await showTab(page, "Training");
    await typeInto(page, "batch", 4);
    await page.getByRole("button", { name: /^One iteration/ }).click();
    await trainingOf(page).getByText("paused", { exact: true }).waitFor({ timeout: 120_000 });
    expect(await iterationOf(page)).toBe(1);
    await samplesOf(page)
      .getByRole("button", { name: /^Sample 64\b/ })
      .waitFor();
    const proof = await exportGenerator();
    expect(proof.largest).toBeLessThanOrEqual(1e-4);
    expect(proof.text).toMatch(/compared with ONNX Runtime/);
  });
});

/** Exports the generator from the sheet, and takes the file. */
async function exportGenerator() {
  const { page } = studio;
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "Export" });
  await sheet.getByText("generator", { exact: true }).click();
  await sheet.getByRole("button", { name: "Export", exact: true }).click();
  const proof = await proofOf(sheet);
  const { bytes, name } = await fileOf(page, () =>
    sheet.getByRole("button", { name: "Download", exact: true }).click(),
  );
  expect(name).toMatch(/generator\.onnx$/);
  expect(bytes.length).toBeGreaterThan(1000);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  return proof;
}
