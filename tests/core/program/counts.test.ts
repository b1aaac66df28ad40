/** Published and hand-computed numbers of parameters and FLOPs. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/document/parse.ts";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { summarize, type NetworkSummary } from "../../../src/targets/summary/summary.ts";
import { analyzed, chain, graph, imageInput, lowered, networkDocument, node, template, vectorInput } from "../../helpers/documents.ts"; // prettier-ignore

/** Published architectures that are no templates. */
const architecture = (name: string): GanDocument =>
  parse(readFileSync(new URL(`../../architectures/${name}.gan.json`, import.meta.url), "utf8")).document!;
const summaryOf = (name: string) => summarize(lowered(template(name))).networks;
const layersOf = ({ layers }: NetworkSummary, kind: string) =>
  layers.filter((layer) => layer.kind === kind).map(({ parameters }) => parameters);
const ofChain = (stated: Readonly<Record<string, unknown>>, ...layers: readonly NodeDeclaration[]) =>
  summarize(lowered(networkDocument(chain(layers, stated)))).networks.net;

describe("trainable parameters", () => {
  it.each([
    ["vanilla-mnist", 114_064, 100_609],
    ["dcgan-mnist", 759_681, 138_689],
    ["dcgan-64", 3_576_704, 2_765_568],
    ["toy-1d", 1, 2],
    ["toy-ring", 18_946, 17_025],
    ["pix2pix-paper", 54_413_955, 2_768_705],
    ["infogan-paper", 6_645_121, 6_691_151],
  ])("of %s are %i in the generator and %i in the discriminator", (name, generator, discriminator) => {
    const networks = summaryOf(name);
    expect(networks.generator).toMatchObject({ parameters: generator, trainable: generator });
    expect(networks.discriminator).toMatchObject({ parameters: discriminator, trainable: discriminator });
    const analysis = analyzed(template(name));
    expect([...analysis.networks.values()].map(({ parameters }) => parameters)).toEqual([discriminator, generator]);
  });

  it("of CycleGAN are 11,378,179 and 2,764,737 in each of its two networks", () => {
    const { a_to_b, b_to_a, judge_a, judge_b } = summaryOf("cyclegan-paper");
    expect([a_to_b, b_to_a].map(({ trainable }) => trainable)).toEqual([11_378_179, 11_378_179]);
    expect([judge_a, judge_b].map(({ trainable }) => trainable)).toEqual([2_764_737, 2_764_737]);
  });

  it.each([
    ["unet_128", { generator: 41_828_995 }],
    ["resnet_6", { generator: 7_837_699 }],
    ["resnet_9-affine", { generator: 11_388_675 }],
    ["srresnet", { generator: 1_549_462 }],
    ["acgan-mnist", { generator: 2_657_321, discriminator: 525_835 }],
  ])("of %s, a document of tests/architectures, are those of its reference", (name, counts) => {
    const { networks } = summarize(lowered(architecture(name)));
    expect(Object.fromEntries(Object.entries(networks).map(([each, { trainable }]) => [each, trainable]))).toEqual(
      counts,
    );
  });

  it("of DCGAN's generator are those of the lecture's table, layer by layer", () => {
    const { generator } = summaryOf("dcgan-64");
    expect(layersOf(generator, "ConvTranspose2d")).toEqual([819_200, 2_097_152, 524_288, 131_072, 3_072]);
    expect(layersOf(generator, "BatchNorm2d")).toEqual([1_024, 512, 256, 128]);
  });

  it("of the PatchGAN on six channels are 2,768,705", () => {
    const conv = (out_channels: number, stride: number, bias: boolean) =>
      node("Conv2d", { out_channels, stride, bias });
    const middle = [conv(128, 2, false), conv(256, 2, false), conv(512, 1, false)].flatMap((each) => [
      each,
      node("BatchNorm2d"),
      node("LeakyReLU"),
    ]);
    expect(
      ofChain(imageInput(6, 256, 256), conv(64, 2, true), node("LeakyReLU"), ...middle, conv(1, 1, true)).parameters,
    ).toBe(2_768_705);
  });

  it("of StyleGAN's mapping network, eight layers of 512, are 2,101,248", () => {
    const layer = chain([node("Linear", { out_features: 512 }), node("LeakyReLU", { negative_slope: 0.2 })]);
    const net = graph({ x: node("Input", vectorInput(512)), mapping: node("Block", { block: "layer", repeat: 8 }), y: node("Output") }, "x.out > mapping.x", "mapping.y > y.in"); // prettier-ignore
    expect(summarize(lowered(networkDocument(net, { layer }))).networks.net.parameters).toBe(2_101_248);
  });

  it("do not count what running statistics hold, nor a shared weight twice", () => {
    expect(ofChain(imageInput(5, 2, 2), node("BatchNorm2d")).parameters).toBe(10);
    const net = graph(
      { x: node("Input", vectorInput(2)), b: node("Block", { block: "b", repeat: 4, share: "s" }), y: node("Output") },
      "x.out > b.x",
      "b.y > y.in",
    );
    const shared = networkDocument(net, { b: chain([node("Linear", { out_features: 2 })]) });
    expect(summarize(lowered(shared)).networks.net.parameters).toBe(6);
  });

  it("are trainable only where an optimizer trains their network", () => {
    const document = template("toy-ring");
    const { d_opt: _, ...nodes } = document.training.nodes;
    const edges = document.training.edges.filter(({ to }) => to !== "d_opt.loss");
    const { networks } = summarize(lowered({ ...document, training: { ...document.training, nodes, edges } }));
    expect(networks.discriminator).toMatchObject({ parameters: 17_025, trainable: 0 });
    expect(networks.generator.trainable).toBe(18_946);
  });
});

