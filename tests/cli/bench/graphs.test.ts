import { describe, expect, it } from "vitest";
import { compile } from "../../../src/cli/bench/cases.ts";
import { chainDocument, graphNetwork, wideDocument } from "../../../src/cli/bench/graphs.ts";
import { sizedGan } from "../../../src/cli/bench/growing.ts";
import { networkTwin } from "../../../src/cli/bench/pytorch/twin.ts";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { lower } from "../../../src/core/program/lower.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { template, lowered } from "../../helpers/documents.ts";

const networkOf = (document: ReturnType<typeof chainDocument>) =>
  lower(
    document,
    analyze(document, vocabulary, () => null),
    { network: graphNetwork },
  )!.networks[0];

describe("a document of so many layers", () => {
  it("in a row is a chain, each layer taking the one before it", () => {
    const { instructions } = networkOf(chainDocument(50));
    expect(instructions).toHaveLength(50);
    expect(instructions[0].outputs[0].type.shape).toEqual([16, 28, 28]);
    instructions.slice(1).forEach(({ inputs }, at) => expect(inputs[0].value).toBe(instructions[at].id));
  });

  it("side by side is branches of one image under one sum", () => {
    const { instructions } = networkOf(wideDocument(50));
    expect(instructions).toHaveLength(51);
    expect(instructions.slice(0, 50).map(({ inputs }) => inputs[0].value)).toEqual(Array(50).fill("x"));
    expect(instructions[50].inputs).toHaveLength(50);
  });

  it("gives every node a place of its own", () => {
    for (const { networks, layout } of [chainDocument(130), wideDocument(130)]) {
      const places = Object.values(layout["networks.large"]).map((place) => JSON.stringify(place));
      expect(new Set(places).size).toBe(Object.keys(networks.large.nodes).length);
    }
  });
});

describe("a GAN of a chosen size", () => {
  const parametersOf = (size: Parameters<typeof sizedGan>[0]) =>
    compile(sizedGan(size)).networks.map(({ instructions }) =>
      instructions
        .flatMap(({ weights }) => weights)
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    );

  it("trains both networks on images of that size", () => {
    const { training, networks } = compile(sizedGan({ width: 8, depth: 3, image: 16 }));
    expect(training!.iteration.map(({ optimizer }) => optimizer).sort()).toEqual(["d_opt", "g_opt"]);
    const generator = networks.find(({ name }) => name === "generator")!;
    expect(generator.outputs[0].type.shape).toEqual([1, 16, 16]);
  });

  it("has a 3×3 convolution more in each network for each of its depth", () => {
    const [less, more] = [2, 3].map((depth) => parametersOf({ width: 8, depth, image: 16 }));
    expect(more.map((count, at) => count - less[at])).toEqual([8 * 8 * 9 + 8, 8 * 8 * 9 + 8]);
  });
});

describe("a network as PyTorch is to build it", () => {
  const twin = (name: string, network: string) =>
    networkTwin(lowered(template(name)).networks.find((each) => each.name === network)!);

  it("is a class of modules and expressions, with a place for each weight", () => {
    const { source, name, weights } = twin("vanilla-mnist", "generator");
    expect(
      source
        .slice(source.indexOf("class"))
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual([
      "class Network_generator(nn.Module):",
      "def __init__(self):",
      ...["super().__init__()", "self.l0 = nn.Linear(100, 128)", "self.l1 = nn.LeakyReLU(0.01)"],
      ...["self.l2 = nn.Linear(128, 784)", "self.l3 = nn.Tanh()"],
      "def forward(self, v0):",
      ...["v1 = self.l0(v0)", "v2 = self.l1(v1)", "v3 = self.l2(v2)", "v4 = self.l3(v3)"],
      ...["v5 = v4.reshape(-1, 1, 28, 28)", "return v5", ""],
    ]);
    expect(name).toBe("Network_generator");
    expect(weights).toEqual({
      ...{ "main.0.weight": "l0.weight", "main.0.bias": "l0.bias" },
      ...{ "main.2.weight": "l2.weight", "main.2.bias": "l2.bias" },
    });
  });

  it("lets a vector enter as an image of one pixel, of any batch", () => {
    expect(twin("dcgan-64", "generator").source).toContain("(v0.reshape(-1, 100, 1, 1))");
  });
});
