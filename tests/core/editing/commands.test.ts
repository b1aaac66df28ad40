import { describe, expect, it } from "vitest";
import { addedNodes, bypass, deleteNodes, duplicate, group, newNetwork, putOnEdge, removeGraph, renameGraph, renameNode, ungroup, whyNotBypass, whyNotGroup, whyNotUngroup } from "../../../src/core/editing/commands.ts"; // prettier-ignore
import { freshGraphName, freshId } from "../../../src/core/editing/place.ts";
import { isRefused } from "../../../src/core/editing/refusals.ts";
import { applyEdit, applyEdits, type Edit } from "../../../src/core/document/edits.ts";
import { bypassedOf } from "../../../src/core/document/layout.ts";
import { graphOf, type GanDocument } from "../../../src/core/document/types.ts";
import { analyzed, chain, codesOf, documentWith, graph, networkDocument, node, template, templateGraphs, templateNames, vectorInput, wires } from "../../helpers/documents.ts"; // prettier-ignore
import { fc } from "../../helpers/properties.ts";
import { done, editing, residual, unordered } from "./contexts.ts";

const net = "networks.net" as const;

describe("names", () => {
  it.each([
    ["Conv2d", "conv1"],
    ["BatchNorm2d", "batchnorm1"],
    ["ReLU", "relu3"],
    ["", "node1"],
  ])("of a new %s: %s", (kind, id) => {
    expect(freshId(graph({ relu1: node("ReLU"), relu2: node("ReLU") }), kind)).toBe(id);
  });

  it("of graphs are made of what names may hold", () => {
    expect(freshGraphName(residual, "blocks", "twice")).toBe("twice2");
    expect(freshGraphName(residual, "networks", "my net!")).toBe("my_net_");
    expect(freshGraphName(residual, "networks", "")).toBe("network");
  });
});

describe("adding", () => {
  it("puts a node in the middle of a wire, where it fits and has none of its own", () => {
    const [edge] = wires("bn.out > relu.in");
    const loose = done(residual, [
      { do: "add-node", graph: net, node: "tanh1", declaration: node("Tanh") },
      { do: "add-node", graph: net, node: "linear1", declaration: node("Linear") },
    ]);
    expect(putOnEdge(editing(loose), net, "linear1", edge)).toBeNull();
    expect(done(loose, putOnEdge(editing(loose), net, "tanh1", edge)).networks.net.edges).toEqual(expect.arrayContaining(wires("bn.out > tanh1.in", "tanh1.out > relu.in"))); // prettier-ignore
    expect(putOnEdge(editing(residual), net, "conv", edge)).toBeNull();
  });

  it("makes a network with its ports, and takes graphs away", () => {
    const changed = done(residual, newNetwork(editing(residual), "net"));
    expect(Object.keys(changed.networks.net2.nodes)).toEqual(["x", "y"]);
    expect(done(changed, removeGraph(editing(changed), "networks.net2"))).toEqual(residual);
    expect(removeGraph(editing(changed), "training")).toBeNull();
  });
});

describe("deleting", () => {
  it("closes the gaps that several nodes leave, and takes notes too", () => {
    const changed = done(residual, deleteNodes({ document: residual }, net, ["conv", "bn", "n1"], { reconnect: true }));
    expect(changed.networks.net.edges).toContainEqual({ from: "x.out", to: "relu.in" });
    expect(changed.layout[net]).not.toHaveProperty("$notes");
    expect(deleteNodes({ document: residual }, net, ["gone"])).toBeNull();
  });
});

describe("duplicating", () => {
  it("copies the wires inside the selection, and notes", () => {
    const edits = duplicate(editing(residual), net, ["conv", "bn", "n1"], { x: 10, y: 20 });
    const changed = done(residual, edits);
    expect(addedNodes(edits!)).toEqual(["conv2", "bn2"]);
    expect(changed.networks.net.edges).toContainEqual({ from: "conv2.out", to: "bn2.in" });
    expect(changed.layout[net].conv2).toEqual({ x: 10, y: 116, collapsed: true });
    expect(changed.layout[net].$notes).toHaveProperty("n2");
  });
});

