import { describe, expect, it } from "vitest";
import { copy, parseFragment, paste, type Fragment } from "../../../src/core/editing/clipboard.ts";
import { bypass, deleteNodes } from "../../../src/core/editing/commands.ts";
import { isRefused } from "../../../src/core/editing/refusals.ts";
import { applyEdits } from "../../../src/core/document/edits.ts";
import { bypassedOf } from "../../../src/core/document/layout.ts";
import { graphOf, type GanDocument, type GraphName } from "../../../src/core/document/types.ts";
import { codesOf, documentWith, graph, networkDocument, node, template, templateGraphs, vectorInput, wires } from "../../helpers/documents.ts"; // prettier-ignore
import { fc } from "../../helpers/properties.ts";
import { done, editing, residual } from "./contexts.ts";

const net = "networks.net" as const;
const at = { x: 1000, y: 1000 };

function pasted(document: GanDocument, where: GraphName, fragment: Fragment) {
  const result = paste(editing(document), where, fragment, at);
  if (isRefused(result)) throw new Error(result.why);
  return { document: applyEdits(document, result.edits), ids: result.ids };
}

describe("copy and paste", () => {
  it("carries nodes, the wires among them, places and notes", () => {
    const fragment = copy(residual, net, ["conv", "bn", "n1", "gone"]);
    const { document, ids } = pasted(residual, net, fragment);
    expect(ids).toEqual(["conv2", "bn2", "n2"]);
    expect(document.networks.net.edges.slice(-1)).toEqual(wires("conv2.out > bn2.in"));
    expect(document.layout[net].conv2).toEqual({ x: 1000, y: 1076, collapsed: true });
    expect(document.layout[net].bn2).toEqual({ x: 1000, y: 1172 });
  });

  it("and deletion leave what was there", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...templateGraphs),
        fc.array(fc.nat(), { minLength: 1 }),
        fc.boolean(),
        ({ name, where }, picks, text) => {
          // prettier-ignore
          const before = template(name);
          const all = Object.keys(graphOf(before, where)!.nodes);
          const fragment = copy(
            before,
            where,
            picks.map((pick) => all[pick % all.length]),
          );
          const read = text ? parseFragment(JSON.stringify(fragment)) : fragment;
          const { document, ids } = pasted(before, where, read!);
          expect(ids).toHaveLength(new Set(picks.map((pick) => pick % all.length)).size);
          expect(done(document, deleteNodes({ document }, where, ids))).toEqual(before);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("takes the blocks along to another document", () => {
    const other = networkDocument(graph({ v: node("Input", vectorInput(3)) }));
    const { document } = pasted(other, net, copy(residual, net, ["b"]));
    expect(document.blocks).toEqual(residual.blocks);
  });

  it("gives a block another name where a different one has it, also in blocks around it", () => {
    const inner = (width: number) => graph({ a: node("Input"), l: node("Linear", { out_features: width }), c: node("Output") }, "a.out > l.in", "l.out > c.in"); // prettier-ignore
    const outer = graph({ a: node("Input"), i: node("Block", { block: "inner" }), c: node("Output") }, "a.out > i.a", "i.c > c.in"); // prettier-ignore
    const user = graph({ v: node("Input", vectorInput(3)), o: node("Block", { block: "outer" }), y: node("Output") }, "v.out > o.a", "o.c > y.in"); // prettier-ignore
    const mine = networkDocument(user, { inner: inner(2), outer });
    const theirs = networkDocument(user, { inner: inner(5), outer });
    const { document } = pasted(mine, net, copy(theirs, net, ["o"]));
    expect(Object.keys(document.blocks)).toEqual(["inner", "outer", "inner2", "outer2"]);
    expect(document.blocks.outer2.nodes.i.params).toEqual({ block: "inner2" });
    expect(document.networks.net.nodes.o2.params).toEqual({ block: "outer2" });
    expect(pasted(mine, net, copy(mine, net, ["o"])).document.blocks).toEqual(mine.blocks);
  });

  it("keeps what is bypassed bypassed", () => {
    const there = done(residual, bypass(editing(residual), net, ["bn"]));
    const { document, ids } = pasted(there, net, copy(there, net, ["conv", "bn", "relu"]));
    expect(ids).toEqual(["conv2", "relu2", "bn2"]);
    expect(Object.keys(bypassedOf(document, net)).sort()).toEqual(["bn", "bn2"]);
    expect(document.networks.net.edges).toContainEqual({ from: "conv2.out", to: "relu2.in" });
    const around = copy(there, net, ["conv", "relu"]);
    expect(around.edges).toEqual(wires("conv.out > relu.in"));
  });

  it.each([
    ["training" as const, copy(residual, net, ["conv"]), "Conv2d belongs in a network. Paste it there."],
    [net, copy(template("toy-ring"), "training", ["z"]), "Noise belongs in the training graph. Paste it there."],
    ["blocks.twice" as const, copy(residual, net, ["b"]), "The block twice would contain itself. Paste this in another graph."], // prettier-ignore
    [net, copy(residual, net, []), "There is nothing to paste. Copy some nodes first."],
    ["networks.gone" as const, copy(residual, net, ["conv"]), "There is no graph networks.gone any more. Open another tab."], // prettier-ignore
  ])("into %s is refused", (where, fragment, why) => {
    expect(paste(editing(residual), where, fragment, at)).toEqual({ why });
  });
});

describe("a fragment as text", () => {
  it("is read as it was written", () => {
    const there = done(residual, bypass(editing(residual), net, ["bn"]));
    const fragment = copy(there, net, ["conv", "bn", "b", "n1"]);
    expect(parseFragment(JSON.stringify(fragment, null, 2))).toEqual(fragment);
  });

  it("that is something else is none", () => {
    for (const text of ["", "conv", "[]", "null", "{}", '{"format":"ganvas/1"}'])
      expect(parseFragment(text)).toBeNull();
  });

  it("never throws, and neither does pasting it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("nodes", "edges", "places", "notes", "blocks", "bypassed", "corner"),
          fc.jsonValue(),
        ),
        (parts) => {
          // prettier-ignore
          const fragment = parseFragment(JSON.stringify({ ...parts, format: "ganvas-fragment/1" }));
          if (fragment) paste(editing(residual), net, fragment, at);
        },
      ),
      { numRuns: 200 },
    );
    const odd = { format: "ganvas-fragment/1", nodes: { a: { kind: "Block", params: { block: "a" } }, b: { kind: 3 }, $notes: { kind: "ReLU" } }, edges: [{ from: "a.x", to: "gone" }, 3], blocks: { a: { nodes: { a: { kind: "Block", params: { block: "a" } } } } } }; // prettier-ignore
    const empty = documentWith({ networks: { net: graph({}) } });
    const { document } = pasted(empty, net, parseFragment(JSON.stringify(odd))!);
    expect(codesOf(document)).toContain("block-recursive");
  });
});
