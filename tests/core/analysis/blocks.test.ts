import { describe, expect, it } from "vitest";
import type { NetworkAnalysis } from "../../../src/core/analysis/network.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import { globalName, weightsOf } from "../../../src/core/program/weights.ts";
import { analyzed, chain, codesOf, documentWith, graph, imageInput, lowered, networkDocument, node, vectorInput } from "../../helpers/documents.ts"; // prettier-ignore

const netOf = (document: GanDocument): NetworkAnalysis => {
  const analysis = analyzed(document);
  expect(analysis.diagnostics).toEqual([]);
  return analysis.networks.get("net")!;
};
const pathsOf = ({ layers }: NetworkAnalysis) => layers.map(({ path }) => path);
const weightPathsOf = ({ layers }: NetworkAnalysis) => layers.flatMap(({ weights }) => weights.map(({ path }) => path));

/** x → conv1 → conv2 → + x: a residual block. */
const residual = {
  params: { channels: 8 },
  ...graph(
    { x: node("Input"), conv1: node("Conv2d", { out_channels: "$channels", kernel_size: 3, stride: 1, bias: false }), conv2: node("Conv2d", { out_channels: "$channels", kernel_size: 3, stride: 1, bias: false }), sum: node("Add"), y: node("Output") },
    ...["x.out > conv1.in", "conv1.out > conv2.in", "conv2.out > sum.in.0", "x.out > sum.in.1", "sum.out > y.in"],
  ),
}; // prettier-ignore
const withBlock = (params: object, stated = imageInput(8, 4, 4), blocks: GanDocument["blocks"] = { residual }) =>
  networkDocument(
    graph(
      { x: node("Input", stated), blocks: node("Block", { block: "residual", ...params }), y: node("Output") },
      "x.out > blocks.x",
      "blocks.y > y.in",
    ),
    blocks,
  );

describe("a block", () => {
  it("puts its layers under the path of its node", () => {
    expect(pathsOf(netOf(withBlock({})))).toEqual(["blocks.conv1", "blocks.conv2", "blocks.sum"]);
  });

  it("that repeats has numbered copies with weights of their own", () => {
    const net = netOf(withBlock({ repeat: 4 }));
    expect(weightPathsOf(net)).toEqual(
      [0, 1, 2, 3].flatMap((copy) => [`blocks.${copy}.conv1.weight`, `blocks.${copy}.conv2.weight`]),
    );
    expect(net.parameters).toBe(4 * 2 * 8 * 8 * 9);
  });

  it("chains its copies: each takes what the one before gives", () => {
    const { instructions, outputs } = lowered(withBlock({ repeat: 3 })).networks[0];
    const inputs = Object.fromEntries(instructions.map(({ id, inputs }) => [id, inputs.map(({ value }) => value)]));
    expect(inputs["blocks.0.conv1"]).toEqual(["x"]);
    expect(inputs["blocks.2.conv1"]).toEqual(["blocks.1.sum"]);
    expect(inputs["blocks.2.sum"]).toEqual(["blocks.2.conv2", "blocks.1.sum"]);
    expect(outputs[0].value).toBe("blocks.2.sum");
  });

  it("takes parameters, and its defaults where none are given", () => {
    expect(netOf(withBlock({})).parameters).toBe(2 * 8 * 8 * 9);
    expect(netOf(withBlock({ with: { channels: 5 } }, imageInput(5, 4, 4))).parameters).toBe(2 * 5 * 5 * 9);
  });

  it("hands parameters on to the blocks in it, also inside lists", () => {
    const shaped = {
      params: { size: 2 },
      ...chain([node("Linear", { out_features: 12 }), node("Reshape", { shape: [3, "$size", "$size"] })]),
    };
    const outer = {
      params: { side: 2 },
      ...graph(
        { x: node("Input"), inner: node("Block", { block: "shaped", with: { size: "$side" } }), y: node("Output") },
        "x.out > inner.x",
        "inner.y > y.in",
      ),
    };
    const net = netOf(withBlock({ block: "outer" }, vectorInput(5), { shaped, outer }));
    expect(net.outputs[0].type).toEqual({ type: "image", shape: [3, 2, 2] });
    expect(pathsOf(net)).toEqual(["blocks.inner.0", "blocks.inner.1"]);
  });

  it("shows what flows through its own ports", () => {
    const { types } = netOf(withBlock({ repeat: 2 }));
    expect(types.get("blocks.y")).toEqual({ type: "image", shape: [8, 4, 4] });
    expect(types.get("blocks.1.x.out")).toEqual({ type: "image", shape: [8, 4, 4] });
  });

  it("has several inputs and outputs by name", () => {
    const swap = graph(
      { a: node("Input"), b: node("Input"), c: node("Output"), d: node("Output") },
      "a.out > d.in",
      "b.out > c.in",
    );
    const net = graph({ x: node("Input", vectorInput(2)), z: node("Input", vectorInput(3)), swap: node("Block", { block: "swap" }), y: node("Output"), w: node("Output") }, "x.out > swap.a", "z.out > swap.b", "swap.c > y.in", "swap.d > w.in"); // prettier-ignore
    expect(netOf(networkDocument(net, { swap })).outputs).toEqual([
      { name: "w", type: { type: "vector", shape: [2] }, value: "x.out" },
      { name: "y", type: { type: "vector", shape: [3] }, value: "z.out" },
    ]);
  });

  it("is told once of a mistake inside it, not once a copy", () => {
    const broken = chain([node("Conv2d", { groups: 3 })]);
    expect(codesOf(withBlock({ repeat: 5 }, imageInput(8, 32, 32), { residual: broken }))).toEqual(["groups-divide"]);
  });

  it("that stands nowhere is judged all the same", () => {
    const broken = chain([node("Conv2d", { out_channels: -1 }), node("Liner")]);
    expect(codesOf(documentWith({ blocks: { broken } }))).toEqual(["param-value", "unknown-kind"]);
  });

  it("refuses an argument that it has no parameter for, each one", () => {
    expect(codesOf(withBlock({ with: { width: 1, depth: 2 } }))).toEqual(["block-argument", "block-argument"]);
  });
});

