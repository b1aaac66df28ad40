/** What lints see through, and what they leave alone; tests/broken has a document for each of them. */
import { describe, expect, it } from "vitest";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { analyzed, chain, documentWith, graph, node } from "../../helpers/documents.ts";

interface Game {
  /** The last layers of the generator, behind 16 values. */
  readonly drawing?: readonly NodeDeclaration[];
  /** The first layers of the discriminator. */
  readonly judging?: readonly NodeDeclaration[];
  readonly penalty?: NodeDeclaration;
  readonly objective?: string;
  /** What stands between the generator and the score in its own loss. */
  readonly between?: NodeDeclaration;
}

/** Images [1, 4, 4] against data of 28 × 28 between −1 and 1, brought to that size. */
function game({
  drawing = [node("Tanh")],
  judging = [],
  penalty,
  objective = "non-saturating",
  between,
}: Game): GanDocument {
  return documentWith({
    networks: {
      g: chain([node("Linear", { out_features: 16 }), node("Reshape", { shape: [1, 4, 4] }), ...drawing]),
      d: chain([...judging, node("Flatten"), node("Linear", { out_features: 1 })]),
    },
    training: graph(
      {
        data: node("Dataset", { name: "mnist", resize: [4, 4] }),
        z: node("Noise", { features: 3 }),
        fake: node("Network", { network: "g", sample: true }),
        real_score: node("Network", { network: "d" }),
        fake_score: node("Network", { network: "d" }),
        d_loss: node("GANLoss", { objective }),
        g_loss: node("GANLoss", { role: "generator", objective }),
        total: node("WeightedSum"),
        d_opt: node("Optimizer", { trains: ["d"] }),
        g_opt: node("Optimizer", { trains: ["g"] }),
        ...(penalty && { penalty }),
        ...(between && { between, g_score: node("Network", { network: "d" }) }),
      },
      ...["data.out > real_score.x", "z.out > fake.x", "fake.y > fake_score.x"],
      ...["real_score.y > d_loss.real", "fake_score.y > d_loss.fake", "d_loss.out > total.in.0"],
      ...["total.out > d_opt.loss", "g_loss.out > g_opt.loss"],
      ...(penalty ? ["real_score.y > penalty.output", "data.out > penalty.wrt", "penalty.out > total.in.1"] : []),
      ...(between ? ["fake.y > between.in", "between.out > g_score.x", "g_score.y > g_loss.fake"] : ["fake_score.y > g_loss.fake"]), // prettier-ignore
    ),
  });
}

const told = (parts: Game) => analyzed(game(parts)).diagnostics.map(({ code, at }) => [code, at.node]);

describe("lints", () => {
  it("leave a sound game alone", () => expect(told({})).toEqual([]));

  it.each([
    ["moved", [node("Sigmoid"), node("Transpose")]],
    ["repeated", [node("Sigmoid"), node("ReplicationPad2d", { padding: 1 }), node("MaxPool2d", { kernel_size: 3, stride: 1 })]], // prettier-ignore
    ["laid out as pixels", [node("Sigmoid"), node("Reshape", { shape: [4, 2, 2] }), node("PixelShuffle")]],
    [
      "blended",
      [node("Sigmoid"), node("Upsample", { mode: "bilinear" }), node("AdaptiveAvgPool2d", { output_size: 4 })],
    ],
  ])("know the bounds of values that are %s", (_, drawing) =>
    expect(told({ drawing })).toEqual([["lint-data-range", "data"]]),
  );

  it("tell a network that draws 0 and 1 in sequence, and learns from data in another range", () => {
    const net = graph({ x: node("Input"), conv: node("MaskedConv2d", { out_channels: 1 }), y: node("Output") }, "x.out > conv.in", "conv.out > y.in"); // prettier-ignore
    const training = graph(
      {
        data: node("Dataset", { name: "mnist" }),
        said: node("Network", { network: "net", sample: true, sequential: true }),
        loss: node("MSELoss"),
        opt: node("Optimizer", { trains: ["net"] }),
      },
      ...["data.out > said.x", "said.y > loss.input", "data.out > loss.target", "loss.out > opt.loss"],
    );
    const { diagnostics } = analyzed(documentWith({ networks: { net }, training }));
    expect(diagnostics.map(({ code, facts }) => [code, facts.wanted])).toEqual([["lint-data-range", [0, 1]]]);
  });

  it("do not know those of values that are summed or filtered", () => {
    expect(told({ drawing: [node("Sigmoid"), node("Conv2d", { out_channels: 1, kernel_size: 1, stride: 1, padding: 0 })] })).toEqual([]); // prettier-ignore
    expect(told({ drawing: [node("Sigmoid"), node("ZeroPad2d", { padding: 0 })] })).toEqual([]);
  });

  it.each([
    ["nothing", {}, node("Linear", { out_features: 1 }), [["lint-unbounded-critic", "d_opt"]]],
    ["spectral norm", {}, node("Linear", { out_features: 1, spectral_norm: true }), []],
    ["clipped weights", { weight_clip: 0.01 }, node("Linear", { out_features: 1 }), []],
  ])("ask what bounds a critic that measures a distance: %s", (_, clipped, last, expected) => {
    const document = game({ objective: "wasserstein" });
    const nodes = { ...document.training.nodes, d_opt: node("Optimizer", { trains: ["d"], ...clipped }) };
    const { diagnostics } = analyzed({
      ...document,
      networks: { ...document.networks, d: chain([node("Flatten"), last]) },
      training: { ...document.training, nodes },
    });
    expect(diagnostics.map(({ code, at }) => [code, at.node])).toEqual(expected);
  });

  it.each([
    [1, ["lint-bounded-score"]],
    [10, []],
  ])("take scores for squashed only where their bounds are narrow: ±%s", (max, expected) => {
    const document = game({});
    const d = chain([node("Flatten"), node("Linear", { out_features: 1 }), node("Clip", { min: -max, max })]);
    const { diagnostics } = analyzed({ ...document, networks: { ...document.networks, d } });
    expect([...new Set(diagnostics.map(({ code }) => code))]).toEqual(expected);
  });

  it("tell a penalty on layers that see the batch, and offer a stand-in where there is one", () => {
    const penalty = node("GradientPenalty", { mode: "r1" });
    const messages = ["BatchNorm2d", "MinibatchStdDev"].map((kind) => {
      const [diagnostic, ...others] = analyzed(game({ judging: [node(kind)], penalty })).diagnostics;
      expect([diagnostic.code, others]).toEqual(["lint-penalty-mixes", []]);
      return [diagnostic.facts.instead, diagnostic.fix?.title];
    });
    expect(messages).toEqual([
      ["LayerNorm", "Use LayerNorm"],
      [null, "Remove MinibatchStdDev"],
    ]);
  });
});

describe("gradients", () => {
  it("pass Augment, and end at an ImagePool", () => {
    expect(told({ between: node("Augment") })).toEqual([]);
    expect(told({ between: node("ImagePool") })).toEqual([["trains-unreached", "g_opt"]]);
  });
});
