import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { applyEdits } from "../../../src/core/document/edits.ts";
import { emptyDocument, type BlockDeclaration, type GanDocument } from "../../../src/core/document/types.ts";
import { lower } from "../../../src/core/program/lower.ts";
import { builtInFacts } from "../../../src/datasets/catalogue.ts";
import { commonOf } from "../../../src/editor/inspector/common.ts";
import { memberWriter, paramWriter } from "../../../src/editor/inspector/form/writer.ts";
import { addParam, judgeParam, removeParam, renameParam } from "../../../src/editor/inspector/graph/block-params.ts";
import { nodeOfPath } from "../../../src/editor/inspector/graph/paths.ts";
import { shown } from "../../../src/editor/inspector/Inspector.tsx";
import { blockFields } from "../../../src/editor/inspector/node/arguments.ts";
import { barsOf } from "../../../src/editor/inspector/node/bars.ts";
import { factsOf, resolvedDefaults } from "../../../src/editor/inspector/node/facts.ts";
import { oneStepOf } from "../../../src/editor/inspector/node/oneStep.ts";
import { flopText, memoryText, startText } from "../../../src/editor/inspector/words.ts";
import { createStudio } from "../../../src/editor/model/studio.ts";
import { vocabulary } from "../../../src/kinds/index.ts";

