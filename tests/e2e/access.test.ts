/// <reference types="node" />
/** For everyone: axe on every view in both themes, names and order for a screen reader, a phone, and colours that are not alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitEnd } from "../../src/core/document/types.ts";
import { portKinds } from "../../src/core/kind/ports.ts";
import { kinds } from "../../src/kinds/index.ts";
import { documentWith, graph, node, template } from "../helpers/documents.ts";
import { contrast, difference, sights } from "./colour.ts";
import { anyNode, emptySpot, fromMenu, openDocument, openTemplate, pick } from "./gestures.ts";
import { canvasOf, inspectorOf, iterationOf, nodeOf, showTab, until } from "./hands.ts";
import { openStudio, type OpenStudio } from "./studio.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tokens = readFileSync(path.resolve(import.meta.dirname, "../../src/editor/style/tokens.css"), "utf8");
/** Every kind once, in a network and in training; those of training keep to themselves. */
const everything = documentWith({
  networks: { net: graph(all("network")) },
  training: { ...documentWith({}).training, nodes: all("training") },
});

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  let studio: OpenStudio;
  let page: Page;
  beforeAll(async () => {
    studio = await openStudio({ theme });
    page = studio.page;
    await page.getByRole("heading", { name: "Templates" }).waitFor();
    await page.evaluate(axe);
  });
  afterAll(() => studio?.close());

  it("axe finds nothing on the start page", async () => {
    await page
      .getByRole("button", { name: template("dcgan-64").name })
      .first()
      .waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it("axe finds nothing on graphs: training, a network, a block", async () => {
    await openTemplate(page, "dcgan-mnist");
    expect(await findings(page)).toEqual([]);
    await showTab(page, "generator");
    await nodeOf(page, "Input z").waitFor();
    expect(await findings(page)).toEqual([]);
    await pick(page, "ReLU relu1");
    await page.keyboard.press("Control+G");
    await page.keyboard.press("Enter");
    await until(
      () => anyNode(page).count(),
      (count) => count === 3,
    );
    expect(await findings(page)).toEqual([]);
  });

  it("axe finds nothing in the inspector of any kind", { timeout: 180_000 }, async () => {
    await openDocument(page, everything);
    for (const { name, graph: where } of kinds) {
      await showTab(page, where === "training" ? "Training" : "net");
      await page.keyboard.press("Escape");
      await nodeOf(page, `${name} ${name}`).focus();
      await inspectorOf(page).getByRole("textbox", { name: "Name of this node" }).and(page.locator(`[value="${name}"]`)).waitFor(); // prettier-ignore
      await inspectorOf(page).locator("[aria-busy]").waitFor({ state: "detached" });
      expect(await findings(page, "aside[aria-label=Inspector]"), name).toEqual([]);
    }
  });

  it("axe finds nothing in menus and lists", async () => {
    await openTemplate(page, "toy-ring", "generator");
    const { x, y } = await emptySpot(page);
    await page.mouse.dblclick(x, y);
    await page.getByRole("listbox", { name: "Nodes" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.mouse.click(x, y, { button: "right" });
    await page.getByRole("menu").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await pick(page, "Linear fc1");
    await page.keyboard.press("Delete");
    await page.getByRole("button", { name: /^Problems/ }).click();
    await page.getByRole("button", { name: /error/ }).first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it.each(["History", "Data", "Keyboard", "About"])("axe finds nothing on the sheet %s", async (item) => {
    await openTemplate(page, "toy-ring");
    await fromMenu(page, new RegExp(`^${item}`));
    await page.getByRole("dialog").getByRole("heading").first().waitFor();
    if (item === "Data") await page.getByRole("dialog").getByText("Reading…").waitFor({ state: "detached" });
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it("axe finds nothing on the export sheet", async () => {
    await openTemplate(page, "toy-ring");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("tab", { name: /^ONNX model/ }).waitFor();
    for (const tab of await page.getByRole("dialog").getByRole("tab").all()) {
      await tab.click();
      await page.getByRole("dialog").getByRole("tabpanel").waitFor();
      expect(await findings(page)).toEqual([]);
    }
    await page.keyboard.press("Escape");
  });

  it("axe finds nothing in the dock: idle, at work, paused", async () => {
    await openTemplate(page, "toy-ring");
    expect(await findings(page, "section[aria-label=Training]")).toEqual([]);
    await page.keyboard.press("Control+Enter");
    await page
      .getByLabel(/samples, iteration/)
      .first()
      .waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it("keeps wires apart for every eye, and from the canvas", () => {
    const hues = portKinds.filter((kind) => kind !== "embedded").map((kind) => [kind, token(theme, kind)] as const);
    for (const [kind, hue] of hues) expect(contrast(hue, token(theme, "background")), kind).toBeGreaterThanOrEqual(3);
    for (const sight of sights)
      for (const [index, [a, first]] of hues.entries())
        for (const [b, second] of hues.slice(index + 1))
          expect(difference(first, second, sight), `${a} and ${b}, ${sight}`).toBeGreaterThanOrEqual(8);
  });
});

describe("for a screen reader and the keyboard", () => {
  let studio: OpenStudio;
  let page: Page;
  beforeAll(async () => {
    studio = await openStudio();
    page = studio.page;
  });
  afterAll(() => studio?.close());

  it.each(["generator", "discriminator", "Training"])("reads the nodes of %s as values flow", async (tab) => {
    await openTemplate(page, "vanilla-mnist", tab);
    const order = await anyNode(page).evaluateAll((nodes) => nodes.map((each) => each.getAttribute("data-id")!));
    const { networks, training } = template("vanilla-mnist");
    const { edges, nodes } = tab === "Training" ? training : networks[tab];
    expect([...order].sort()).toEqual(Object.keys(nodes).sort());
    for (const { from, to } of edges) {
      const [giver, taker] = [from, to].map((end) => order.indexOf(splitEnd(end, nodes)!.node));
      expect(giver, `${from} before ${to}`).toBeLessThan(taker);
    }
  });

  it("moves from node to node with Tab in that order, and says each one's name, numbers and shape", async () => {
    await openTemplate(page, "toy-ring", "generator");
    await nodeOf(page, "Input z").focus();
    const said: string[] = [];
    for (const _ of Array(7)) {
      said.push(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""));
      await page.keyboard.press("Tab");
    }
    expect(said).toEqual(["Input z", "Linear fc1", "ReLU relu1", "Linear fc2", "ReLU relu2", "Linear fc3", "Output x"]);
    const described = await nodeOf(page, "Linear fc1").evaluate(
      (element) => document.getElementById(element.getAttribute("aria-describedby") ?? "")?.textContent,
    );
    expect(described).toBe("128. gives 128. 2,176 parameters");
  });

  it("goes through the page from the bar to the palette, the canvas, the inspector and training", async () => {
    await openTemplate(page, "toy-ring", "generator");
    await page.getByRole("button", { name: "Menu", exact: true }).focus();
    const parts: string[] = [];
    for (let presses = 0; presses < 140; presses++) {
      const part = await page.evaluate(() => {
        let outermost = "";
        for (let at = document.activeElement; at; at = at.parentElement)
          if (at.matches("header, aside, main, section[aria-label]"))
            outermost = at.getAttribute("aria-label") ?? at.tagName;
        return outermost;
      });
      if (part !== "" && parts.at(-1) !== part) parts.push(part);
      await page.keyboard.press("Tab");
    }
    const places = ["HEADER", "Palette", "Canvas", "Inspector", "Training"].map((part) => parts.indexOf(part));
    expect(parts, "every part is reached").toEqual(
      expect.arrayContaining(["HEADER", "Palette", "Canvas", "Inspector", "Training"]),
    );
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  it("gives each type a sign of its own shape", async () => {
    await openDocument(page, everything, "net");
    const shapes = new Map<string, Set<string>>();
    for (const tab of ["net", "Training"]) {
      await showTab(page, tab);
      await anyNode(page).first().waitFor();
      const ports = await canvasOf(page)
        .locator(".react-flow__handle")
        .evaluateAll((all) => all.map((port) => [port.getAttribute("title") ?? "", port.querySelector("path")?.getAttribute("d") ?? ""] as const)); // prettier-ignore
      for (const [title, outline] of ports) {
        const [, types] = title.split(" · ");
        if (portKinds.some((kind) => kind === types)) shapes.set(types, (shapes.get(types) ?? new Set()).add(outline));
      }
    }
    expect([...shapes.keys()]).toEqual(expect.arrayContaining(["image", "vector", "loss"]));
    for (const [type, outlines] of shapes) expect(outlines.size, type).toBe(1);
    const different = new Set([...shapes.values()].flatMap((outlines) => [...outlines]));
    expect(different.size).toBe(shapes.size);
  });
});

describe("on a phone", () => {
  let studio: OpenStudio;
  let page: Page;
  beforeAll(async () => {
    studio = await openStudio({ width: 390, height: 844, touch: true });
    page = studio.page;
    await page.evaluate(axe);
  });
  afterAll(() => studio?.close());

  it("shows the graphs and trains, without a scrollbar to the side", async () => {
    await openTemplate(page, "toy-ring");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("tab", { name: "discriminator" }).tap();
    await nodeOf(page, "Output score").waitFor();
    await page.getByRole("button", { name: "Train", exact: true }).tap();
    await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: /^Training/ }).tap(); // prettier-ignore
    await until(
      async () => Number((await page.getByText(/^iteration [\d,]+$/).innerText()).replace(/\D/g, "")),
      (iteration) => iteration > 1,
    );
    await page.getByRole("button", { name: "Pause" }).tap();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it("is whole on a tablet", async () => {
    await page.setViewportSize({ width: 820, height: 1180 });
    await openTemplate(page, "toy-ring", "generator");
    await page.getByRole("button", { name: "Train", exact: true }).tap();
    await until(
      () => iterationOf(page),
      (iteration) => iteration > 1,
    );
    await page.getByRole("button", { name: "Pause" }).tap();
    expect(await findings(page)).toEqual([]);
  });
});

/** Serious and critical findings, in words. */
async function findings(page: Page, within = "html"): Promise<string[]> {
  return page.evaluate(async (selector) => {
    interface Found {
      readonly id: string;
      readonly impact: string | null;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }
    const { axe: tool } = globalThis as unknown as {
      axe: { run(where: string, options: object): Promise<{ violations: readonly Found[] }> };
    };
    const { violations } = await tool.run(selector, { preload: false, resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`));
  }, within);
}

function all(where: "network" | "training") {
  const members = kinds.filter((kind) => kind.graph === where);
  return Object.fromEntries(members.map(({ name }) => [name, node(name)]));
}

function token(theme: "light" | "dark", name: string): string {
  const [light, dark] = tokens.split("[data-theme=");
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme === "light" ? light : dark);
  if (!found) throw new Error(`tokens.css has no --${name}`);
  return found[1];
}