describe("FLOPs of one sample's forward pass", () => {
  it.each([
    ["Linear 3 → 2 with bias: 2·3·2 + 2", vectorInput(3), node("Linear", { out_features: 2 }), 14],
    ["Linear 3 → 2 without", vectorInput(3), node("Linear", { out_features: 2, bias: false }), 12],
    [
      "Conv2d 1 → 2, 4×4 to 2×2, kernel 4: 8 outputs of 2·16 + 1",
      imageInput(1, 4, 4),
      node("Conv2d", { out_channels: 2 }),
      264,
    ],
    [
      "Conv2d 4 → 4 in two groups, 1×1: 36 outputs of 2·2 + 1",
      imageInput(4, 3, 3),
      node("Conv2d", { out_channels: 4, kernel_size: 1, stride: 1, padding: 0, groups: 2 }),
      180,
    ],
    [
      "ConvTranspose2d 1 → 1, 2×2 to 4×4, kernel 4: 4 inputs of 2·16, 16 offsets",
      imageInput(1, 2, 2),
      node("ConvTranspose2d", { out_channels: 1 }),
      144,
    ],
    ["BatchNorm2d: two each", imageInput(3, 2, 2), node("BatchNorm2d"), 24],
    ["ReLU: one each", imageInput(3, 2, 2), node("ReLU"), 12],
    ["Flatten: none", imageInput(3, 2, 2), node("Flatten"), 0],
  ] as const)("%s", (_, stated, layer, flops) => {
    expect(ofChain(stated, layer).flops).toBe(flops);
  });

  it("of a whole network are the sum of its layers'", () => {
    for (const summary of Object.values(summaryOf("dcgan-mnist")))
      expect(summary.flops).toBe(summary.layers.reduce((sum, layer) => sum + layer.flops, 0));
  });

  it("of DCGAN's generator: 2 × multiply-adds over its input positions", () => {
    const transposed = 2 * 16 * (100 * 512 + 16 * 512 * 256 + 64 * 256 * 128 + 256 * 128 * 64 + 1024 * 64 * 3);
    const normalized = 2 * (512 * 16 + 256 * 64 + 128 * 256 + 64 * 1024);
    const activated = 512 * 16 + 256 * 64 + 128 * 256 + 64 * 1024 + 3 * 4096;
    expect(summaryOf("dcgan-64").generator.flops).toBe(transposed + normalized + activated);
  });
});
