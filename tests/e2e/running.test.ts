/// <reference types="node" />
/** Running by keys, and the keys themselves: what they cancel, where they stand, and giving them anew. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import { clickWith, emptySpot, grip, oneEntry, openTemplate, pick } from "./gestures.ts";
import { canvasOf, iterationOf, middleOf, portOf, saveDocument, showTab, trainingOf, until } from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
});
beforeEach(() => openTemplate(page, "toy-ring", "generator"));
afterAll(() => studio?.close());

describe("running", () => {
  it("trains and pauses with Ctrl+Enter", async () => {
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await until(
      () => iterationOf(page),
      (iteration) => iteration >= 3,
    );
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    await trainingOf(page).getByText("paused", { exact: true }).waitFor();
    expect(await iterationOf(page)).toBe(await iterationOf(page));
  });

  it("takes one iteration with .", async () => {
    for (const iteration of [1, 2]) {
      await page.keyboard.press(".");
      await until(
        () => iterationOf(page),
        (seen) => seen === iteration,
      );
      await trainingOf(page).getByText("paused", { exact: true }).waitFor();
    }
  });

  it("takes one optimizer step with ,", async () => {
    const bar = trainingOf(page).getByText(/ step 1 of 1: evaluated/);
    await page.keyboard.press(",");
    await bar.filter({ hasText: "d_opt" }).waitFor();
    expect(await bar.innerText()).toMatch(/updated discriminator; loss d_loss [\d.]+/);
    expect(await iterationOf(page)).toBe(0);
    await page.keyboard.press(",");
    await bar.filter({ hasText: "g_opt" }).waitFor();
    expect(await bar.innerText()).toContain("The iteration is complete.");
    expect(await iterationOf(page)).toBe(1);
  });
});

describe("keys", () => {
  it("let Esc cancel a gesture and nothing else", async () => {
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await pick(page, "Linear fc1");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    const before = await saveDocument(page);
    const end = await emptySpot(page);
    const places = [await middleOf(portOf(page, "Linear fc1", "out")), await grip(page, "ReLU relu2")];
    for (const start of places) {
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move(end.x, end.y, { steps: 5 });
      await page.keyboard.press("Escape");
      await page.mouse.move(end.x - 9, end.y, { steps: 2 });
      await page.mouse.up();
      expect(await page.getByRole("combobox", { name: /^Search nodes/ }).count(), "a wire is given up").toBe(0);
    }
    const { x, y } = await grip(page, "ReLU relu2");
    expect([x, y], "a node goes back to its place").toEqual([places[1].x, places[1].y]);
    expect(await saveDocument(page)).toEqual(before);
  });

  it("let Tab move the focus, always", async () => {
    const focused = () =>
      page.evaluate(() => {
        const path: string[] = [];
        for (let at: Element | null = document.activeElement; at; at = at.parentElement)
          path.unshift(`${at.tagName}${[...(at.parentElement?.children ?? [])].indexOf(at)}`);
        return path.join(" ");
      });
    const places = new Set([await focused()]);
    for (let presses = 1; presses <= 40; presses++) {
      await page.keyboard.press("Tab");
      const now = await focused();
      expect(places.has(now), `Tab ${presses} stays at ${now}`).toBe(false);
      places.add(now);
    }
    for (const open of [() => page.keyboard.press("Shift+A"), () => page.keyboard.press("N")]) {
      const { x, y } = await emptySpot(page);
      await clickWith(page, [], { x, y });
      await open();
      await until(focused, (at) => /INPUT|TEXTAREA/.test(at));
      const field = await focused();
      await page.keyboard.press("Tab");
      await until(focused, (at) => at !== field);
      expect(await page.getByRole("combobox", { name: /^Search nodes/ }).count(), "a search that is left closes").toBe(
        0,
      );
    }
  });

  it("go where the hand is, though a new node's focus comes late", async () => {
    await page.evaluate(() => {
      const frame = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (call) => frame(() => setTimeout(() => frame(call), 500));
    });
    const { x, y } = await emptySpot(page);
    await clickWith(page, [], { x, y });
    await page.keyboard.press("Shift+A");
    await page.getByRole("combobox", { name: /^Search nodes/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("N");
    const text = canvasOf(page).getByRole("textbox", { name: "Note text" });
    await text.waitFor();
    await page.waitForTimeout(1000);
    expect(await text.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.reload();
  });

  it("stand in one sheet, opened with ?", async () => {
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard" });
    await sheet.waitFor();
    const rows = (await sheet.getByRole("listitem").allInnerTexts()).map((row) => row.replace(/\s+/g, " "));
    for (const [title, key] of expected)
      expect(
        rows.find((row) => row.startsWith(title)),
        title,
      ).toContain(key);
    await sheet.getByRole("searchbox").fill("bypass");
    expect(await sheet.getByRole("listitem").count()).toBe(1);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
  });

  it("can be given anew, and stay so after a reload", async () => {
    await rebind("Duplicate", "Control+B");
    const question = page.getByRole("alert");
    expect(await question.innerText()).toContain("Bypass");
    await question.getByRole("button", { name: "Leave it" }).click();
    await rebind("Duplicate", "Control+J");
    await page.keyboard.press("Escape");
    await pick(page, "ReLU relu1");
    const after = await oneEntry(page, () => page.keyboard.press("Control+J"));
    expect(Object.keys(after.networks.generator.nodes)).toHaveLength(8);
    await until(storedKeys, (stored) => stored);
    await page.reload();
    await showTab(page, "generator");
    await pick(page, "ReLU relu1");
    await page.keyboard.press("Control+D");
    await page.keyboard.press("Control+J");
    expect(Object.keys((await saveDocument(page)).networks.generator.nodes)).toHaveLength(9);
    await page.keyboard.press("?");
    await page.getByRole("button", { name: "Set all back" }).click();
    await page.getByRole("button", { name: /^Keys of Duplicate: Ctrl\+D/ }).waitFor();
    await page.keyboard.press("Escape");
  });
});

/** Titles of the sheet with their keys, as users of node editors know them. */
const expected = [
  ["Add a node", "Shift+A"],
  ["Delete and rejoin", "Shift+Delete"],
  ["Bypass", "Ctrl+B"],
  ["Select all", "Ctrl+A"],
  ["Show all", "1"],
  ["Show the selection", "F"],
  ["Delete", "Backspace"],
  ["Undo", "Ctrl+Z"],
  ["Redo", "Ctrl+Y"],
  ["Redo", "Ctrl+Shift+Z"],
  ["Copy", "Ctrl+C"],
  ["Paste", "Ctrl+V"],
  ["Cut", "Ctrl+X"],
  ["Duplicate", "Ctrl+D"],
  ["Make a block", "Ctrl+G"],
  ["Open the network or block", "↵"],
  ["Tidy", "Ctrl+Shift+F"],
  ["Save as a file", "Ctrl+S"],
  ["Open a file", "Ctrl+O"],
  ["Train or pause", "Ctrl+↵"],
  ["One iteration", "."],
  ["One optimizer step", ","],
  ["Keyboard", "?"],
] as const;

async function rebind(title: string, stroke: string): Promise<void> {
  if ((await page.getByRole("dialog").count()) === 0) await page.keyboard.press("?");
  await page.getByRole("button", { name: new RegExp(`^Keys of ${title}:`) }).click();
  await page.keyboard.press(stroke);
}

/** Settings are written a moment after they change. */
const storedKeys = () =>
  page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const opening = indexedDB.open("ganvas");
        opening.onerror = () => resolve(false);
        opening.onsuccess = () => {
          const { result } = opening;
          const reading = result.transaction("settings").objectStore("settings").getAll();
          reading.onsuccess = () => {
            result.close();
            resolve(JSON.stringify(reading.result).includes("Ctrl+J"));
          };
        };
      }),
  );
