/// <reference types="node" />
/** Editing and organising on the canvas, done as a person does it: history, clipboard, blocks, notes, order. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { notesOf } from "../../src/core/document/layout.ts";
import {
  anyNode,
  clipboardOf,
  emptySpot,
  fromContextMenu,
  grip,
  movedBy,
  nodesIn,
  oneEntry,
  openTemplate,
  pick,
  selectedOf,
  wiresIn,
} from "./gestures.ts";
import { boxOf, drag, middleOf, nodeOf, saveDocument, showTab, typeInto, until } from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

const G = "networks.generator";
let studio: OpenStudio;
let page: Page;
beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
});
beforeEach(() => openTemplate(page, "toy-ring", "generator"));
afterAll(() => studio?.close());

describe("editing", () => {
  it("is undone by Ctrl+Z and done again by Ctrl+Y and Ctrl+Shift+Z", async () => {
    const start = await saveDocument(page);
    await pick(page, "ReLU relu2");
    await page.keyboard.press("Delete");
    const end = await saveDocument(page);
    for (const again of ["Control+Y", "Control+Shift+Z"]) {
      await page.keyboard.press("Control+Z");
      expect(await saveDocument(page)).toEqual(start);
      await page.keyboard.press(again);
      expect(await saveDocument(page)).toEqual(end);
    }
  });

  it("copies and pastes nodes with the wires between them", async () => {
    await pick(page, "Linear fc1", "ReLU relu1");
    await page.keyboard.press("Control+C");
    const spot = await emptySpot(page);
    await page.mouse.move(spot.x, spot.y);
    const after = await oneEntry(page, () => page.keyboard.press("Control+V"));
    const added = nodesIn(after, G).filter((id) => !["fc1", "fc2", "fc3", "relu1", "relu2", "x", "z"].includes(id));
    expect(nodesIn(after, G)).toHaveLength(9);
    expect(wiresIn(after, G)).toHaveLength(7);
    expect(added).toHaveLength(2);
    expect(wiresIn(after, G)).toContain(`${added[0]}.out > ${added[1]}.in`);
    expect((await selectedOf(page)).length).toBe(2);
  });

  it("pastes into another tab", async () => {
    await pick(page, "Linear fc1", "ReLU relu1");
    await page.keyboard.press("Control+C");
    await showTab(page, "discriminator");
    await nodeOf(page, "Output score").waitFor();
    const after = await oneEntry(page, () => page.keyboard.press("Control+V"));
    expect(nodesIn(after, "networks.discriminator")).toHaveLength(9);
    expect(nodesIn(after, G)).toHaveLength(7);
  });

  it("pastes into another window", async () => {
    await pick(page, "Linear fc1", "ReLU relu1");
    await page.keyboard.press("Control+C");
    const copied = await clipboardOf(page);
    expect(JSON.parse(copied)).toBeTypeOf("object");
    const other = await studio.another();
    await openTemplate(other, "dcgan-mnist", "generator");
    const before = nodesIn(await saveDocument(other), G).length;
    await other.keyboard.press("Control+V");
    await until(
      () => anyNode(other).count(),
      (count) => count === before + 2,
    );
    await other.close();
    await page.bringToFront();
  });

  it("cuts with Ctrl+X", async () => {
    await pick(page, "ReLU relu1");
    const after = await oneEntry(page, () => page.keyboard.press("Control+X"));
    expect(nodesIn(after, G)).not.toContain("relu1");
    await page.keyboard.press("Control+V");
    await nodeOf(page, "ReLU relu1").waitFor();
  });

  it("doubles with Ctrl+D", async () => {
    await pick(page, "Linear fc1", "ReLU relu1");
    const after = await oneEntry(page, () => page.keyboard.press("Control+D"));
    expect(nodesIn(after, G)).toHaveLength(9);
    expect(wiresIn(after, G)).toHaveLength(7);
  });

  it("makes one entry of typing a number, and of moving a node", async () => {
    await pick(page, "Linear fc1");
    await typeInto(page, "out_features", 192);
    await drag(page, await grip(page, "ReLU relu1"), { ...(await emptySpot(page)) });
    const end = await saveDocument(page);
    expect(end.networks.generator.nodes.fc1.params).toMatchObject({ out_features: 192 });
    await page.keyboard.press("Control+Z");
    await page.keyboard.press("Control+Z");
    expect(await page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
    expect((await saveDocument(page)).networks.generator.nodes.fc1.params).toMatchObject({ out_features: 128 });
  });

  it("undoes across tabs, and shows where", async () => {
    await pick(page, "ReLU relu1");
    await page.keyboard.press("Delete");
    await showTab(page, "discriminator");
    await nodeOf(page, "Output score").waitFor();
    await pick(page, "Linear fc3");
    await page.keyboard.press("Delete");
    await showTab(page, "Training");
    await page.keyboard.press("Control+Z");
    await nodeOf(page, "Linear fc3").waitFor();
    expect(await shownTab()).toBe("discriminator");
    await page.keyboard.press("Control+Z");
    await nodeOf(page, "ReLU relu1").waitFor();
    expect(await shownTab()).toBe("generator");
  });
});

describe("organising", () => {
  it("makes a block with Ctrl+G and opens it with Enter", async () => {
    await pick(page, "Linear fc2", "ReLU relu2");
    const after = await oneEntry(page, () => page.keyboard.press("Control+G"));
    const [block] = Object.keys(after.blocks);
    expect(Object.values(after.blocks[block].nodes).map(({ kind }) => kind).sort()).toEqual(["Input", "Linear", "Output", "ReLU"]); // prettier-ignore
    expect(nodesIn(after, G)).toHaveLength(6);
    const [node] = await selectedOf(page);
    await page.keyboard.press("Enter");
    await nodeOf(page, "Linear fc2").waitFor();
    expect(node).toMatch(/^Block /);
    expect(await shownTab()).toBe(block);
  });

  it("writes a note with N", async () => {
    const { x, y } = await emptySpot(page);
    await page.mouse.move(x, y);
    await page.keyboard.press("N");
    await page.getByRole("textbox", { name: "Note text" }).waitFor();
    await page.keyboard.type("The latent is 16 numbers");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("group", { name: "Note The latent is 16 numbers" }).waitFor();
    expect(Object.values(notesOf(await saveDocument(page), G))).toMatchObject([{ kind: "note", text: "The latent is 16 numbers" }]); // prettier-ignore
  });

  it("puts a frame around nodes, which takes them along", async () => {
    await pick(page, "Linear fc2", "ReLU relu2");
    await fromContextMenu(page, await grip(page, "Linear fc2"), "Frame");
    await page.keyboard.type("Hidden layer");
    await page.keyboard.press("Control+Enter");
    const frame = page.getByRole("group", { name: "Frame Hidden layer" });
    const start = await boxOf(nodeOf(page, "Linear fc2"));
    const { x, y } = await boxOf(frame);
    await drag(page, { x: x + 16, y: y + 12 }, { x: x + 96, y: y + 52 });
    const { x: dx, y: dy } = await movedBy(nodeOf(page, "Linear fc2"), start);
    expect([dx, dy].map((by) => by > 20)).toEqual([true, true]);
    expect(await movedBy(nodeOf(page, "Linear fc1"), await boxOf(nodeOf(page, "Linear fc1")))).toEqual({ x: 0, y: 0 });
  });

  it("collapses a node, and shows its details again", async () => {
    const count = nodeOf(page, "Linear fc1").getByTitle("2,176 parameters");
    await count.waitFor();
    await fromContextMenu(page, await grip(page, "Linear fc1"), "Hide details");
    await count.waitFor({ state: "detached" });
    await fromContextMenu(page, await grip(page, "Linear fc1"), "Show details");
    await count.waitFor();
  });

  it("tidies with Ctrl+Shift+F", async () => {
    await drag(page, await grip(page, "ReLU relu1"), await emptySpot(page));
    const messy = await boxOf(nodeOf(page, "ReLU relu1"));
    await page.keyboard.press("Control+Shift+F");
    await until(
      () => boxOf(nodeOf(page, "ReLU relu1")),
      ({ x }) => x !== messy.x,
    );
    await until(
      async () => [(await middleOf(nodeOf(page, "ReLU relu1"))).x, (await middleOf(nodeOf(page, "Linear fc1"))).x],
      ([a, b]) => Math.abs(a - b) < 2,
    );
  });

  it("has an overview that moves the view", async () => {
    const overview = page.getByRole("img", { name: "Overview" });
    const start = await boxOf(nodeOf(page, "Input z"));
    const { x, y } = await middleOf(overview);
    await drag(page, { x, y }, { x: x + 16, y: y + 10 });
    await until(
      () => boxOf(nodeOf(page, "Input z")),
      (now) => now.x !== start.x,
    );
    await fromContextMenu(page, await emptySpot(page), "Hide the overview");
    await overview.waitFor({ state: "detached" });
    await fromContextMenu(page, await emptySpot(page), "Show the overview");
    await overview.waitFor();
  });

  it("snaps to the grid, or not", async () => {
    const place = async () => (await saveDocument(page)).layout[G]?.relu1 as { x: number; y: number };
    const shift = async (by: number) => {
      const at = await grip(page, "ReLU relu1");
      await drag(page, at, { x: at.x + by, y: at.y });
      return place();
    };
    expect((await shift(37)).x % 8).toBe(0);
    await fromContextMenu(page, await emptySpot(page), "Do not snap");
    expect((await shift(37)).x % 8).not.toBe(0);
    await fromContextMenu(page, await emptySpot(page), "Snap to the grid");
    expect((await shift(21)).x % 8).toBe(0);
  });
});

const shownTab = () => page.getByRole("tab", { selected: true }).first().innerText();
