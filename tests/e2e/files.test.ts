/// <reference types="node" />
/** Files, running, and the keys themselves, as a person uses them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { GanDocument } from "../../src/core/document/types.ts";
import { template, templateText } from "../helpers/documents.ts";
import {
  clipboardOf,
  clickWith,
  dropFiles,
  emptySpot,
  fromMenu,
  grip,
  oneEntry,
  openTemplate,
  pick,
} from "./gestures.ts";
import { canvasOf, fileOf, iterationOf, middleOf, portOf, saveDocument, showTab, trainingOf, until } from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
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
    const other = await studio.another();
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
    }
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
