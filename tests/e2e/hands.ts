/**
 * A person's gestures in the studio, by what is seen: roles and names on screen, the mouse and the keyboard. Nothing here
 * knows of the page's state; what a gesture has done is read from the screen or from a file that the page gives.
 */
import { readFileSync } from "node:fs";
import type { Download, Locator, Page } from "playwright-core";
import type { GanDocument } from "../../src/core/document/types.ts";

/** A place on the screen, in CSS pixels. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export const canvasOf = (page: Page): Locator => page.getByRole("main", { name: "Canvas" });
export const inspectorOf = (page: Page): Locator => page.getByRole("complementary", { name: "Inspector" });
export const trainingOf = (page: Page): Locator => page.getByRole("region", { name: "Training", exact: true });

/** A node by its whole name: "Linear linear1". */
export const nodeOf = (page: Page, name: string): Locator => page.getByRole("group", { name, exact: true });

/** A port of a node, by its own name. */
export const portOf = (page: Page, node: string, port: string): Locator =>
  nodeOf(page, node).getByTitle(new RegExp(`^${port}(?: ·|$)`));

/** A place on the canvas, as parts of its width and height. */
export async function spotOn(page: Page, across: number, down: number): Promise<Spot> {
  const { x, y, width, height } = await boxOf(canvasOf(page));
  return { x: x + width * across, y: y + height * down };
}

/** Selects nothing. */
export async function clickOnNothing(page: Page): Promise<void> {
  const { x, y } = await spotOn(page, 0.4, 0.95);
  await page.mouse.click(x, y);
}

/** Opens a template from the start page, by its title. */
export async function takeTemplate(page: Page, title: string): Promise<void> {
  await page
    .getByRole("region", { name: "Templates" })
    .getByRole("button", { name: new RegExp(`^${title}`) })
    .click();
  await canvasOf(page).waitFor();
}

/** Shows a graph. */
export async function showTab(page: Page, name: string): Promise<void> {
  await page.getByRole("tab", { name, exact: true }).click();
}

/** Double-clicks on empty canvas, types a node's name and takes the first that is found. */
export async function addBySearch(page: Page, title: string, { x, y }: Spot): Promise<void> {
  await page.mouse.dblclick(x, y);
  await takeFound(page, page.getByRole("combobox", { name: "Search nodes", exact: true }), title);
}

/** Types a node's name into the open search and takes the first that is found. */
async function takeFound(page: Page, search: Locator, title: string): Promise<void> {
  await search.waitFor();
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
  await arrived(page);
}

/** What was added has the focus, and the canvas has moved to show it. */
export const arrived = (page: Page): Promise<void> => canvasOf(page).locator("[role=group]:focus").waitFor();

/** Drags a node from the palette and drops it here. */
export async function dragFromPalette(page: Page, title: string, { x, y }: Spot): Promise<void> {
  const corner = await boxOf(canvasOf(page));
  await inPalette(page, title).dragTo(canvasOf(page), { targetPosition: { x: x - corner.x, y: y - corner.y } });
  await arrived(page);
}

/** Clicks a node in the palette: it goes after the selected one. */
export async function clickInPalette(page: Page, title: string): Promise<void> {
  await inPalette(page, title).click();
}

const inPalette = (page: Page, title: string): Locator =>
  page
    .getByRole("complementary", { name: "Palette" })
    .getByRole("button", { name: new RegExp(`^${title}(?![A-Za-z0-9])`) });

/** Lets a new wire of a port go on empty canvas, and takes the node that is typed. */
export async function dropWire(page: Page, node: string, port: string, to: Spot, title: string): Promise<void> {
  await drag(page, await middleOf(portOf(page, node, port)), to);
  await takeFound(page, page.getByRole("combobox", { name: "Search nodes that fit" }), title);
}

/** Lays a wire from an output to an input: `wire(page, "Input z", "out", "Linear fc", "in")`. */
export async function wire(page: Page, from: string, output: string, to: string, input: string): Promise<void> {
  await drag(page, await middleOf(portOf(page, from, output)), await middleOf(portOf(page, to, input)));
}

