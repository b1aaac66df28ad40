/** Documents and data for the session's tests: small enough to train in milliseconds. */
import type { GanDocument, Graph, NodeDeclaration } from "../../src/core/document/types.ts";
import type { VectorSet } from "../../src/datasets/types.ts";
import { draw } from "../../src/runtime/philox.ts";
import { documentWith, graph, node } from "../helpers/documents.ts";

type Parameters = Readonly<Record<string, unknown>>;

export interface SmallGan {
  readonly batch?: number;
  /** Of the Dataset node. */
  readonly data?: Parameters;
  readonly objective?: string;
  /** Of the optimizers. */
  readonly critic?: Parameters;
  readonly generator?: Parameters;
  /** Puts BatchNorm1d and Dropout into the generator, and Dropout into the critic. */
  readonly stateful?: boolean;
}

/** Two networks of one hidden layer on rows [2] of the data set "points". The generator alone has a Tanh, the critic a Sigmoid. */
export function smallGan({ stateful, ...settings }: SmallGan = {}): GanDocument {
  const dropout = stateful ? [["drop", node("Dropout", { p: 0.4 })] as const] : [];
  const norm = stateful ? [["bn", node("BatchNorm1d")] as const] : [];
  const [hidden, pair, score] = [16, 2, 1].map((out_features) => node("Linear", { out_features }));
  const generator = line("z", [["fc1", hidden], ...norm, ["tanh", node("Tanh")], ...dropout, ["fc2", pair]], "x");
  const critic = line("x", [["fc1", hidden], ["sigmoid", node("Sigmoid")], ...dropout, ["fc2", score]], "score");
  return game(generator, critic, 4, settings);
}

/** Everything that has a state: shuffling, Dropout, BatchNorm, two rules with slots, a moving average, five critic steps. */
export const statefulGan = (): GanDocument =>
  smallGan({
    stateful: true,
    objective: "wasserstein",
    critic: { rule: "RMSprop", lr: 0.01, momentum: 0.5, steps: 5, weight_clip: 0.3 },
    generator: { lr: 0.01, ema: { decay: 0.9, start: 3 } },
  });

/** g(z) = z + θ against a linear score that a rate of 1e-30 leaves as it is: a step moves θ by its rate × the score's weight. */
export const shifted = (generator: Parameters): GanDocument =>
  game(
    line("z", [["shift", node("Shift")]], "x"),
    line("x", [["fc", node("Linear", { out_features: 1, bias: false })]], "score"),
    2,
    { objective: "wasserstein", critic: { rule: "SGD", lr: 1e-30 }, generator: { rule: "SGD", ...generator } },
  );

/** The generator z → x against the critic x → score, an optimizer for each. */
export function game(
  generator: Graph,
  critic: Graph,
  features: number,
  settings: Omit<SmallGan, "stateful">,
): GanDocument {
  const { batch = 8, data, objective = "non-saturating" } = settings;
  return documentWith({
    networks: { generator, critic },
    training: {
      batch,
      iterations: 20,
      seed: 3,
      ...graph(
        {
          data: node("Dataset", { name: "points", ...data }),
          z: node("Noise", { features }),
          fake: node("Network", { network: "generator", sample: true }),
          real_score: node("Network", { network: "critic" }),
          fake_score: node("Network", { network: "critic" }),
          d_loss: node("GANLoss", { role: "discriminator", objective }),
          g_loss: node("GANLoss", { role: "generator", objective }),
          d_opt: node("Optimizer", { trains: ["critic"], ...settings.critic }),
          g_opt: node("Optimizer", { trains: ["generator"], ...settings.generator }),
        },
        "z.out > fake.z",
        "data.out > real_score.x",
        "fake.x > fake_score.x",
        "real_score.score > d_loss.real",
        "fake_score.score > d_loss.fake",
        "fake_score.score > g_loss.fake",
        "d_loss.out > d_opt.loss",
        "g_loss.out > g_opt.loss",
      ),
    },
  });
}

/** Rows [2], normal, with a class each: the row's number modulo 3. */
export function points(count = 50): VectorSet {
  return {
    name: "points",
    title: "Points",
    count,
    item: { type: "vector", shape: [2] },
    data: draw(1, "points", { iteration: 0 }).normal(2 * count),
    labels: Uint8Array.from({ length: count }, (_, row) => row % 3),
    classes: ["a", "b", "c"],
    licence: "none",
    source: "test",
  };
}

/** A network of layers in a row, with its input and output under these names. */
export function line(input: string, layers: readonly (readonly [string, NodeDeclaration])[], output: string): Graph {
  const ids = [input, ...layers.map(([id]) => id), output];
  return {
    nodes: { [input]: node("Input"), ...Object.fromEntries(layers), [output]: node("Output") },
    edges: ids.slice(1).map((id, index) => ({ from: `${ids[index]}.out`, to: `${id}.in` })),
  };
}
