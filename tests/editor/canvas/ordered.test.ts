/** Graphs that nobody has arranged: where their nodes stand at first, how wires pass by, and what the first move keeps. */
import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { applyEdits } from "../../../src/core/document/edits.ts";
import type { GanDocument, GraphName } from "../../../src/core/document/types.ts";
import { passingBy } from "../../../src/editor/canvas/aside.ts";
import { overlaps, type Flow } from "../../../src/editor/canvas/geometry.ts";
import { placesOf, rectsOf, settling } from "../../../src/editor/canvas/places.ts";
import { sceneOf } from "../../../src/editor/canvas/scene.ts";
import { tidied } from "../../../src/editor/canvas/tidy.ts";
import { builtInFacts } from "../../../src/datasets/catalogue.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { template, templateNames } from "../../helpers/documents.ts";

const bare = (name: string): GanDocument => ({ ...template(name), layout: {} });
const scene = (document: GanDocument, graph: GraphName) =>
  sceneOf(document, analyze(document, vocabulary, builtInFacts), graph, vocabulary);
const shown = (document: GanDocument, graph: GraphName, flow: Flow) => {
  const found = scene(document, graph);
  return { scene: found, rects: rectsOf(found, placesOf(found, "down"), flow) };
};

describe("a graph without places", () => {
  it.each(templateNames)("%s: no node stands on another", (name) => {
    const document = bare(name);
    const graphs: GraphName[] = [
      "training",
      ...Object.keys(document.networks).map((net): GraphName => `networks.${net}`),
    ];
    for (const graph of graphs) {
      const { rects } = shown(document, graph, graph === "training" ? "right" : "down");
      const all = [...rects];
      for (const [index, [one, rect]] of all.entries())
        for (const [other, beside] of all.slice(index + 1))
          expect(overlaps(rect, beside), `${graph}: ${one} and ${other}`).toBe(false);
    }
  });

  it("is a straight column where it has skips, as after Tidy; longer skips pass farther out", () => {
    const { scene: unet, rects } = shown(bare("pix2pix"), "networks.generator", "down");
    expect(new Set([...rects.values()].map(({ x }) => x))).toEqual(new Set([0]));
    expect(new Set([...tidied(unet, "down").values()].map(({ x }) => x))).toEqual(new Set([0]));
    const passing = passingBy(unet, rects);
    const skips = ["down5.norm", "down4.norm", "down3.norm", "down2.norm", "down1.conv"];
    const lanes = skips.map((from, index) => passing.get(`${from}.out > skip${5 - index}.in.0`));
    expect(lanes).toEqual([-24, -40, -56, -72, -88]);
  });

  it("keeps a branch in its own column", () => {
    const { rects } = shown(bare("infogan"), "networks.discriminator", "down");
    const columns = new Set([...rects.values()].map(({ x }) => x));
    expect(columns.size).toBeGreaterThan(1);
    const first = Math.min(...columns);
    const rows = [...rects.values()].filter(({ x }) => x === first).map(({ y }) => y);
    expect([...rows].sort((a, b) => a - b)).toEqual(rows);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("keeps all places when the first node gets one", () => {
    const document = bare("cyclegan");
    const before = shown(document, "training", "right");
    const edits = settling(before.scene, "down", before.rects);
    expect(edits).toHaveLength(Object.keys(document.training.nodes).length);
    const move = { do: "set-place", graph: "training", node: "a", place: { x: -400, y: 0 } } as const;
    const after = shown(applyEdits(document, [...edits, move]), "training", "right");
    for (const [id, { x, y }] of before.rects)
      expect(after.rects.get(id)).toMatchObject(id === "a" ? { x: -400, y: 0 } : { x, y });
    expect(settling(after.scene, "down", after.rects)).toEqual([]);
  });
});
