/// <reference types="node" />
/** Files of weights and the sampler, as a person has them in the studio. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { encodeCheckpointWeights } from "../../src/session/checkpoint.ts";
import { templateText } from "../helpers/documents.ts";
import { dropFiles, openTemplate } from "./gestures.ts";
import { fileOf, saveDocument } from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
  page.on("filechooser", () => {});
});
beforeEach(() => openTemplate(page, "toy-ring", "discriminator"));
afterAll(() => studio?.close());

/** Weights of the template's discriminator, but for what is said. */
function weights(other: Readonly<Record<string, readonly number[]>> = {}, value = 0.25): Buffer {
  const shapes = { "fc1.weight": [128, 2], "fc1.bias": [128], "fc2.weight": [128, 128], "fc2.bias": [128], "fc3.weight": [1, 128], "fc3.bias": [1], ...other }; // prettier-ignore
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((a: number, b: number) => a * b, 1);
    return [name, { shape, data: new Float32Array(size).fill(value) }] as const;
  });
  return Buffer.from(encodeCheckpointWeights(new Map(entries)));
}
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const sheet = () => page.getByRole("dialog", { name: "Weights from a file" });
const section = () => page.getByRole("region", { name: "Weights" });

describe("a file of weights", () => {
  it("stays with the document, and is handed out again", async () => {
    const bytes = weights();
    await dropFiles(page, [{ name: "critic.safetensors", bytes }]);
    await sheet().getByText("6 of its 6 weights are in the file.").waitFor();
    expect(await sheet().getByLabel("Network").inputValue()).toBe("discriminator");
    await sheet().getByRole("button", { name: "Keep with the document" }).click();
    await sheet().waitFor({ state: "detached" });
    const file = { file: "critic.safetensors", sha256: sha256(bytes) };
    expect((await saveDocument(page)).networks.discriminator.weights).toEqual(file);
    await page.getByText("Training starts from these.").waitFor();
    const saved = await fileOf(page, () => page.getByRole("button", { name: "Save critic.safetensors" }).click());
    expect(sha256(saved.bytes)).toBe(file.sha256);
    await page.keyboard.press("Control+Z");
    expect((await saveDocument(page)).networks.discriminator.weights).toBeUndefined();
  });

  it("says each weight that does not fit, and starts a run with those that do", async () => {
    await dropFiles(page, [{ name: "critic.safetensors", bytes: weights({ "fc1.weight": [128, 3], stray: [1] }) }]);
    await sheet().getByText("fc1.weight, 128×3 in place of 128×2").waitFor();
    await sheet().getByText("stray", { exact: true }).waitFor();
    expect(await sheet().getByRole("button", { name: "Keep with the document" }).isDisabled()).toBe(true);
    await sheet().getByRole("button", { name: "Start the run from them" }).click();
    await page
      .getByText(/5 weights of discriminator come from critic\.safetensors\. 1 of another shape: fc1\.weight.* 1 of no use here: stray/)
      .waitFor(); // prettier-ignore
  });

  it("that this browser does not hold is missed at its network until it comes", async () => {
    const bytes = weights({}, 0.75);
    const document = JSON.parse(templateText("toy-ring"));
    document.networks.discriminator.weights = { file: "mine.safetensors", sha256: sha256(bytes) };
    await dropFiles(page, [{ name: "mine.gan.json", bytes: Buffer.from(JSON.stringify(document)) }]);
    await page.getByRole("tab", { name: "discriminator" }).click();
    await page.getByText(/This browser does not hold the file/).waitFor();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose the file…" }).click()]); // prettier-ignore
    await chooser.setFiles({ name: "any.safetensors", mimeType: "", buffer: bytes });
    await page.getByText("The weights of discriminator are here now.").waitFor();
    await page.getByText("Training starts from these.").waitFor();
    expect(await section().getByText("mine.safetensors").count()).toBeGreaterThan(0);
  });
});

describe("the sampler", () => {
  it("is offered beside the networks, proven, and downloaded", async () => {
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByText("The whole way from noise to sample").click();
    await page.getByRole("button", { name: /^Export with/ }).click();
    await page.getByRole("region", { name: "Proof" }).waitFor();
    const model = await fileOf(page, () => page.getByRole("button", { name: "Download", exact: true }).click());
    expect(model.name).toBe("ring-of-eight-gaussians-sampler.onnx");
    await page.keyboard.press("Escape");
    await openTemplate(page, "toy-1d");
    await dropFiles(page, [model]);
    await page.getByText(/sampler\.onnx is open, with the weights of generator\./).waitFor();
  });
});
