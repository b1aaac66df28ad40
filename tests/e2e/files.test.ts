/// <reference types="node" />
/** Files as a person uses them: saved, opened, dropped, shared by a link, and former states. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { GanDocument } from "../../src/core/document/types.ts";
import { template, templateText } from "../helpers/documents.ts";
import { clipboardOf, dropFiles, fromMenu, oneEntry, openTemplate, pick } from "./gestures.ts";
import { canvasOf, fileOf, saveDocument } from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
  page.on("filechooser", () => {}); // so that each one is caught, however soon it opens
});
beforeEach(() => openTemplate(page, "toy-ring", "generator"));
afterAll(() => studio?.close());

describe("files", () => {
  it("saves with Ctrl+S", async () => {
    const { name, bytes } = await fileOf(page, () => page.keyboard.press("Control+S"));
    expect(name).toBe("ring-of-eight-gaussians.gan.json");
    expect(JSON.parse(bytes.toString("utf8"))).toEqual(template("toy-ring"));
  });

  it("opens with Ctrl+O", async () => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Control+O")]);
    await chooser.setFiles({ name: "mine.gan.json", mimeType: "", buffer: Buffer.from(templateText("dcgan-mnist")) });
    await named(template("dcgan-mnist").name);
    expect(await saveDocument(page)).toEqual(template("dcgan-mnist"));
  });

  it("opens a file that is dropped anywhere", async () => {
    await dropFiles(page, [{ name: "mine.gan.json", bytes: Buffer.from(templateText("vanilla-mnist")) }]);
    await named(template("vanilla-mnist").name);
    expect(await saveDocument(page)).toEqual(template("vanilla-mnist"));
  });

  it("says what is wrong with a file that it cannot read, and leaves the document", async () => {
    await dropFiles(page, [{ name: "broken.gan.json", bytes: Buffer.from('{"format": "ganvas/1", "netw') }]);
    const words = page.getByText(/broken\.gan\.json was not opened\. \w+/);
    await words.waitFor();
    expect(await saveDocument(page)).toEqual(template("toy-ring"));
    await page
      .getByRole("button", { name: /Close|Dismiss/ })
      .first()
      .click();
    await words.waitFor({ state: "detached" });
  });

  it("keeps former states, and goes back to one", async () => {
    await pick(page, "ReLU relu1");
    await oneEntry(page, () => page.keyboard.press("Delete"));
    await page.getByText("Saved", { exact: true }).waitFor();
    await fromMenu(page, "History");
    const states = page.getByRole("list", { name: "States" }).getByRole("button");
    await states.filter({ hasText: "Opened from a template" }).click();
    await page.getByRole("region", { name: "Preview" }).getByText(/relu1/).first().waitFor();
    await page.getByRole("button", { name: "Go back to this" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await saveDocument(page)).toEqual(template("toy-ring"));
    await page.keyboard.press("Control+Z");
    expect((await saveDocument(page)).networks.generator.nodes.relu1).toBeUndefined();
  });

  it("shares by a link that holds an equal document", async () => {
    await pick(page, "ReLU relu1");
    await page.keyboard.press("Shift+Delete");
    const shared = await saveDocument(page);
    await fromMenu(page, "Share link");
    await page.getByText(/^Link copied/).waitFor();
    const link = await clipboardOf(page);
    expect(new URL(link).hash.length).toBeGreaterThan(200);
    const other = await studio.context.newPage();
    await other.goto(link);
    await canvasOf(other).waitFor();
    expect(await saveDocument(other)).toEqual(shared);
    await other.close();
    await page.bringToFront();
  });

  it.each(["SVG", "PNG"])("carries the graph inside a figure as %s", async (format) => {
    await pick(page, "Linear fc2");
    await page.keyboard.press("Control+D");
    const drawn = await saveDocument(page);
    await inExport("Figure");
    const figure = await fileOf(page, () => page.getByRole("button", { name: format, exact: true }).click());
    expect(figure.name).toMatch(new RegExp(`\\.${format.toLowerCase()}$`));
    expect(await reopened(figure)).toEqual(drawn);
  });

  it("carries the graph inside an ONNX file, which is proven first", async () => {
    await inExport("ONNX model");
    await page.getByRole("button", { name: /^Export with/ }).click();
    const proof = page.getByRole("region", { name: "Proof" });
    await proof.waitFor();
    expect(await proof.innerText()).toMatch(/Largest difference .+ over \d+ samples/);
    const model = await fileOf(page, () => page.getByRole("button", { name: "Download", exact: true }).click());
    expect(model.name).toMatch(/\.onnx$/);
    expect(await reopened(model)).toEqual(template("toy-ring"));
  });
});

async function inExport(tab: string): Promise<void> {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
}

/** What a dropped file opens as, in place of another document. */
async function reopened(file: { readonly name: string; readonly bytes: Buffer }): Promise<GanDocument> {
  await page.keyboard.press("Escape");
  await openTemplate(page, "toy-1d");
  await dropFiles(page, [file]);
  await named(template("toy-ring").name);
  return saveDocument(page);
}

const named = (name: string) => page.getByRole("button", { name: `${name}: rename` }).waitFor();
