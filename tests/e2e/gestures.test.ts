/// <reference types="node" />
/** Each gesture and key of the canvas, done as a person does it: adding, wires, selecting, and the view. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import {
  alongWire,
  anyNode,
  clickWith,
  emptySpot,
  expectSelected,
  grip,
  movedBy,
  nodesIn,
  oneEntry,
  openTemplate,
  pick,
  selectedOf,
  wireOf,
  wiresIn,
} from "./gestures.ts";
import {
  addBySearch,
  boxOf,
  canvasOf,
  drag,
  dragFromPalette,
  dropWire,
  middleOf,
  nodeOf,
  portOf,
  saveDocument,
  showTab,
  spotOn,
  until,
  wire,
} from "./hands.ts";
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

describe("adding", () => {
  it("opens a search at a double-click, and puts what is chosen there", async () => {
    const spot = await emptySpot(page);
    const after = await oneEntry(page, () => addBySearch(page, "Dropout", spot));
    expect(nodesIn(after, G)).toContain("dropout1");
    const { x, y } = await middleOf(nodeOf(page, "Dropout dropout1"));
    expect(Math.hypot(x - spot.x, y - spot.y)).toBeLessThan(24);
  });

  it("opens a search with Shift+A, which Esc closes", async () => {
    const { x, y } = await emptySpot(page);
    await page.mouse.move(x, y);
    await page.keyboard.press("Shift+A");
    const search = page.getByRole("combobox", { name: "Search nodes", exact: true });
    await search.waitFor();
    await page.keyboard.press("Escape");
    await search.waitFor({ state: "detached" });
    expect(await page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
    await page.keyboard.press("Shift+A");
    await page.keyboard.type("Tanh");
    await page.keyboard.press("Enter");
    await nodeOf(page, "Tanh tanh1").waitFor();
  });

  it("offers what fits where a wire is dropped, and the choice arrives connected", async () => {
    await showTab(page, "Training");
    await drag(page, await middleOf(portOf(page, "GANLoss d_loss", "out")), await spotOn(page, 0.5, 0.94));
    const offered = page.getByRole("listbox", { name: "Nodes" }).getByRole("option");
    await offered.first().waitFor();
    const titles = (await offered.allTextContents()).join("\n");
    expect(titles).toContain("Optimizer");
    expect(titles, "a loss is no value for a network or a loss of scores").not.toMatch(/generator|GANLoss|Dataset/);
    await page.keyboard.press("Escape");
    await showTab(page, "generator");
    const after = await oneEntry(page, async () => dropWire(page, "Linear fc1", "out", await emptySpot(page), "ELU"));
    expect(wiresIn(after, G)).toContain("fc1.out > elu1.in");
  });

  it("takes a node that is dragged from the palette", async () => {
    const spot = await emptySpot(page);
    const after = await oneEntry(page, () => dragFromPalette(page, "LayerNorm", spot));
    expect(nodesIn(after, G)).toContain("layernorm1");
    const { x, y } = await middleOf(nodeOf(page, "LayerNorm layernorm1"));
    expect(Math.hypot(x - spot.x, y - spot.y)).toBeLessThan(24);
  });

  it("puts a node from the palette into the wire that it is dropped on", async () => {
    const spot = await alongWire(page, "Linear fc1", "ReLU relu1");
    const after = await oneEntry(page, () => dragFromPalette(page, "BatchNorm1d", spot));
    expect(wiresIn(after, G)).toEqual(expect.arrayContaining(["batchnorm1.out > relu1.in", "fc1.out > batchnorm1.in"]));
    expect(wiresIn(after, G)).not.toContain("fc1.out > relu1.in");
  });

  it("puts a node that is moved onto a wire in between", async () => {
    await addBySearch(page, "Dropout", await emptySpot(page));
    const from = await grip(page, "Dropout dropout1");
    const to = await alongWire(page, "ReLU relu1", "Linear fc2");
    const { width } = await boxOf(nodeOf(page, "Dropout dropout1"));
    await drag(page, from, { x: to.x - width / 2 + 24, y: to.y });
    const document = await saveDocument(page);
    expect(wiresIn(document, G)).toEqual(expect.arrayContaining(["dropout1.out > fc2.in", "relu1.out > dropout1.in"]));
  });
});

describe("wires", () => {
  it("have the colour of their type and say their shape", async () => {
    expect(await wireOf(page, "z", "fc1").textContent()).toBe("16");
    expect(await wireOf(page, "fc1", "relu1").textContent()).toBe("128");
    expect(await colourOfWire("z", "fc1")).toBe(await colourOfToken("vector"));
    await showTab(page, "Training");
    expect(await colourOfWire("d_loss", "d_opt")).toBe(await colourOfToken("loss"));
  });

  it("say why a connection is refused", async () => {
    await showTab(page, "Training");
    await wire(page, "Dataset data", "out", "Optimizer d_opt", "loss");
    await page.getByText(/loss/i).and(canvasOf(page).getByRole("status").locator("p")).waitFor();
    const why = await canvasOf(page).getByRole("status").locator("p").first().textContent();
    expect(why).toMatch(/\w+ .*(loss|vector).*\./);
    expect(await page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
  });

  it("break at an Alt-click", async () => {
    const after = await oneEntry(page, async () =>
      clickWith(page, ["Alt"], await alongWire(page, "Linear fc1", "ReLU relu1")),
    );
    expect(wiresIn(after, G)).not.toContain("fc1.out > relu1.in");
  });

  it("move an end with Ctrl", async () => {
    const after = await oneEntry(page, async () => {
      const to = await middleOf(portOf(page, "ReLU relu2", "in"));
      const start = await middleOf(portOf(page, "ReLU relu1", "in"));
      await page.keyboard.down("Control");
      await page.mouse.move(start.x, start.y - 6);
      await drag(page, { x: start.x, y: start.y - 6 }, to);
      await page.keyboard.up("Control");
    });
    expect(wiresIn(after, G)).toContain("fc1.out > relu2.in");
    expect(wiresIn(after, G)).not.toContain("fc1.out > relu1.in");
  });

  it("are joined again where Shift+Delete takes a node out", async () => {
    await pick(page, "ReLU relu1");
    const after = await oneEntry(page, () => page.keyboard.press("Shift+Delete"));
    expect(nodesIn(after, G)).not.toContain("relu1");
    expect(wiresIn(after, G)).toContain("fc1.out > fc2.in");
  });

  it("go around a node with Ctrl+B, and through it again", async () => {
    await pick(page, "ReLU relu1");
    const after = await oneEntry(page, () => page.keyboard.press("Control+B"));
    expect(wiresIn(after, G)).toContain("fc1.out > fc2.in");
    await nodeOf(page, "ReLU relu1").waitFor();
    await page.keyboard.press("Control+B");
    expect(wiresIn(await saveDocument(page), G)).toEqual(wiresIn(await templateNow(), G));
  });
});

describe("selecting", () => {
  it("draws a box with Shift", async () => {
    const [a, b] = [await boxOf(nodeOf(page, "Linear fc1")), await boxOf(nodeOf(page, "Linear fc2"))];
    await page.keyboard.down("Shift");
    await drag(page, { x: a.x - 30, y: a.y - 10 }, { x: b.x + b.width + 20, y: b.y + b.height + 8 });
    await page.keyboard.up("Shift");
    await expectSelected(page, "Linear fc1", "Linear fc2", "ReLU relu1");
    const after = await oneEntry(page, () => drag(page, { x: a.x + 40, y: a.y + 12 }, { x: a.x + 200, y: a.y + 12 }));
    const places = after.layout[G] as Record<string, { x: number }>;
    expect([places.fc1.x, places.relu1.x], "the box is moved as one").toEqual([places.fc2.x, places.fc2.x]);
  });

  it("moves together what is selected", async () => {
    await pick(page, "Linear fc1", "ReLU relu1");
    const start = await boxOf(nodeOf(page, "Linear fc1"));
    const after = await oneEntry(page, async () => {
      const { x, y } = await grip(page, "ReLU relu1");
      await drag(page, { x, y }, { x: x + 160, y: y + 40 });
    });
    expect(after.networks).toEqual((await templateNow()).networks);
    const places = after.layout[G] as Record<string, { x: number; y: number }>;
    expect(places.fc1.x).toBe(places.relu1.x);
    expect(places.fc1.x).toBeGreaterThan(100);
    expect(start.x).toBe((await boxOf(nodeOf(page, "Linear fc1"))).x);
  });

  it("takes one more with Ctrl, and leaves it", async () => {
    await pick(page, "Linear fc1", "ReLU relu2");
    await clickWith(page, ["Control"], await grip(page, "Linear fc1"));
    await expectSelected(page, "ReLU relu2");
  });

  it("takes all with Ctrl+A", async () => {
    await page.keyboard.press("Control+A");
    await until(
      () => selectedOf(page),
      ({ length }) => length === 7,
    );
  });

  it.each(["Delete", "Backspace"])("is deleted by %s", async (key) => {
    await pick(page, "Linear fc2");
    const after = await oneEntry(page, () => page.keyboard.press(key));
    expect(nodesIn(after, G)).not.toContain("fc2");
    expect(wiresIn(after, G).join()).not.toContain("fc2");
  });
});

describe("the view", () => {
  it("moves while Space is held", async () => {
    const start = await boxOf(nodeOf(page, "Input z"));
    const spot = await emptySpot(page);
    await page.mouse.move(spot.x, spot.y);
    await page.keyboard.down("Space");
    await drag(page, spot, { x: spot.x - 60, y: spot.y - 40 });
    await page.keyboard.up("Space");
    expect(await movedBy(nodeOf(page, "Input z"), start)).toEqual({ x: -60, y: -40 });
    expect(await page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
  });

  it("moves with the middle button", async () => {
    const start = await boxOf(nodeOf(page, "Input z"));
    const { x, y } = await emptySpot(page);
    await page.mouse.move(x, y);
    await page.mouse.down({ button: "middle" });
    await page.mouse.move(x + 50, y + 30, { steps: 4 });
    await page.mouse.up({ button: "middle" });
    expect(await movedBy(nodeOf(page, "Input z"), start)).toEqual({ x: 50, y: 30 });
  });

  it("grows and shrinks with the wheel, about the pointer", async () => {
    const start = await boxOf(nodeOf(page, "Linear fc1"));
    await page.mouse.move(start.x, start.y);
    await page.mouse.wheel(0, -200);
    const grown = await until(
      () => boxOf(nodeOf(page, "Linear fc1")),
      ({ width }) => width > start.width * 1.05,
    );
    expect(Math.hypot(grown.x - start.x, grown.y - start.y), "what is under the pointer stays").toBeLessThan(2);
    await page.mouse.wheel(0, 400);
    await until(
      () => boxOf(nodeOf(page, "Linear fc1")),
      ({ width }) => width < start.width,
    );
  });

  it("shows all with 1", async () => {
    await zoomAway();
    await page.keyboard.press("1");
    await until(allInside, (inside) => inside);
  });

  it("frames the selection with F", async () => {
    await pick(page, "ReLU relu1");
    const before = await boxOf(nodeOf(page, "ReLU relu1"));
    await page.keyboard.press("F");
    const frame = await boxOf(canvasOf(page));
    const after = await until(
      () => boxOf(nodeOf(page, "ReLU relu1")),
      ({ x, y, width, height }) =>
        Math.abs(x + width / 2 - frame.x - frame.width / 2) < 40 &&
        Math.abs(y + height / 2 - frame.y - frame.height / 2) < 40,
    );
    expect(after.width).toBeGreaterThanOrEqual(before.width);
  });
});

const templateNow = async () => {
  await openTemplate(page, "toy-ring", "generator");
  return saveDocument(page);
};

const colourOfWire = (from: string, to: string) =>
  wireOf(page, from, to)
    .locator("path")
    .nth(1)
    .evaluate((path) => getComputedStyle(path).stroke);

const colourOfToken = (name: string) =>
  page.evaluate((token) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${token})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, name);

async function zoomAway(): Promise<void> {
  const { x, y } = await emptySpot(page);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -600);
  await until(allInside, (inside) => !inside);
}

async function allInside(): Promise<boolean> {
  const frame = await boxOf(canvasOf(page));
  const nodes = await anyNode(page).all();
  const boxes = await Promise.all(nodes.map((each) => boxOf(each)));
  return boxes.every(({ x, y, width, height }) => x >= frame.x && y >= frame.y && x + width <= frame.x + frame.width && y + height <= frame.y + frame.height); // prettier-ignore
}