describe("shared blocks", () => {
  const block = chain([node("Linear", { out_features: 2 })]);
  const twice = (share: string | null) => graph({ x: node("Input", vectorInput(2)), a: node("Block", { block: "b", share }), b: node("Block", { block: "b", share }), y: node("Output") }, "x.out > a.x", "a.y > b.x", "b.y > y.in"); // prettier-ignore

  it("have their weights once, under the name of the share", () => {
    const net = netOf(networkDocument(twice("flow"), { b: block }));
    expect(weightPathsOf(net)).toEqual(["flow.0.weight", "flow.0.bias", "flow.0.weight", "flow.0.bias"]);
    expect(net.parameters).toBe(6);
    expect(netOf(networkDocument(twice(null), { b: block })).parameters).toBe(12);
  });

  it("tie the copies of a repeated block", () => {
    const net = graph(
      {
        x: node("Input", vectorInput(2)),
        a: node("Block", { block: "b", share: "flow", repeat: 3 }),
        y: node("Output"),
      },
      "x.out > a.x",
      "a.y > y.in",
    );
    expect(netOf(networkDocument(net, { b: block })).parameters).toBe(6);
  });

  it("share across networks, by one name in the whole program", () => {
    const program = lowered(
      documentWith({ networks: { there: twice("flow"), back: twice("flow") }, blocks: { b: block } }),
    );
    const names = program.networks.map((network) =>
      weightsOf(network).map((weight) => globalName(network.name, weight)),
    );
    expect(names).toEqual([["shared/flow.0.weight", "shared/flow.0.bias"], ["shared/flow.0.weight", "shared/flow.0.bias"]]); // prettier-ignore
  });

  it("keep the blocks inside them apart, whatever dots their names hold", () => {
    const outer = graph({ x: node("Input"), "a.c": node("Block", { block: "b" }), "b.c": node("Block", { block: "b" }), y: node("Output") }, "x.out > a.c.x", "a.c.y > b.c.x", "b.c.y > y.in"); // prettier-ignore
    const net = graph(
      { x: node("Input", vectorInput(2)), o: node("Block", { block: "outer", share: "s" }), y: node("Output") },
      "x.out > o.x",
      "o.y > y.in",
    );
    expect(new Set(weightPathsOf(netOf(networkDocument(net, { b: block, outer }))))).toEqual(
      new Set(["s.a.c.0.weight", "s.a.c.0.bias", "s.b.c.0.weight", "s.b.c.0.bias"]),
    );
  });

  it("collide with no other weight under their name", () => {
    const net = graph({ x: node("Input", vectorInput(2)), "flow.0": node("Linear", { out_features: 2 }), b: node("Block", { block: "b", share: "flow" }), y: node("Output") }, "x.out > flow.0.in", "flow.0.out > b.x", "b.y > y.in"); // prettier-ignore
    expect(codesOf(networkDocument(net, { b: block }))).toEqual(["path-clash"]);
  });
});
