import { describe, expect, it } from "vitest";
import { shapeText } from "../../../src/core/kind/display.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import type { Program } from "../../../src/core/program/types.ts";
import { drawFigure, themeNames } from "../../../src/targets/figure/figure.ts";
import { summarize } from "../../../src/targets/summary/summary.ts";
import {
  chain,
  graph,
  lowered,
  networkDocument,
  node,
  template,
  templateNames,
  vectorInput,
} from "../../helpers/documents.ts";
import { joined, residual, unet } from "./documents.ts";
import { occurrences, overlaps, textBoxes } from "./reading.ts";
import { elementsOf } from "./xml.ts";

const documents: Readonly<Record<string, GanDocument>> = {
  ...Object.fromEntries(templateNames.map((name) => [name, template(name)])),
  unet,
  residual,
  joined,
};
const programs = new Map(Object.entries(documents).map(([name, document]) => [name, lowered(document)]));
const figures = [...programs].flatMap(([document, program]) =>
  [...program.networks.map(({ name }) => name), ...(program.training ? ["training"] : [])].map((what) => ({
    document,
    what,
    program,
  })),
);
const directions = ["down", "right"] as const;

describe.each(figures)("the figure of $document / $what", ({ what, program }) => {
  it.each(directions)("running %s, has no text upon another and none outside", (direction) => {
    const svg = drawFigure(program, { what, direction });
    const boxes = textBoxes(svg);
    expect(overlaps(boxes)).toEqual([]);
    const [, x, y] = /<g transform="translate\(([\d.-]+) ([\d.-]+)\)/.exec(svg)!.map(Number);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
    for (const { content, left, right, top, bottom } of boxes) {
      expect(
        [left + x, top + y].every((at) => at >= 0),
        content,
      ).toBe(true);
      expect(right + x <= width && bottom + y <= height, content).toBe(true);
    }
  });

  it.each(themeNames)("is well-formed XML in theme %s and names itself", (theme) => {
    const elements = elementsOf(drawFigure(program, { what, theme, title: false }));
    expect(elements[0]).toMatchObject({
      name: "svg",
      attributes: { xmlns: "http://www.w3.org/2000/svg", role: "img" },
    });
    expect(elements.slice(1, 3).map(({ name }) => name)).toEqual(["title", "desc"]);
    expect(elements.filter(({ name }) => /^(script|style|image|use|a|foreignObject)$/.test(name))).toEqual([]);
  });
});

