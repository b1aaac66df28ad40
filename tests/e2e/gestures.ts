/** Gestures beside those of hands.ts, and what a person sees of them: selections, wires, the view, and the history of edits. */
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { graphOf, type GanDocument, type GraphName } from "../../src/core/document/types.ts";
import { boxOf, canvasOf, middleOf, nodeOf, portOf, saveDocument, showTab, until, type Spot } from "./hands.ts";

/** Opens a template as a fresh document, by its link, and shows one of its graphs. */
export async function openTemplate(page: Page, name: string, tab?: string): Promise<void> {
  await follow(page, `#/t/${name}`);
  if (tab) await showTab(page, tab);
  await anyNode(page).first().waitFor();
  await expectStill(page);
}

/** Opens a document by a link that holds it. */
export async function openDocument(page: Page, document: GanDocument, tab?: string): Promise<void> {
  await follow(page, `#/s/${deflateRawSync(JSON.stringify(document)).toString("base64url")}`);
  if (tab) await showTab(page, tab);
  await canvasOf(page).waitFor();
}

async function follow(page: Page, hash: string): Promise<void> {
  await page.getByRole("button", { name: "Menu", exact: true }).waitFor(); // it follows its address from then on
  await page.keyboard.press("Escape");
  await page.goto(page.url().replace(/#.*$/, "") + hash);
  await page.waitForURL(/#\/d\//);
  await page.getByRole("tab", { name: "Training", exact: true }).first().waitFor();
}

export const anyNode = (page: Page): Locator => canvasOf(page).locator(".react-flow__node");

/** The names of the selected nodes: "Linear fc1". */
export const selectedOf = (page: Page): Promise<string[]> =>
  canvasOf(page)
    .locator(".react-flow__node.selected")
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? "").sort());

export const expectSelected = (page: Page, ...names: string[]): Promise<unknown> =>
  until(
    () => selectedOf(page),
    (seen) => JSON.stringify(seen) === JSON.stringify([...names].sort()),
    { within: 5000, every: 20 },
  );

/** A wire, as a screen reader has it. */
export const wireOf = (page: Page, from: string, to: string): Locator =>
  canvasOf(page).getByRole("img", { name: `Edge from ${from} to ${to}`, exact: true });

/** The middle of a straight wire between two nodes. */
export async function alongWire(page: Page, from: string, to: string, part = 0.5): Promise<Spot> {
  const [a, b] = [await middleOf(portOf(page, from, "out")), await middleOf(portOf(page, to, "in"))];
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

/** The shown graph's wires: "z.out > fc1.in", sorted. */
export const wiresIn = (document: GanDocument, graph: GraphName): string[] =>
  (graphOf(document, graph)?.edges ?? []).map(({ from, to }) => `${from} > ${to}`).sort();

export const nodesIn = (document: GanDocument, graph: GraphName): string[] =>
  Object.keys(graphOf(document, graph)?.nodes ?? {}).sort();

/** Does something that must be one entry of the history: undone at once, and done again. @returns the document after */
export async function oneEntry(page: Page, act: () => Promise<unknown>): Promise<GanDocument> {
  const undo = page.getByRole("button", { name: "Undo", exact: true });
  const before = await saveDocument(page);
  expect(await undo.isDisabled(), "the history is empty at first").toBe(true);
  await act();
  await until(
    () => undo.isEnabled(),
    (enabled) => enabled,
    { within: 5000, every: 20 },
  );
  const after = await saveDocument(page);
  expect(after).not.toEqual(before);
  await page.keyboard.press("Control+Z");
  expect(await saveDocument(page)).toEqual(before);
  expect(await undo.isDisabled(), "one entry was made").toBe(true);
  await page.keyboard.press("Control+Y");
  expect(await saveDocument(page)).toEqual(after);
  return after;
}

/** Clicks with keys held down. */
export async function clickWith(page: Page, keys: readonly string[], { x, y }: Spot): Promise<void> {
  for (const key of keys) await page.keyboard.down(key);
  await page.mouse.click(x, y);
  for (const key of keys) await page.keyboard.up(key);
}

/** Selects nodes by clicking them, the further ones with Ctrl. */
export async function pick(page: Page, first: string, ...others: string[]): Promise<void> {
  await clickWith(page, [], await grip(page, first));
  for (const other of others) await clickWith(page, ["Control"], await grip(page, other));
  await expectSelected(page, first, ...others);
}

/** A place on a node where no port is. */
export async function grip(page: Page, node: string): Promise<Spot> {
  const { x, y, height } = await boxOf(nodeOf(page, node));
  return { x: x + 24, y: y + height / 2 };
}

/** How far one thing lies from where it was. */
export async function movedBy(locator: Locator, before: Spot): Promise<Spot> {
  const { x, y } = await boxOf(locator);
  return { x: Math.round(x - before.x), y: Math.round(y - before.y) };
}

/** An empty place of the canvas, right of a network's column. */
export async function emptySpot(page: Page): Promise<Spot> {
  const { x, y, width, height } = await boxOf(canvasOf(page));
  return { x: x + width * 0.8, y: y + height * 0.55 };
}

/** Lets go of files over the page, or over something on it, as from a file manager. */
export async function dropFiles(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
  onto: Locator = page.locator("body"),
): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, text: bytes.toString("base64") }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, text } of list)
      data.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
    return data;
  }, given);
  for (const type of ["dragenter", "dragover", "drop"]) await onto.dispatchEvent(type, { dataTransfer: transfer });
}

/** Chooses an item of the ☰ menu. */
export async function fromMenu(page: Page, item: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** What the right button offers at a place. */
export async function fromContextMenu(page: Page, { x, y }: Spot, item: string): Promise<void> {
  await page.mouse.click(x, y, { button: "right" });
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

export const clipboardOf = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
export const fileText = (path: string): string => readFileSync(path, "utf8");

/** Waits until nodes have their places. */
async function expectStill(page: Page): Promise<void> {
  await boxOf(anyNode(page).first());
}