describe("bypassing", () => {
  it("leads data around, keeps the place, and twice is nothing", () => {
    const there = done(residual, bypass(editing(residual), net, ["bn"]));
    expect(Object.keys(there.networks.net.nodes)).not.toContain("bn");
    expect(there.networks.net.edges).toContainEqual({ from: "conv.out", to: "relu.in" });
    expect(bypassedOf(there, net).bn).toMatchObject({ declaration: node("BatchNorm2d"), place: { x: 0, y: 192 } });
    expect(done(there, bypass(editing(there), net, ["bn"]))).toEqual(residual);
  });

  it("survives renaming and moving, also of the bypassed node's neighbours", () => {
    let changed = done(residual, bypass(editing(residual), net, ["bn"]));
    changed = applyEdits(changed, [
      { do: "rename-node", graph: net, node: "conv", to: "first.conv" },
      { do: "rename-node", graph: net, node: "relu", to: "bn" }, // taken by what is bypassed
      { do: "move-node", graph: net, node: "bn", to: { x: 7, y: 7 } },
      { do: "set-param", graph: net, node: "bn", param: "eps", value: 0.1 },
    ]);
    const back = done(changed, bypass(editing(changed), net, ["bn"]));
    expect(back.networks.net.edges).toEqual(expect.arrayContaining(wires("first.conv.out > bn.in", "bn.out > relu.in"))); // prettier-ignore
    expect(back.networks.net.nodes.bn.params).toEqual({ eps: 0.1 });
    expect(back.layout[net].bn).toEqual({ x: 7, y: 7 });
  });

  it("leaves a wire alone that somebody has changed since", () => {
    let changed = done(residual, bypass(editing(residual), net, ["bn"]));
    changed = applyEdit(changed, { do: "connect", graph: net, edge: { from: "x.out", to: "relu.in" } });
    const back = done(changed, bypass(editing(changed), net, ["bn"]));
    expect(back.networks.net.edges).toEqual(expect.arrayContaining(wires("x.out > relu.in", "conv.out > bn.in")));
  });

  it("puts back in any order what was bypassed in any order", () => {
    const ids = ["conv", "bn", "relu", "sum", "b"];
    fc.assert(
      fc.property(
        fc.subarray(ids, { minLength: 1 }),
        fc.array(fc.nat(9), { minLength: 10, maxLength: 10 }),
        (some, keys) => {
          // prettier-ignore
          let changed: GanDocument = residual;
          for (const id of some) changed = done(changed, bypass(editing(changed), net, [id]));
          const order = some.map((id, index) => [keys[index], id] as const).sort((a, b) => a[0] - b[0]);
          for (const [, id] of order) changed = done(changed, bypass(editing(changed), net, [id]));
          expect(unordered(changed)).toEqual(unordered(residual));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("twice is nothing in every template, for every node that can be", () => {
    for (const name of templateNames) {
      const document = template(name);
      for (const where of ["networks.generator", "networks.discriminator", "training"] as const)
        for (const id of Object.keys(
          (where === "training" ? document.training : document.networks[where.slice(9)])?.nodes ?? {},
        )) {
          // prettier-ignore
          const there = bypass(editing(document), where, [id]);
          if (!there) expect(whyNotBypass(editing(document), where, [id])).toMatch(/^[a-zA-Z].*\.$/);
          else {
            const changed = done(document, there);
            expect(unordered(done(changed, bypass(editing(changed), where, [id])))).toEqual(unordered(document));
          }
        }
    }
  });
});

const weightsOf = (document: GanDocument, prefix = "") =>
  [...analyzed(document).networks.values()].flatMap(({ name, layers }) =>
    layers.flatMap(({ weights }) => weights.map(({ path, shape }) => `${name}: ${path.replace(prefix, "")} ${shape}`)),
  );

describe("a group", () => {
  it("becomes a block with ports for the wires that cross", () => {
    const grouped = done(residual, group(editing(residual), net, ["conv", "bn", "relu", "sum"], "res"));
    expect(grouped.blocks.res.nodes).toMatchObject({ x: node("Input"), sum: node("Add"), y: node("Output") });
    expect(grouped.networks.net.nodes.res).toEqual({ kind: "Block", params: { block: "res" } });
    expect(grouped.networks.net.edges).toEqual(expect.arrayContaining(wires("x.out > res.x", "res.y > b.a")));
    expect(grouped.layout["blocks.res"].conv).toEqual({ x: 0, y: 96, collapsed: true });
    expect(grouped.layout[net].res).toEqual({ x: 24, y: 240 });
    expect(codesOf(grouped)).toEqual(codesOf(residual));
    expect(weightsOf(grouped, "res.")).toEqual(weightsOf(residual));
  });

  it("taken apart again is what it was", () => {
    for (const ids of [["conv", "bn", "relu", "sum"], ["conv"], ["bn", "relu"], ["sum", "b"], ["x", "sum", "y"]]) {
      const grouped = done(residual, group(editing(residual), net, ids, "res"));
      const back = done(grouped, ungroup(editing(grouped), net, ["res"]));
      expect(unordered(back)).toEqual(unordered(residual));
    }
  });

  it("inside a block hands the parameters on", () => {
    const grouped = done(residual, group(editing(residual), "blocks.twice", ["one", "two"], "pair"));
    expect(grouped.blocks.pair.params).toEqual({ width: 4 });
    expect(grouped.blocks.twice.nodes.pair.params).toEqual({ block: "pair", with: { width: "$width" } });
    expect(weightsOf(grouped, "pair.")).toEqual(weightsOf(residual));
    expect(unordered(done(grouped, ungroup(editing(grouped), "blocks.twice", ["pair"])))).toEqual(unordered(residual));
  });

  it("keeps what is bypassed in it", () => {
    const there = done(residual, bypass(editing(residual), net, ["bn", "b"]));
    const grouped = done(there, group(editing(there), net, ["conv", "bn", "relu"], "res"));
    expect(Object.keys(bypassedOf(grouped, "blocks.res"))).toEqual(["bn"]);
    expect(Object.keys(bypassedOf(grouped, net))).toEqual(["b"]);
    expect(unordered(done(grouped, ungroup(editing(grouped), net, ["res"])))).toEqual(unordered(there));
  });

  it("of any chain of layers in a template has the same weights", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...templateGraphs.filter(({ where }) => where !== "training")),
        fc.nat(),
        fc.nat(),
        ({ name, where }, a, b) => {
          // prettier-ignore
          const document = template(name);
          const ids = Object.keys(graphOf(document, where)!.nodes);
          const [start, end] = [a % ids.length, b % ids.length].sort((l, r) => l - r);
          const chosen = ids.slice(start, end + 1);
          const edits = group(editing(document), where, chosen, "part");
          if (!edits) return void expect(whyNotGroup(editing(document), where, chosen)).toMatch(/\.$/);
          const grouped = done(document, edits);
          expect(codesOf(grouped)).toEqual(codesOf(document));
          expect(weightsOf(grouped, "part.").sort()).toEqual(weightsOf(document).sort());
          expect(unordered(done(grouped, ungroup(editing(grouped), where, ["part"])))).toEqual(unordered(document));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ["training" as const, ["z"], "Blocks are made of layers, and the training graph has none. Select layers in a network."], // prettier-ignore
    [net, ["x", "y", "gone"], "Nothing here can become a block. Select some layers first; the network's own ports stay outside."], // prettier-ignore
    [net, ["conv", "relu"], "bn lies between these layers, so the block would feed itself. Select it too, or leave some out."], // prettier-ignore
    ["networks.gone" as const, ["a"], "There is no graph networks.gone any more. Open another tab."],
  ])("in %s of %j is refused", (where, ids, why) => {
    expect(group(editing(residual), where, ids, "b")).toBeNull();
    expect(whyNotGroup(editing(residual), where, ids)).toBe(why);
  });

  it.each([
    [{ block: "b", repeat: 3 }, "b1 stands for 3 copies in a row. Set repeat to 1 first."],
    [{ block: "b", share: "s" }, "b1 shares its weights under the name s. Remove share first."],
    [{ block: "gone" }, "There is no block gone. Choose one that exists."],
  ])("given as %j cannot be taken apart", (params, why) => {
    const document = networkDocument(
      graph({ x: node("Input", vectorInput(2)), b1: node("Block", params), y: node("Output") }, "x.out > b1.x", "b1.y > y.in"), // prettier-ignore
      { b: chain([node("Linear", { out_features: 2 })]) },
    );
    expect(ungroup(editing(document), net, ["b1"])).toBeNull();
    expect(whyNotUngroup(editing(document), net, ["b1"])).toBe(why);
    expect(whyNotUngroup(editing(document), net, ["x"])).toBe("Only blocks can be taken apart. Select a block.");
  });

  it("that stands twice is taken apart at one place, and stays defined for the other", () => {
    const document = networkDocument(
      graph({ x: node("Input", vectorInput(2)), p: node("Block", { block: "b" }), q: node("Block", { block: "b" }), y: node("Output") }, "x.out > p.x", "p.y > q.x", "q.y > y.in"), // prettier-ignore
      { b: chain([node("Linear", { out_features: 2 })]) },
    );
    const once = done(document, ungroup(editing(document), net, ["p"]));
    expect(once.blocks).toHaveProperty("b");
    const twice = done(once, ungroup(editing(once), net, ["q"]));
    expect(twice.blocks).toEqual({});
    expect(Object.keys(twice.networks.net.nodes).sort()).toEqual(["0", "q.0", "x", "y"]);
    expect(codesOf(twice)).toEqual([]);
  });
});

describe("renaming", () => {
  const renamed = (document: GanDocument, result: ReturnType<typeof renameNode>) => {
    if (isRefused(result)) throw new Error(result.why);
    return applyEdits(document, result);
  };

  it("a network's port renames it wherever the network stands", () => {
    for (const name of templateNames) {
      const document = template(name);
      for (const network of Object.keys(document.networks))
        for (const id of Object.keys(document.networks[network].nodes)) {
          const changed = renamed(document, renameNode(editing(document), `networks.${network}`, id, "another"));
          expect(codesOf(changed)).toEqual(codesOf(document));
        }
    }
  });

  it("a block's port renames it wherever the block stands, bypassed or not", () => {
    const changed = renamed(residual, renameNode(editing(residual), "blocks.twice", "a", "first"));
    expect(changed.networks.net.edges).toContainEqual({ from: "sum.out", to: "b.first" });
    expect(codesOf(changed)).toEqual(codesOf(residual));
    const there = done(residual, bypass(editing(residual), net, ["b"]));
    const beside = renamed(there, renameNode(editing(there), "blocks.twice", "c", "last"));
    expect(codesOf(done(beside, bypass(editing(beside), net, ["b"])))).toEqual(codesOf(residual));
  });

  it("a graph renames it wherever it is named", () => {
    const document = template("dcgan-mnist");
    const changed = renamed(document, renameGraph(editing(document), "networks.generator", "painter"));
    expect(Object.keys(changed.networks)).toEqual(["painter", "discriminator"]);
    expect(changed.layout["networks.painter"]).toEqual(document.layout["networks.generator"]);
    expect(changed.training.nodes.g_opt.params?.trains).toEqual(["painter"]);
    expect(codesOf(changed)).toEqual(codesOf(document));
    expect(renamed(changed, renameGraph(editing(changed), "networks.painter", "generator"))).toEqual(document);
    expect(codesOf(renamed(residual, renameGraph(editing(residual), "blocks.twice", "pair")))).toEqual([]);
  });

  it.each([
    ["relu", "bn", "bn is taken already. Choose another name."],
    ["relu", "a b", '"a b" is no name for a node: use letters, digits, "_", "-" and dots between them.'],
    ["gone", "a", "There is no node gone any more. Choose another."],
  ])("%s to %s is refused", (id, to, why) => {
    expect(renameNode(editing(residual), net, id, to)).toEqual({ why });
  });

  it.each([
    ["training" as const, "a", "The training graph keeps its name. Rename the document instead."],
    [net, "a.b", '"a.b" is no name for a network or block: use letters, digits, "_" and "-".'],
    ["blocks.gone" as const, "a", "There is no graph blocks.gone any more. Open another tab."],
  ])("the graph %s to %s is refused", (where, to, why) => {
    expect(renameGraph(editing(residual), where, to)).toEqual({ why });
  });
});

describe("any commands, one after another", () => {
  const empty = documentWith({ training: { nodes: { "$x": node("Noise") }, edges: [] } }); // prettier-ignore
  const ids = fc.array(fc.constantFrom("x", "conv", "bn", "relu", "sum", "b", "y", "n1", "res", "one", "z", "fake", "__proto__", "$notes", ""), { maxLength: 4 }); // prettier-ignore
  const graphs = fc.constantFrom(net, "blocks.twice" as const, "blocks.res" as const, "training" as const, "networks.gone" as const, "networks.generator" as const); // prettier-ignore

  it("never throw, keep the analysis total, and leave no two wires at an input", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(residual, empty, template("toy-ring")),
        fc.array(fc.record({ what: fc.nat(8), where: graphs, ids, connect: fc.boolean() }), { maxLength: 7 }),
        (start, some) => {
          let document = start;
          for (const { what, where, ids, connect } of some) {
            const context = editing(document);
            const [one = "x", two = "conv"] = ids;
            const all: (() => readonly Edit[] | null)[] = [
              () => bypass(context, where, ids),
              () => group(context, where, ids, "res"),
              () => ungroup(context, where, ids),
              () => duplicate(context, where, ids, { x: 1, y: 1 }),
              () => deleteNodes(context, where, ids, { reconnect: connect }),
              () => [{ do: "add-node", graph: where, node: "n1", declaration: node("ReLU") }],
              () => putOnEdge(context, where, "n1", { from: `${one}.out`, to: `${two}.in` }),
              () => [{ do: "rename-node", graph: where, node: one, to: `${two}.n` }],
              () => [{ do: "connect", graph: where, edge: { from: `${one}.out`, to: `${two}.in` } }],
            ];
            document = applyEdits(document, all[what]() ?? []);
            const inputs = Object.values(document.networks).flatMap((held) => held.edges.map(({ to }) => to));
            if (Object.keys(document.networks).length === 1) expect(inputs).toEqual([...new Set(inputs)]);
          }
          expect(() => analyzed(document)).not.toThrow();
        },
      ),
      { numRuns: 120 },
    );
  });
});