const template = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../templates/${name}.gan.json`, import.meta.url), "utf8")) as GanDocument;
const dcgan = { ...emptyDocument(), ...template("dcgan-mnist") };
const look = (document: GanDocument) => analyze(document, vocabulary, builtInFacts);
const facts = (document: GanDocument, graph: Parameters<typeof factsOf>[3], id: string) =>
  factsOf(document, look(document), vocabulary, graph, id)!;

const residual: BlockDeclaration = {
  params: { channels: 3, slope: 0.2 },
  nodes: {
    x: { kind: "Input" },
    conv: { kind: "Conv2d", params: { out_channels: "$channels", kernel_size: 3, stride: 1, padding: 1 } },
    act: { kind: "LeakyReLU", params: { negative_slope: "$slope" } },
    y: { kind: "Output" },
  },
  edges: [
    { from: "x.out", to: "conv.in" },
    { from: "conv.out", to: "act.in" },
    { from: "act.out", to: "y.in" },
  ],
};
const withBlock: GanDocument = {
  ...emptyDocument(),
  networks: {
    g: {
      nodes: {
        z: { kind: "Input", params: { type: "image", shape: [3, 8, 8] } },
        body: { kind: "Block", params: { block: "residual", repeat: 2, with: { channels: 3 } } },
        out: { kind: "Output" },
      },
      edges: [
        { from: "z.out", to: "body.x" },
        { from: "body.y", to: "out.in" },
      ],
    },
  },
  blocks: { residual },
};

describe("what is known of a node", () => {
  it("holds the arithmetic of a layer with its numbers, and its weights by their paths", () => {
    const { arithmetic, inputs, outputs, weights, missing } = facts(dcgan, "networks.generator", "up1");
    expect(arithmetic[0]).toEqual({
      quantity: "H = W",
      formula: "(H_in − 1)·s − 2·p + d·(k − 1) + p_out + 1",
      numbers: "(7 − 1)·2 − 2·1 + 1·(4 − 1) + 0 + 1",
      result: "14",
    });
    expect([inputs[0].type?.shape, outputs[0].type?.shape]).toEqual([[128, 7, 7], [64, 14, 14]]); // prettier-ignore
    expect(weights?.rows.map(({ path }) => path)).toEqual(["up1.weight"]);
    expect(weights?.parameters).toBe(128 * 64 * 4 * 4);
    expect(missing).toBeNull();
  });

  it("says which port misses a wire", () => {
    const cut = applyEdits(dcgan, [
      { do: "disconnect", graph: "networks.generator", edge: dcgan.networks.generator.edges.find(({ to }) => to === "up1.in")! }, // prettier-ignore
    ]);
    const { arithmetic, missing } = facts(cut, "networks.generator", "up1");
    expect(arithmetic).toEqual([]);
    expect(missing).toBe("Wire something into `in` to see the numbers.");
  });

  it("inside a block is that of its first copy, with the block's parameters in their places", () => {
    const { looked, params, references, outputs } = facts(withBlock, "blocks.residual", "conv");
    expect(looked).toEqual({ network: "g", layer: "body.0.conv" });
    expect(params.out_channels).toBe(3);
    expect(references).toEqual({ channels: 3, slope: 0.2 });
    expect(outputs[0].type?.shape).toEqual([3, 8, 8]);
  });

  it("counts all layers that a block's node stands for", () => {
    const { weights } = facts(withBlock, "networks.g", "body");
    expect(weights).toMatchObject({ layers: 4, parameters: 2 * (3 * 3 * 3 * 3 + 3) });
  });

  it("tells the shape of a block that stands nowhere apart from one that is not fed", () => {
    const alone = { ...withBlock, networks: {} };
    expect(facts(alone, "blocks.residual", "conv").missing).toMatch(/stands nowhere/);
    expect(facts({ ...withBlock, networks: { g: { ...withBlock.networks.g, edges: [] } } }, "blocks.residual", "conv").missing).toMatch(/not known yet/); // prettier-ignore
  });

  it("fills in what a rule takes where the rate is left out, whatever is written now", () => {
    const [id] = Object.entries(dcgan.training.nodes).find(([, { kind }]) => vocabulary.training.get(kind)?.role === "sink")!; // prettier-ignore
    expect(resolvedDefaults(facts(dcgan, "training", id))).toMatchObject({ lr: 0.001, weight_decay: 0 });
  });
});

describe("one step", () => {
  const program = lower(dcgan, look(dcgan))!;
  it("of the generator passes the discriminator and a loss", () => {
    const step = oneStepOf(program, "g_opt", vocabulary)!;
    expect(step.chain.map(({ name }) => name)).toEqual(["generator", "discriminator", "GANLoss"]);
    expect(step).toMatchObject({ trains: ["generator"], position: 2, of: 2, steps: 1 });
  });
  it("of the discriminator takes no gradient of the generator", () => {
    const step = oneStepOf(program, "d_opt", vocabulary)!;
    expect(step.chain).toEqual([{ name: "discriminator", times: 2 }, { name: "GANLoss", times: 1 }]); // prettier-ignore
  });
  it("is unknown of what trains nothing", () => expect(oneStepOf(program, "nobody", vocabulary)).toBeNull());
});

describe("a block's parameters", () => {
  it("take their fields from the nodes inside that use them", () => {
    const { channels, slope } = blockFields(withBlock, "blocks.residual", vocabulary);
    expect(channels).toMatchObject({ widget: "integer", default: 3, help: "Taken as conv.out_channels" });
    expect(channels.read(0)).toBeUndefined();
    expect(slope).toMatchObject({ widget: "number", default: 0.2 });
  });
  it("are renamed inside and wherever the block stands", () => {
    const after = applyEdits(withBlock, renameParam(withBlock, "blocks.residual", "channels", "width", vocabulary));
    expect(after.blocks.residual.params).toEqual({ width: 3, slope: 0.2 });
    expect(after.blocks.residual.nodes.conv.params?.out_channels).toBe("$width");
    expect(after.networks.g.nodes.body.params?.with).toEqual({ width: 3 });
    expect(look(after).diagnostics).toEqual(look(withBlock).diagnostics);
  });
  it("leave their value behind when they are removed", () => {
    const after = applyEdits(withBlock, removeParam(withBlock, "blocks.residual", "channels", vocabulary));
    expect(after.blocks.residual.params).toEqual({ slope: 0.2 });
    expect(after.blocks.residual.nodes.conv.params?.out_channels).toBe(3);
    expect(after.networks.g.nodes.body.params).toEqual({ block: "residual", repeat: 2 });
  });
  it("are added under a free name, and named with letters first", () => {
    const after = applyEdits(withBlock, addParam(withBlock, "blocks.residual"));
    expect(after.blocks.residual.params).toEqual({ channels: 3, slope: 0.2, channels2: 64 });
    expect(judgeParam(withBlock, "blocks.residual", "slope")).toMatch(/taken/);
    expect(judgeParam(withBlock, "blocks.residual", "2d")).toMatch(/no name/);
    expect(judgeParam(withBlock, "blocks.residual", "depth")).toBeNull();
  });
});

describe("writing", () => {
  const edited = () => {
    const studio = createStudio(dcgan, builtInFacts);
    const params = () => studio.store.getState().document.networks.generator.nodes.up1.params ?? {};
    return { studio, params, writer: paramWriter(studio, "networks.generator", ["up1"], "out_channels") };
  };
  it("what is typed in one field is one entry", () => {
    const { studio, params, writer } = edited();
    writer.begin();
    for (const value of [9, 96]) writer.set(value, true);
    writer.seal();
    expect(studio.store.getState().past.map(({ label }) => label)).toEqual(["Set out_channels"]);
    studio.undo();
    expect(params().out_channels).toBe(64);
  });
  it("is taken back to where it began, and what was before it stays", () => {
    const { studio, params, writer } = edited();
    writer.set(32);
    writer.begin();
    writer.set(9, true);
    writer.restore();
    expect(params().out_channels).toBe(32);
    writer.restore();
    expect(studio.store.getState().past).toHaveLength(1);
  });
  it("a group whose members are all defaults is left out", () => {
    const { params, writer } = edited();
    let held: Record<string, unknown> = { over: 5 };
    memberWriter(writer, {}, "over", () => held).set(undefined);
    expect(params()).not.toHaveProperty("out_channels");
    held = { over: 5, every: 2 };
    memberWriter(writer, {}, "over", () => held).set(7);
    expect(params().out_channels).toEqual({ over: 7, every: 2 });
  });
});

it("several nodes share what they say alike, in whatever way it is written", () => {
  const kind = vocabulary.network.get("Conv2d");
  const node = (params: Record<string, unknown>) => ({ kind, declaration: { kind: "Conv2d", params } });
  const common = commonOf([node({ kernel_size: 3, padding: 1 }), node({ kernel_size: [3, 3], padding: 2 })])!;
  expect(common.written).toEqual({ kernel_size: 3 });
  expect([...common.mixed]).toEqual(["padding"]);
  expect(commonOf([node({}), { kind: undefined, declaration: { kind: "?" } }])).toBeNull();
});

it("nodes are shown before wires, and the graph where nothing is selected", () => {
  const state = (nodes: string[], edges: string[]) =>
    shown({ document: dcgan, tab: "networks.generator", selection: { nodes: new Set(nodes), edges: new Set(edges) } });
  const { from, to } = dcgan.networks.generator.edges[0];
  expect(state(["up1"], [`${from} > ${to}`])).toMatchObject({ show: "node", ids: "up1" });
  expect(state(["up1", "fc"], [])).toMatchObject({ show: "several" });
  expect(state(["gone"], [`${from} > ${to}`])).toMatchObject({ show: "wires" });
  expect(state([], [])).toMatchObject({ show: "graph" });
});

it("a layer's path leads to the node of the graph that is shown", () => {
  expect(nodeOfPath("body.0.conv", { body: 1 })).toBe("body");
  expect(nodeOfPath("main.3.conv", { "main.3": 1, main: 1 })).toBe("main.3");
  expect(nodeOfPath("other", { body: 1 })).toBeNull();
});

it("numbers have units", () => {
  expect([flopText(2_508_800), flopText(830), flopText(999_600)]).toEqual(["2.5 MFLOP", "830 FLOP", "1 MFLOP"]);
  expect(memoryText(45 * 2 ** 20)).toBe("45 MB");
  expect(startText({ type: "normal", mean: 0, std: 0.02 })).toBe("N(0, 0.02)");
  expect(startText({ type: "uniform", low: -0.1, high: 0.1 })).toBe("U(−0.1, 0.1)");
});

it("bars of a histogram stand between its least and its most", () => {
  const histogram = { name: "w", shape: [4], least: -1, most: 3, mean: 1, deviation: 0.5, counts: new Float32Array([1, 4]) }; // prettier-ignore
  const { bars, zero, centre, low, high } = barsOf(histogram, 10);
  expect(bars.map(({ height }) => height)).toEqual([5, 10]);
  expect([zero, centre, low, high]).toEqual([25, 50, 37.5, 62.5]);
  expect(barsOf({ ...histogram, least: 2, most: 2, mean: 2 }, 10).centre).toBe(50);
});
