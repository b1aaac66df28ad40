/// <reference types="node" />
/** The whole DCGAN by the keyboard alone: the mouse is never touched. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { template } from "../helpers/documents.ts";
import { arrived, boxFor, canvasOf, inspectorOf, nodeOf, saveDocument } from "./hands.ts";
import { likenessOf } from "./likeness.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  ({ page } = studio);
});
afterAll(() => studio?.close());

describe("without a mouse", { timeout: 240_000 }, () => {
  it("a DCGAN is built from an empty page, and trains", async () => {
    await press(page.getByRole("button", { name: "Empty GAN" }));
    await canvasOf(page).waitFor();
    await generator();
    await discriminator();
    await training();
    const { training: settings, ...wanted } = template("dcgan-mnist");
    const likeness = likenessOf({ ...wanted, training: { ...settings, batch: 16 } });
    expect(likenessOf(await saveDocument(page))).toEqual(likeness);

    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: /^Pause/ }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: /^Train/ }).waitFor();
  });
});

async function generator(): Promise<void> {
  await goToTab("generator");
  await choose("init", "d");
  await press(canvasOf(page).getByRole("button", { name: "Input", exact: true }));
  await arrived(page);
  await addAfter("Linear");
  await set({ out_features: 6272 });
  await flip("bias");
  await follow("Linear linear1", "Reshape");
  await set({ shape: "128, 7, 7" });
  await follow("Reshape reshape1", "BatchNorm2d");
  await addAfter("ReLU");
  await addAfter("ConvTranspose2d");
  await set({ out_channels: 64, kernel_size: 4, stride: 2, padding: 1 });
  await flip("bias");
  await follow("ConvTranspose2d convtranspose1", "BatchNorm2d");
  await addAfter("ReLU");
  await addAfter("ConvTranspose2d");
  await set({ out_channels: 1, kernel_size: 4, stride: 2, padding: 1 });
  await follow("ConvTranspose2d convtranspose2", "Tanh");
  await addAfter("Output");
}

async function discriminator(): Promise<void> {
  await goToTab("discriminator");
  await choose("init", "d");
  await press(canvasOf(page).getByRole("button", { name: "Input", exact: true }));
  await arrived(page);
  await addAfter("Conv2d");
  await set({ out_channels: 64, kernel_size: 4, stride: 2, padding: 1 });
  await follow("Conv2d conv1", "LeakyReLU");
  await set({ negative_slope: 0.2 });
  await follow("LeakyReLU leakyrelu1", "Conv2d");
  await set({ out_channels: 128, kernel_size: 4, stride: 2, padding: 1 });
  await flip("bias");
  await follow("Conv2d conv2", "BatchNorm2d");
  await addAfter("LeakyReLU");
  await set({ negative_slope: 0.2 });
  await follow("LeakyReLU leakyrelu2", "Flatten");
  await addAfter("Linear");
  await set({ out_features: 1 });
  await follow("Linear linear1", "Output");
}

async function training(): Promise<void> {
  await goToTab("Training");
  await press(canvasOf(page).getByRole("button", { name: "Dataset", exact: true }));
  await arrived(page);
  await addAfter("discriminator");
  await addAfter("GANLoss");
  await addAfter("Optimizer");
  await adam("discriminator");
  await follow("Optimizer optimizer1", "GANLoss"); // an optimizer gives nothing: the loss stands alone
  await choose("role", "g");
  await follow("GANLoss ganloss2", "Optimizer");
  await adam("generator");
  await follow("Optimizer optimizer2", "Noise");
  await set({ features: 100 });
  await follow("Noise noise1", "generator");
  await flip("sample");
  await follow("Network generator1", "discriminator");
  await connect("Network discriminator2", "to ganloss1 · fake");
  await connect("GANLoss ganloss2", "fake from discriminator2 · output1");
  await goToTab("generator");
  await goToTab("Training"); // nothing is selected then: the inspector shows the training graph
  await set({ batch: 16 });
}

async function adam(network: string): Promise<void> {
  await toParameters();
  await press(inspectorOf(page).getByRole("group", { name: "trains" }).getByRole("button", { name: network }), "Space");
  await set({ lr: 0.0002, "betas, 1 of 2": 0.5 });
}

/** Shows a graph: the tabs are one stop of Tab, and the arrows go from one to the next. */
async function goToTab(name: string): Promise<void> {
  const shown = page.getByRole("tab", { selected: true });
  await reach(shown);
  for (let tries = 0; (await shown.textContent())?.trim() !== name; tries++) {
    expect(tries).toBeLessThan(10);
    await page.keyboard.press("ArrowRight");
  }
}

/** Goes to a node and adds another after it. */
async function follow(node: string, title: string): Promise<void> {
  await toNode(node);
  await addAfter(title);
}

/** Adds after the node that has the focus. */
async function addAfter(title: string): Promise<void> {
  await page.keyboard.press("Shift+A");
  await page.getByRole("combobox", { name: "Search nodes", exact: true }).waitFor();
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
  await arrived(page);
}

/** C lists the wires that a node may have; the arrows choose among them. */
async function connect(node: string, words: string): Promise<void> {
  await toNode(node);
  await page.keyboard.press("c");
  const list = page.getByRole("listbox", { name: /^Connect / });
  await list.waitFor();
  const chosen = list.getByRole("option", { selected: true });
  const count = await list.getByRole("option").count();
  for (let tries = 0; !(await chosen.textContent())!.startsWith(words); tries++) {
    expect(tries).toBeLessThan(count);
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await arrived(page);
}

/** Types values into boxes of the inspector. */
async function set(values: Readonly<Record<string, string | number>>): Promise<void> {
  await toParameters();
  for (const [name, value] of Object.entries(values)) {
    await reach(boxFor(page, name));
    await page.keyboard.press("Control+A");
    await page.keyboard.type(String(value));
  }
}

/** Chooses in a list of the inspector by the first letters of the choice. */
async function choose(name: string, letters: string): Promise<void> {
  await toParameters();
  await reach(inspectorOf(page).getByRole("combobox", { name, exact: true }));
  await page.keyboard.type(letters);
}

async function flip(name: string): Promise<void> {
  await toParameters();
  await press(inspectorOf(page).getByRole("switch", { name, exact: true }), "Space");
}

/** F6 leads from a node to its parameters, past the nodes in between, and back. */
async function toParameters(): Promise<void> {
  const within = inspectorOf(page).locator(":focus");
  if ((await within.count()) > 0) return;
  await page.keyboard.press("F6");
  await within.waitFor();
}

async function toNode(node: string): Promise<void> {
  if ((await inspectorOf(page).locator(":focus").count()) > 0) {
    await page.keyboard.press("F6");
    await arrived(page);
  }
  await reach(nodeOf(page, node));
}

async function press(target: Locator, key = "Enter"): Promise<void> {
  await reach(target);
  await page.keyboard.press(key);
}

/** Presses Tab until something has the focus: whichever way is shorter is not known, so onwards and around. */
async function reach(target: Locator): Promise<void> {
  await target.waitFor();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let tries = 0; !(await isThere()); tries++) {
    if (tries > 150) throw new Error(`Tab does not lead to ${String(target)}`);
    await page.keyboard.press("Tab");
  }
}
