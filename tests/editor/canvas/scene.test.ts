/** What the canvas shows of a document, and where. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/document/parse.ts";
import { contextOf } from "../../../src/core/editing/context.ts";
import { bypass, putOnEdge } from "../../../src/core/editing/commands.ts";
import type { GanDocument, GraphName } from "../../../src/core/document/types.ts";
import { builtInFacts } from "../../../src/datasets/catalogue.ts";
import { judgingOf } from "../../../src/editor/canvas/adding.ts";
import { byShelf, choicesFor, search } from "../../../src/editor/canvas/choices.ts";
import { flowEdges, flowNodes } from "../../../src/editor/canvas/flow.ts";
import { neighbour } from "../../../src/editor/canvas/focus.ts";
import { meets, runsThrough, sizeOfNode, turned, turnedBack, wireLine } from "../../../src/editor/canvas/geometry.ts";
import { ranks, readingOrder } from "../../../src/editor/canvas/order.ts";
import { placesOf, rectsOf } from "../../../src/editor/canvas/places.ts";
import { sceneOf } from "../../../src/editor/canvas/scene.ts";
import { tidied } from "../../../src/editor/canvas/tidy.ts";
import { wireAt } from "../../../src/editor/canvas/wires.ts";
import { countText } from "../../../src/editor/canvas/words.ts";
import { createStudio } from "../../../src/editor/model/studio.ts";
import { vocabulary } from "../../../src/kinds/index.ts";

const template = (): GanDocument => {
  const parsed = parse(readFileSync("templates/dcgan-mnist.gan.json", "utf8"));
  if (!parsed.document) throw new Error("the template does not parse");
  return parsed.document;
};
const open = (tab: GraphName = "networks.generator") => {
  const studio = createStudio(template(), builtInFacts);
  studio.show(tab);
  const scene = (before = null as ReturnType<typeof sceneOf> | null) => {
    const { document, analysis } = studio.store.getState();
    return sceneOf(document, analysis, tab, vocabulary, before);
  };
  return { studio, scene };
};

describe("the scene of a graph", () => {
  it("says of a layer what it is, gives and weighs", () => {
    const fc = open().scene().nodes.get("fc")!;
    expect(fc).toMatchObject({ title: "Linear", shape: "6272", parameters: 627_200, drawn: { shape: [6272] } });
    expect(fc.brief).toContain("6272");
  });
  it("draws a tensor only where the shape changes", () => {
    const { nodes } = open().scene();
    expect([...nodes.values()].filter(({ drawn }) => drawn).map(({ id }) => id)).toEqual([
      "z",
      "fc",
      "view",
      "up1",
      "up2",
    ]);
  });
  it("names a call by its network and marks weights that were counted before", () => {
    const { nodes } = open("training").scene();
    expect(nodes.get("real_score")).toMatchObject({ title: "discriminator", opens: "networks.discriminator" });
    expect([nodes.get("real_score")!.shared, nodes.get("fake_score")!.shared].sort()).toEqual([false, true]);
  });
  it("labels wires with what flows", () => {
    const { wires } = open("training").scene();
    expect(wires.find(({ to }) => to.node === "fake_score")).toMatchObject({ kind: "image", text: "1×28×28" });
    expect(wires.find(({ to }) => to.node === "d_opt")).toMatchObject({ kind: "loss", text: "" });
  });
  it("keeps the identity of what an edit does not concern", () => {
    const { studio, scene } = open();
    const before = scene();
    studio.edit("Set", [{ do: "set-param", graph: "networks.generator", node: "up2", param: "bias", value: false }]);
    const after = scene(before);
    expect(after.nodes.get("up2")).not.toBe(before.nodes.get("up2"));
    expect(after.nodes.get("fc")).toBe(before.nodes.get("fc"));
    expect(after.wires[0]).toBe(before.wires[0]);
  });
  it("shows mistakes at their node and on their wire", () => {
    const { studio, scene } = open();
    studio.edit("Cut", [{ do: "disconnect", graph: "networks.generator", edge: { from: "view.out", to: "bn1.in" } }]);
    studio.edit("Wire", [{ do: "connect", graph: "networks.generator", edge: { from: "fc.out", to: "bn1.in" } }]);
    const { nodes, wires } = scene();
    expect(nodes.get("view")!.problem?.severity).toBe("warning");
    expect(wires.some(({ from, to }) => from.node === "fc" && to.node === "bn1")).toBe(true);
  });
  it("keeps a bypassed node in its place, with the wires that it had", () => {
    const { studio, scene } = open();
    studio.edit("Bypass", bypass(contextOf(judgingOf(studio)), "networks.generator", ["bn1"])!);
    const { nodes, wires } = scene();
    expect(nodes.get("bn1")).toMatchObject({ bypassed: true });
    expect(wires.find(({ from }) => from.node === "bn1")).toMatchObject({ idle: true, text: "128×7×7" });
  });
});

describe("React Flow's nodes and wires", () => {
  it("are the same objects where nothing changed, and others where a node moved", () => {
    const { studio, scene } = open();
    const make = (before: ReturnType<typeof flowNodes>) =>
      flowNodes(shown, placesOf(shown, "down"), "down", new Map(), new Set(), before);
    let shown = scene();
    const first = make(new Map());
    studio.edit("Move", [{ do: "set-place", graph: "networks.generator", node: "fc", place: { x: 80, y: 56 } }]);
    shown = scene(shown);
    const second = make(first);
    expect(second.get("fc")!.position).toEqual({ x: 80, y: 56 });
    expect(second.get("fc")!.data).toBe(first.get("fc")!.data);
    expect(second.get("bn1")).toBe(first.get("bn1"));
  });
  it("lead a wire around what stands between its ends", () => {
    const { studio, scene } = open();
    studio.edit("Skip", [{ do: "connect", graph: "networks.generator", edge: { from: "view.out", to: "bn2.in" } }]);
    const shown = scene();
    const rects = rectsOf(shown, placesOf(shown, "down"), "down");
    const edges = flowEdges(shown, rects, "down", new Set(), new Map());
    expect(edges.get("view.out > bn2.in")!.data!.aside).toBeLessThan(0);
    expect(edges.get("z.out > fc.in")!.data!.aside).toBeNull();
  });
});

describe("geometry", () => {
  it("takes straight wires straight", () => {
    expect(wireLine({ x: 8, y: 0 }, { x: 8, y: 24 }, "down").path).toBe("M8 0L8 24");
  });
  it("tells a node on a wire from one beside it", () => {
    const [a, b] = [{ x: 0, y: 0 }, { x: 0, y: 100 }]; // prettier-ignore
    expect(meets(a, b, { x: -20, y: 40, width: 40, height: 20 })).toBe(true);
    expect(meets(a, b, { x: 10, y: 40, width: 40, height: 20 })).toBe(false);
    expect(runsThrough(a, { x: 0, y: 200 }, [{ x: -20, y: 40, width: 40, height: 20 }])).toBe(true);
  });
  it("turns a network and turns it back", () => {
    expect(turnedBack(turned({ x: 344, y: 112 }))).toEqual({ x: 344, y: 112 });
  });
  it("finds the wire under a node that is dropped, which then goes in between", () => {
    const { studio, scene } = open();
    const graph = "networks.generator";
    studio.edit("Add", [{ do: "add-node", graph, node: "drop", declaration: { kind: "Dropout" } }]);
    const shown = scene();
    const rects = rectsOf(shown, placesOf(shown, "down"), "down");
    const { x, y, height } = rects.get("relu1")!;
    const wire = wireAt({ scene: shown, rects, flow: "down" }, { x: x + 40, y: y + height, width: 304, height: 32 });
    expect(wire?.key).toBe("relu1.out > up1.in");
    expect(putOnEdge(contextOf(judgingOf(studio)), graph, "drop", wire!.edge)).not.toBeNull();
  });
  it("orders by what flows into what, and ends in spite of circles", () => {
    expect(readingOrder(["c", "b", "a"], [["a", "b"], ["b", "c"]])).toEqual(["a", "b", "c"]); // prettier-ignore
    expect(ranks(["a", "b"], [["a", "b"], ["b", "a"]]).size).toBe(2); // prettier-ignore
  });
  it("tidies a chain into rows 56 apart", () => {
    const places = tidied(open().scene(), "down");
    expect([...places.values()].map(({ y }) => y)).toEqual([0, 56, 112, 168, 224, 280, 336, 392, 448, 504, 560]);
    expect(new Set([...places.values()].map(({ x }) => x)).size).toBe(1);
  });
  it("walks along wires by the arrow keys", () => {
    const shown = open().scene();
    const rects = rectsOf(shown, placesOf(shown, "down"), "down");
    expect(neighbour(shown, rects, "down", "fc", "ArrowDown")).toBe("view");
    expect(neighbour(shown, rects, "down", "fc", "ArrowUp")).toBe("z");
    expect(neighbour(shown, rects, "down", "z", "ArrowUp")).toBeNull();
  });
  it("makes cards as high as their ports need", () => {
    const { nodes } = open("training").scene();
    expect(sizeOfNode(nodes.get("d_loss")!, "right").height).toBeGreaterThan(
      sizeOfNode(nodes.get("d_opt")!, "right").height,
    );
  });
});

describe("what can be added", () => {
  it("offers networks in the training graph and layers in a network", () => {
    const document = template();
    const training = choicesFor(document, "training", vocabulary);
    expect(training.filter(({ shelf }) => shelf === "Networks").map(({ title }) => title)).toEqual(["generator", "discriminator"]); // prettier-ignore
    expect(training.some(({ title }) => title === "Conv2d")).toBe(false);
    expect(byShelf(choicesFor(document, "networks.generator", vocabulary))[0][0]).toBe("Ports");
  });
  it("finds by the beginning, by a part, by capitals and by what is said", () => {
    const choices = choicesFor(template(), "networks.generator", vocabulary);
    expect(search(choices, "conv")[0].title).toBe("Conv2d");
    expect(search(choices, "ct2").map(({ title }) => title)).toContain("ConvTranspose2d");
    expect(search(choices, "weighted sum").map(({ title }) => title)).toContain("Linear");
    expect(search(choices, "nothing like it")).toEqual([]);
  });
  it("shortens counts to three figures", () => {
    expect([512, 2048, 524_288, 1_254_400, 999_999].map(countText)).toEqual(["512", "2,048", "524 k", "1.25 M", "1 M"]);
  });
});