describe("a network's figure", () => {
  const networks = figures.filter(({ what }) => what !== "training");

  it.each(networks)(
    "shows each layer of $document / $what once, with the shape of what it gives first",
    ({ what, program }) => {
      const svg = drawFigure(program, { what });
      const { instructions, inputs, outputs } = program.networks.find(({ name }) => name === what)!;
      const times = elementsOf(svg)
        .filter(({ attributes }) => attributes.class === "row layer")
        .map(({ attributes }) => Number(attributes["data-times"] ?? 1));
      expect(times.reduce((sum, each) => sum + each, 0)).toBe(instructions.length);
      expect(occurrences(svg, 'class="row input"')).toBe(inputs.length);
      expect(occurrences(svg, 'class="row output"')).toBe(outputs.length);
      const said = new Set(textBoxes(svg).map(({ content }) => content));
      for (const { type } of [...inputs, ...instructions.map((each) => each.outputs[0])])
        expect(said).toContain(shapeText(type));
    },
  );

  it.each(networks)("has weights in $document / $what that add up to the summary's", ({ what, program }) => {
    const svg = drawFigure(program, { what });
    const rows = svg.split('<g class="row ').slice(1);
    const sum = rows.reduce((total, row) => {
      const count = /<g class="count"><text [^>]*>([\d,]+)</.exec(row)?.[1] ?? "0";
      return total + Number(count.replaceAll(",", "")) * Number(/^[^>]*data-times="(\d+)"/.exec(row)?.[1] ?? 1);
    }, 0);
    const { parameters } = summarize(program).networks[what];
    expect(sum).toBe(parameters);
    expect(svg).toContain(`${parameters.toLocaleString("en")} parameters`);
  });

  it("draws a block's copies once, in brackets, and the skip of each", () => {
    const svg = drawFigure(programs.get("residual")!, { what: "net" });
    expect(occurrences(svg, 'class="row layer"')).toBe(3 + 4);
    expect(svg).toContain(">× 9</text>");
    expect(occurrences(svg, 'class="skip"')).toBe(1);
  });

  it("leads the skips of a U-Net past the side, in lanes of their own", () => {
    const svg = drawFigure(programs.get("unet")!, { what: "net" });
    const lanes = [...svg.matchAll(/class="skip"><path d="M\S+ \S+ L(\S+) /g)].map(([, x]) => Number(x));
    expect(lanes).toHaveLength(2);
    const labels = textBoxes(svg).filter(({ content, left }) => left < 60 && content.includes("×"));
    expect(labels.map(({ content }) => content)).toEqual(["64×32×32", "128×16×16"]);
    expect(labels[0].right).toBeLessThan(labels[1].left);
  });

  it("counts weights that several layers share once", () => {
    const block = graph(
      { in: node("Input"), fc: node("Linear", { out_features: 4 }), out: node("Output") },
      "in.out > fc.in",
      "fc.out > out.in",
    );
    const shared = node("Block", { block: "same", share: "tied" });
    const svg = drawFigure(lowered(networkDocument(chain([shared, shared], vectorInput(4)), { same: block })), {
      what: "net",
    });
    expect(occurrences(svg, ">20</text>")).toBe(1);
    expect(occurrences(svg, ">shared</text>")).toBe(1);
  });

  it("keeps names that are markup as text", () => {
    const document = { ...networkDocument(chain([node("ReLU")], vectorInput(3))), name: `<b>&"\u0001` };
    const svg = drawFigure(lowered(document), { what: "net" });
    expect(svg).toContain("&lt;b&gt;&amp;&quot;\uFFFD · 0 parameters");
    expect(elementsOf(svg).some(({ name }) => name === "b")).toBe(false);
  });

  it("of a thousand layers takes less than a second", () => {
    const layers = Array.from({ length: 500 }, () => [node("Linear", { out_features: 8 }), node("ReLU")]).flat();
    const program = lowered(networkDocument(chain(layers, vectorInput(8))));
    const begun = performance.now();
    const svg = drawFigure(program, { what: "net" });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(occurrences(svg, 'class="row layer"')).toBe(1000);
  });
});

describe("the figure of training", () => {
  const svg = drawFigure(programs.get("dcgan-mnist")!, { what: "training" });

  it("shows each node once, and a network's weights with its first", () => {
    const nodes = [...svg.matchAll(/class="node (\w+)" data-id="(\w+)"/g)].map(([, role, id]) => `${role} ${id}`);
    expect(nodes.sort()).toEqual(
      [
        ...["source data", "source z", "network real_score", "network fake", "network fake_score"],
        ...["function d_loss", "function g_loss", "optimizer d_opt", "optimizer g_opt"],
      ].sort(),
    );
    expect(occurrences(svg, ">138,689</text>")).toBe(1);
    expect(occurrences(svg, ">shared</text>")).toBe(1);
  });

  it("colours wires by what flows", () => {
    const colours = [...svg.matchAll(/<path class="wire" [^>]*stroke="(#\w+)"/g)].map(([, colour]) => colour);
    expect(colours.sort()).toEqual(
      [...Array(2).fill("#5c53fb"), ...Array(4).fill("#007c69"), ...Array(2).fill("#c8335d")].sort(),
    );
  });
});

describe("drawFigure", () => {
  const program = programs.get("toy-1d")!;

  it("takes a width, and its height follows", () => {
    const sizes = (svg: string) =>
      /viewBox="0 0 (\d+) (\d+)" width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.slice(1).map(Number);
    const [viewWidth, viewHeight, width, height] = sizes(drawFigure(program, { what: "generator", width: 1000 }));
    expect(width).toBe(1000);
    expect(height / width).toBeCloseTo(viewHeight / viewWidth, 4);
  });

  it("refuses what is not in the program", () => {
    expect(() => drawFigure(program, { what: "critic" })).toThrow("the program holds no network critic");
    const alone: Program = { ...program, training: null };
    expect(() => drawFigure(alone, { what: "training" })).toThrow("the program holds no training graph");
  });
});
