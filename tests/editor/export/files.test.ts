/** What the export sheet writes and says: names, sizes, snippets that fit a network, and the picture of a proof. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { parse } from "../../../src/core/document/parse.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import { weightsOf, type Weight } from "../../../src/core/program/weights.ts";
import { builtInFacts } from "../../../src/datasets/catalogue.ts";
import { factsOf, fedInputs, parametersOf, type Facts } from "../../../src/editor/export/facts.ts";
import { drawable, svgFile, svgSize } from "../../../src/editor/export/figures.ts";
import { documentFileName, exportName } from "../../../src/editor/export/names.ts";
import { onnxSize, sizeText, weightsSize } from "../../../src/editor/export/sizes.ts";
import { onnxSnippets, safetensorsSnippet } from "../../../src/editor/export/snippets.ts";
import { barsOf, powerOfTen, smallNumber } from "../../../src/editor/export/spread.ts";
import { pointsCsv } from "../../../src/editor/export/samples.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { encodeCheckpointWeights } from "../../../src/session/checkpoint.ts";
import { readEmbedded } from "../../../src/targets/figure/figure.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";

const textOf = (name: string) =>
  readFileSync(path.resolve(import.meta.dirname, `../../../templates/${name}.gan.json`), "utf8");
const documentOf = (name: string): GanDocument => parse(textOf(name)).document!;
const facts = (document: GanDocument): Facts => factsOf(document, analyze(document, vocabulary, builtInFacts));
const fresh = (network: Facts["networks"][number]) =>
  new Map(
    weightsOf(network).map(({ path: name, shape }): [string, Weight] => [
      name,
      { shape, data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)).fill(0.5) },
    ]),
  );

describe("networks to export", () => {
  it("begin with the one that is sampled", () => {
    const document = documentOf("dcgan-mnist");
    const turned = { ...document, networks: Object.fromEntries(Object.entries(document.networks).reverse()) };
    expect(Object.keys(turned.networks)[0]).toBe("discriminator");
    expect(facts(turned).networks.map(({ name }) => name)).toEqual(["generator", "discriminator"]);
  });

  it("are those without errors of their own", () => {
    const document = documentOf("toy-ring");
    const broken = {
      ...document,
      networks: { ...document.networks, generator: { ...document.networks.generator, edges: [] } },
    };
    const { program, networks } = facts(broken);
    expect(program).toBeNull();
    expect(networks.map(({ name }) => name)).toEqual(["discriminator"]);
  });

  it("may be the whole way to the sample, fed as the sources draw", () => {
    const { sampler, program } = facts(documentOf("toy-ring"));
    expect(fedInputs(sampler!, program)).toEqual([
      { name: "z", shape: [16], values: { from: "normal", mean: 0, std: 1 } },
    ]);
    const codes = facts(documentOf("infogan"));
    const fed = fedInputs(codes.sampler!, codes.program).map(({ values }) => values.from);
    expect([...new Set(fed)].sort()).toEqual(["classes", "uniform"]);
    const { training, ...document } = documentOf("toy-ring");
    expect(facts({ ...document, training: { nodes: {}, edges: [] } }).sampler).toBeNull();
    expect(training.nodes).not.toEqual({});
  });

  it("count the parameters that train", () => {
    expect(parametersOf(facts(documentOf("toy-ring")).networks[0])).toBe(18_946);
  });
});

describe("file names", () => {
  it("say the document and the network", () => {
    expect(exportName("DCGAN on MNIST", "generator", "onnx")).toBe("dcgan-on-mnist-generator.onnx");
    expect(exportName("Ölgemälde", "G 2", "svg")).toBe("olgemalde-g-2.svg");
    expect(documentFileName("")).toBe("untitled.gan.json");
  });
});

describe("sizes", () => {
  it.each(["float32", "float16", "int8"] as const)("of %s files are about what is written", (storage) => {
    for (const name of ["toy-ring", "dcgan-mnist"]) {
      const [network] = facts(documentOf(name)).networks;
      const text = textOf(name);
      const bytes = writeOnnx(network, fresh(network), {
        producerVersion: "0",
        weights: storage,
        metadata: { "ganvas.document": text },
      });
      expect(onnxSize(network, storage, text) / bytes.length).toBeGreaterThan(0.9);
      expect(onnxSize(network, storage, text) / bytes.length).toBeLessThan(1.1);
    }
  });

  it("of weights are those of the safetensors file without its header", () => {
    const [network] = facts(documentOf("toy-ring")).networks;
    const { length } = encodeCheckpointWeights(fresh(network));
    expect(length - weightsSize(network, "float32")).toBeGreaterThan(0);
    expect(length - weightsSize(network, "float32")).toBeLessThan(1000);
  });

  it.each([
    [980, "980\u2009B"],
    [24_300, "24\u2009kB"],
    [7_130_000, "7.1\u2009MB"],
    [999_900, "1\u2009MB"],
    [123_456_789, "123\u2009MB"],
  ])("of %i bytes read %s", (bytes, text) => expect(sizeText(bytes)).toBe(text));
});

describe("snippets", () => {
  it("feed what the sampler draws, by the network's own names and shapes", () => {
    const { networks, program } = facts(documentOf("toy-ring"));
    const [python, script] = onnxSnippets("ring.onnx", fedInputs(networks[0], program), ["x"]);
    expect(python.code).toContain(`z = np.random.normal(0, 1, (16, 16)).astype(np.float32)`);
    expect(python.code).toContain(`x, = session.run(["x"], {"z": z})`);
    expect(script.code).toContain(
      `const z = new ort.Tensor("float32", Float32Array.from({ length: 16 * 16 }, normal), [16, 16]);`,
    );
    expect(script.code).toContain("const { x } = await session.run({ z });");
  });

  it("feed images and classes too", () => {
    const inputs = [
      { name: "image", shape: [3, 64, 64], values: { from: "uniform", low: -1, high: 1 } },
      { name: "class", shape: [], values: { from: "classes", count: 10 } },
    ] as const;
    const [python, script] = onnxSnippets("d.onnx", inputs, ["score", "label.1"]);
    expect(python.code).toContain("image = np.random.uniform(-1, 1, (16, 3, 64, 64)).astype(np.float32)");
    expect(python.code).toContain("class_ = np.random.randint(10, size=(16,))");
    expect(python.code).toContain(
      `score, label_1 = session.run(["score", "label.1"], {"image": image, "class": class_})`,
    );
    expect(script.code).toContain("[16, 3, 64, 64]");
    expect(script.code).toContain(
      `const { score, "label.1": label_1 } = await session.run({ image, "class": class_ });`,
    );
    expect(script.code).not.toContain("normal");
  });

  it.each([
    ["normal", { mean: 1, std: 2 }, "() => 1 + 2 * normal()"],
    ["uniform", { low: 0, high: 3 }, "() => 0 + 3 * Math.random()"],
  ])("draw %s noise as the document says", (distribution, params, drawn) => {
    const document = documentOf("toy-ring");
    const [id, noise] = Object.entries(document.training.nodes).find(([, { kind }]) => kind === "Noise")!;
    const nodes = {
      ...document.training.nodes,
      [id]: { ...noise, params: { ...noise.params, distribution, ...params } },
    };
    const { networks, program } = facts({ ...document, training: { ...document.training, nodes } });
    expect(onnxSnippets("f.onnx", fedInputs(networks[0], program), ["x"])[1].code).toContain(drawn);
  });

  it("are JavaScript that parses", () => {
    for (const name of ["toy-ring", "dcgan-64"]) {
      const { networks, program } = facts(documentOf(name));
      for (const network of networks) {
        const names = network.outputs.map((output) => output.name);
        const { code } = onnxSnippets("f.onnx", fedInputs(network, program), names)[1];
        const body = code.replace(/^import .*\n/, "");
        expect(() => new Function("ort", `return async () => {${body}}`)).not.toThrow();
      }
    }
  });

  it("load weights into a module of the network's name", () => {
    expect(safetensorsSnippet("w.safetensors", "my-net").code).toContain("my_net.load_state_dict(state)");
  });
});

describe("the picture of a proof", () => {
  const spread = [Number.MIN_VALUE, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, Infinity].map(
    (below, index) => ({ below, count: index === 3 ? 10 : index === 0 ? 5 : 0 }),
  );

  it("has a bar for each decade, and the tolerance where it lies", () => {
    const { bars, limit } = barsOf(spread, 1e-4);
    expect(bars.map(({ part }) => part)).toEqual([0.5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(limit).toBeCloseTo(6);
    expect(barsOf(spread, 2e-2).limit).toBeCloseTo(8 + Math.log10(2));
    expect(barsOf(spread, 0.5).limit).toBeCloseTo(9 + Math.log10(5));
  });

  it("writes small numbers short", () => {
    expect([2.4e-6, 1e-4, 0.02, 0.5, 0, 1.96e-5].map(smallNumber)).toEqual([
      "2.4e-6",
      "1e-4",
      "0.02",
      "0.5",
      "0",
      "2e-5",
    ]);
    expect(powerOfTen(1e-6)).toBe("10⁻⁶");
  });
});

describe("figures", () => {
  it("hold the document and say their size", () => {
    const { program } = facts(documentOf("dcgan-mnist"));
    const text = textOf("dcgan-mnist");
    const svg = svgFile(program!, { what: "generator", theme: "print" }, text);
    expect(JSON.parse(readEmbedded(svg)!)).toEqual(JSON.parse(text));
    const [width, height] = svgSize(svg);
    expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
    expect(drawable([width, height], 3)).toBe(true);
    expect(drawable([900, 9000], 2)).toBe(false);
  });
});

describe("points", () => {
  it("are a row each", () => {
    const sheet = {
      count: 2,
      type: "vector",
      shape: [2],
      pixels: null,
      points: Float32Array.of(0.5, 1, -2, 0.1),
      scores: null,
    } as const;
    expect(pointsCsv(sheet)).toBe("x0,x1\r\n0.5,1\r\n-2,0.100000001\r\n");
  });
});
