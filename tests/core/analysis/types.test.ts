/** What flows on the wires, the weights of layers, and what networks are fed. */
import { describe, expect, it } from "vitest";
import { printType, type PortType } from "../../../src/core/kind/ports.ts";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { analyzed, chain, codesOf, documentWith, graph, imageInput, lowered, networkDocument, node, template, vectorInput } from "../../helpers/documents.ts"; // prettier-ignore

/** The type after each layer of a chain. */
const along = (stated: object, ...layers: readonly NodeDeclaration[]) =>
  analyzed(networkDocument(chain(layers, stated as Record<string, unknown>)))
    .networks.get("net")!
    .layers.map(({ outputs }) => printType(outputs[0]));
const weightsIn = (stated: object, ...layers: readonly NodeDeclaration[]) =>
  analyzed(networkDocument(chain(layers, stated as Record<string, unknown>)))
    .networks.get("net")!
    .layers.flatMap(({ weights }) => weights.map(({ path, shape }) => `${path} [${shape.join(",")}]`));

describe("types along a network", () => {
  it("take a vector into an image port as [F, 1, 1]", () => {
    const up = node("ConvTranspose2d", { out_channels: 8, kernel_size: 4, stride: 1, padding: 0 });
    expect(along(vectorInput(100), up)).toEqual(["image[8,4,4]"]);
    const { instructions } = lowered(networkDocument(chain([up], vectorInput(100)))).networks[0];
    expect(instructions[0].inputs).toEqual([{ value: "x", type: { type: "image", shape: [100, 1, 1] } }]);
    expect(instructions[0].weights[0].shape).toEqual([100, 8, 4, 4]);
  });

  it("leave a vector as it is where a port takes both", () => {
    expect(along(vectorInput(100), node("Flatten"), node("Shift"))).toEqual(["vector[100]", "vector[100]"]);
  });

  it("follow DCGAN's generator from 1 to 64 pixels", () => {
    const { networks } = analyzed(template("dcgan-64"));
    const sizes = networks.get("generator")!.layers.filter(({ kind }) => kind.name === "ConvTranspose2d").map(({ outputs }) => outputs[0].shape[1]); // prettier-ignore
    expect(sizes).toEqual([4, 8, 16, 32, 64]);
  });

  it("follow the 70 × 70 PatchGAN to its 30 × 30 scores", () => {
    const conv = (out_channels: number, stride: number) => node("Conv2d", { out_channels, stride });
    expect(along(imageInput(6, 256, 256), conv(64, 2), conv(128, 2), conv(256, 2), conv(512, 1), conv(1, 1))).toEqual([
      "image[64,128,128]", "image[128,64,64]", "image[256,32,32]", "image[512,31,31]", "image[1,30,30]",
    ]); // prettier-ignore
  });

  it.each([
    [
      node("Conv2d", { out_channels: 2, kernel_size: [3, 5], stride: [1, 2], padding: [0, 1], dilation: [2, 1] }),
      "image[2,4,3]",
    ],
    [
      node("ConvTranspose2d", { out_channels: 2, kernel_size: 3, stride: 2, padding: 1, output_padding: 1 }),
      "image[2,16,16]",
    ],
    [
      node("ConvTranspose2d", {
        out_channels: 2,
        kernel_size: [4, 2],
        stride: [2, 1],
        padding: [1, 0],
        dilation: [1, 3],
      }),
      "image[2,16,11]",
    ],
    [node("Reshape", { shape: [-1] }), "vector[192]"],
    [node("Reshape", { shape: [-1, 4, 4] }), "image[12,4,4]"],
  ])("%#: an image [3, 8, 8] becomes what PyTorch makes of it", (layer, type) => {
    expect(along(imageInput(3, 8, 8), layer)).toEqual([type]);
  });

  it("stop at a mistake, and go on elsewhere", () => {
    const net = graph({ x: node("Input", vectorInput(3)), bad: node("Reshape", { shape: [2, 2, 2] }), after: node("Flatten"), good: node("Tanh"), y: node("Output"), w: node("Output") }, "x.out > bad.in", "bad.out > after.in", "after.out > y.in", "x.out > good.in", "good.out > w.in"); // prettier-ignore
    const analysis = analyzed(networkDocument(net));
    expect(analysis.diagnostics.map(({ code }) => code)).toEqual(["reshape-size"]);
    expect(analysis.networks.get("net")!.outputs.map(({ type }) => type)).toEqual([
      { type: "vector", shape: [3] },
      null,
    ]);
  });
});