/** Presses, moves in steps as a hand does, and lets go. */
export async function drag(page: Page, from: Spot, to: Spot): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

/** A box of the inspector, by the name of what stands in it. */
export const boxFor = (page: Page, name: string): Locator =>
  inspectorOf(page)
    .getByRole("spinbutton", { name, exact: true })
    .or(inspectorOf(page).getByRole("textbox", { name, exact: true }))
    .first();

/** Types a value into a box of the inspector, in the place of what is there. */
export async function typeInto(page: Page, name: string, value: string | number): Promise<void> {
  await boxFor(page, name).click({ clickCount: 3 });
  await page.keyboard.press("Control+A");
  await page.keyboard.type(String(value));
  await page.keyboard.press("Tab");
}

/** Chooses one of several in the inspector. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await inspectorOf(page).getByRole("combobox", { name, exact: true }).selectOption(option);
}

/** Flips a switch of the inspector. */
export async function flip(page: Page, name: string): Promise<void> {
  await inspectorOf(page).getByRole("switch", { name, exact: true }).click();
}

/** What the browser downloads while something is done. */
export async function fileOf(page: Page, act: () => Promise<unknown>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), bytes: await bytesOf(download) };
}

/**
 * Saves the document as a person does, who presses again where nothing comes: on a busy machine Chromium has been seen to
 * answer one press among many with no download.
 */
export async function saveDocument(page: Page): Promise<GanDocument> {
  for (let left = 3; ; left--) {
    const coming = page.waitForEvent("download", { timeout: left > 1 ? 5000 : 30_000 }).catch(() => null);
    await page.keyboard.press("Control+S");
    const download = await coming;
    if (download) return JSON.parse((await bytesOf(download)).toString("utf8")) as GanDocument;
    if (left === 1) throw new Error("Ctrl+S was pressed three times, and no file came");
  }
}

export const samplesOf = (page: Page): Locator => trainingOf(page).getByRole("region", { name: "Samples" });

/** Trains until this iteration at least, and pauses. */
export async function trainTo(page: Page, iteration: number, within = 120_000): Promise<void> {
  await page.getByRole("button", { name: /^Train/ }).click();
  await until(
    () => iterationOf(page),
    (now) => now >= iteration,
    { within },
  );
  await page.getByRole("button", { name: /^Pause/ }).click();
  await trainingOf(page).getByText("paused", { exact: true }).waitFor({ timeout: within }); // an iteration may be long
}

/** What the export sheet says of the file that it has written. */
export async function proofOf(sheet: Locator): Promise<{ readonly text: string; readonly largest: number }> {
  const proof = sheet.getByRole("region", { name: "Proof" });
  await proof.waitFor({ timeout: 120_000 });
  const text = (await proof.textContent())!;
  const [, largest] = /Largest difference ([\d.e-]+) over/.exec(text) ?? [];
  return { text, largest: Number(largest) };
}

/** The iteration that the dock shows. */
export async function iterationOf(page: Page): Promise<number> {
  const text = await trainingOf(page).getByText(/^iteration [\d,]+$/).textContent(); // prettier-ignore
  return Number(text!.replace(/\D/g, ""));
}

/** Waits until something is so; fails with what was seen last. Milliseconds. */
export async function until<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  { within = 30_000, every = 100 } = {},
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > end) throw new Error(`Waited ${within} ms in vain; last seen: ${String(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** Where something is, once it is seen and stands still. */
export async function boxOf(locator: Locator): Promise<Spot & { readonly width: number; readonly height: number }> {
  let before = "";
  return (await until(
    async () => {
      const isSeen = await locator.evaluate((element) => getComputedStyle(element).visibility === "visible");
      return isSeen ? locator.boundingBox() : null;
    },
    (box) => {
      const here = JSON.stringify(box);
      const still = box !== null && here === before;
      before = here;
      return still;
    },
    { every: 20, within: 10_000 },
  ))!;
}

export async function middleOf(locator: Locator): Promise<Spot> {
  const { x, y, width, height } = await boxOf(locator);
  return { x: x + width / 2, y: y + height / 2 };
}

async function bytesOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}