describe("weights", () => {
  it("have the paths of a PyTorch state_dict", () => {
    const net = graph({ x: node("Input", imageInput(3, 8, 8)), "main.0": node("Conv2d", { out_channels: 4, bias: false }), "main.1": node("BatchNorm2d"), y: node("Output") }, "x.out > main.0.in", "main.0.out > main.1.in", "main.1.out > y.in"); // prettier-ignore
    const { layers } = analyzed(networkDocument(net)).networks.get("net")!;
    expect(
      layers.flatMap(({ weights }) => weights.map(({ path, shape, trainable }) => [path, ...shape, trainable])),
    ).toEqual([
      ["main.0.weight", 4, 3, 4, 4, true],
      ["main.1.weight", 4, true],
      ["main.1.bias", 4, true],
      ["main.1.running_mean", 4, false],
      ["main.1.running_var", 4, false],
    ]);
  });

  it("have PyTorch's shapes", () => {
    expect(weightsIn(vectorInput(7), node("Linear", { out_features: 3 }))).toEqual(["0.weight [3,7]", "0.bias [3]"]);
    expect(weightsIn(imageInput(6, 8, 8), node("Conv2d", { out_channels: 4, kernel_size: [3, 5], groups: 2 }))).toEqual(
      ["0.weight [4,3,3,5]", "0.bias [4]"],
    );
    expect(
      weightsIn(imageInput(6, 8, 8), node("ConvTranspose2d", { out_channels: 4, kernel_size: [3, 5], groups: 2 })),
    ).toEqual(["0.weight [6,2,3,5]", "0.bias [4]"]);
  });

  it("start as the network's init says", () => {
    const net = chain([node("Linear", { out_features: 4, bias: false })], vectorInput(16));
    const initOf = (document: GanDocument) => lowered(document).networks[0].instructions[0].weights[0].init;
    expect(initOf(networkDocument(net))).toEqual({ type: "uniform", low: -0.25, high: 0.25 });
    expect(initOf(documentWith({ networks: { net: { ...net, init: "dcgan" } } }))).toEqual({
      type: "normal",
      mean: 0,
      std: 0.02,
    });
  });

  it("of layers that nothing uses are not in the Program", () => {
    const net = graph(
      { x: node("Input", vectorInput(3)), dead: node("Linear"), y: node("Output") },
      "x.out > y.in",
      "x.out > dead.in",
    );
    expect(lowered(networkDocument(net)).networks[0].instructions).toEqual([]);
  });
});

describe("what networks are fed", () => {
  const net = chain([node("Linear", { out_features: 1 })]);
  const noise = (features: number) => node("Noise", { features });
  const call = (network = "net") => node("Network", { network });
  const inputOf = (document: GanDocument): PortType | null => analyzed(document).networks.get("net")!.inputs[0].type;

  it("gives their inputs a type", () => {
    expect(
      inputOf(documentWith({ networks: { net }, training: graph({ z: noise(5), a: call() }, "z.out > a.x") })),
    ).toEqual({ type: "vector", shape: [5] });
  });

  it("gives them a type when an earlier call is not wired yet", () => {
    const training = graph({ z: noise(5), a: call(), b: call() }, "z.out > b.x");
    expect(inputOf(documentWith({ networks: { net }, training }))).toEqual({ type: "vector", shape: [5] });
  });

  it("is compared between all calls, also when the first is not wired yet", () => {
    const training = graph({ z: noise(5), w: noise(6), a: call(), b: call(), c: call() }, "z.out > b.x", "w.out > c.x");
    expect(codesOf(documentWith({ networks: { net }, training }))).toEqual([
      "missing-wire",
      "calls-differ",
      "no-optimizer",
    ]);
  });

  it("comes together from calls that each know a part", () => {
    const two = graph({ a: node("Input"), b: node("Input"), join: node("Concat"), y: node("Output") }, "a.out > join.in.0", "b.out > join.in.1", "join.out > y.in"); // prettier-ignore
    const training = graph(
      { z: noise(5), w: noise(6), first: call(), second: call() },
      "z.out > first.a",
      "w.out > second.b",
    );
    const { outputs } = analyzed(documentWith({ networks: { net: two }, training })).networks.get("net")!;
    expect(outputs[0].type).toEqual({ type: "vector", shape: [11] });
  });

  it("reaches ports whose names hold dots", () => {
    const dotted = graph({ "z.code": node("Input"), fc: node("Linear", { out_features: 1 }), "out.score": node("Output") }, "z.code.out > fc.in", "fc.out > out.score.in"); // prettier-ignore
    const training = graph({ z: noise(5), a: call(), loss: node("BCEWithLogitsLoss"), opt: node("Optimizer", { trains: ["net"] }) }, "z.out > a.z.code", "a.out.score > loss.in", "loss.out > opt.loss"); // prettier-ignore
    expect(codesOf(documentWith({ networks: { net: dotted }, training }))).toEqual(["no-sample"]);
  });

  it("tells every wrong wire at one node", () => {
    const training = graph({ z: noise(5), a: call() }, "z.out > a.x", "z.out > a.p", "z.out > a.q");
    const { diagnostics } = analyzed(documentWith({ networks: { net }, training }));
    expect(diagnostics.filter(({ code }) => code === "edge-port").map(({ at }) => at.port)).toEqual(["p", "q"]);
  });
});
