// Samples that are drawn value by value from an autoregressive network: their frequencies are those that the network's
// conditional probabilities multiply to, for weights made by hand.

import { beforeAll, describe, expect, it } from "vitest";
import { analyze } from "../../src/core/analysis/analyze.ts";
import { isError } from "../../src/core/analysis/diagnostics.ts";
import type { GanDocument, NodeDeclaration } from "../../src/core/document/types.ts";
import { printProgram } from "../../src/core/program/print.ts";
import { samplerOf } from "../../src/core/program/sampler.ts";
import type { Weight } from "../../src/core/program/weights.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { documentWith, graph, node } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { programOf, sessionOf, train } from "./sessions.ts";

beforeAll(openTraining);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Noise in the shape of the data trains the model `net`; `shape` makes the noise an image. */
function document(net: GanDocument["networks"][string], features: number, shape?: readonly number[]): GanDocument {
  const picture = graph(
    { in: node("Input"), shape: node("Reshape", { shape: shape ?? [features] }), out: node("Output") },
    "in.out > shape.in",
    "shape.out > out.in",
  );
  return documentWith({
    networks: { net, picture },
    training: {
      batch: 4,
      ...graph(
        {
          z: node("Noise", { features }),
          data: node("Network", { network: "picture" }),
          said: node("Network", { network: "net", sample: true, sequential: true }),
          loss: node("MSELoss"),
          opt: node("Optimizer", { trains: ["net"], rule: "SGD", lr: 0.01 }),
        },
        "z.out > data.in",
        "data.out > said.x",
        "said.y > loss.input",
        "data.out > loss.target",
        "loss.out > opt.loss",
      ),
    },
  });
}

const row = (...layers: readonly NodeDeclaration[]) => {
  const ids = ["x", ...layers.map((_, index) => `l${index}`), "y"];
  const nodes = [node("Input"), ...layers, node("Output")].map((each, index) => [ids[index], each] as const);
  return graph(Object.fromEntries(nodes), ...ids.slice(1).map((id, index) => `${ids[index]}.out > ${id}.in`));
};

async function samplesOf(written: GanDocument, weights: Readonly<Record<string, Weight>>, count: number) {
  const session = sessionOf(programOf(written, {}), {});
  session.setWeights("net", new Map(Object.entries(weights)));
  const samples = await session.sample({ count, seed: 3 });
  const again = await session.sample({ count: 70, seed: 3 });
  session.dispose();
  expect(again.data).toEqual(samples.data.slice(0, again.data.length));
  for (const value of samples.data) expect([0, 1]).toContain(value);
  return samples;
}

/** Within four standard deviations of a mean of so many Bernoulli numbers. */
function expectFrequency(outcomes: readonly number[], probability: number, about: string): void {
  const mean = outcomes.reduce((sum, each) => sum + each, 0) / outcomes.length;
  const deviation = Math.sqrt((probability * (1 - probability)) / outcomes.length);
  expect(outcomes.length, about).toBeGreaterThan(50);
  expect(Math.abs(mean - probability), about).toBeLessThan(4 * deviation);
}

const weight = (shape: readonly number[], ...data: readonly number[]): Weight => ({
  shape,
  data: Float32Array.from(data),
});

const made = (...last: readonly NodeDeclaration[]) =>
  document(
    row(
      node("MaskedLinear", { out_features: 2, bias: false }),
      node("MaskedLinear", { out_features: 3, mask_type: "output" }),
      ...last,
    ),
    3,
  );
/** h₁ = x₁ and h₂ = x₂; logits −1, 2 − 3·x₁, −2 + 4·x₂; 99 wherever the mask hides. */
const madeWeights = {
  "l0.weight": weight([2, 3], 1, 99, 99, 0, 1, 99),
  "l1.weight": weight([3, 2], 99, 99, -3, 99, 0, 4),
  "l1.bias": weight([3], -1, 2, -2),
};

describe("samples in sequence", () => {
  it.each([
    ["logits", made()],
    ["probabilities", made(node("Sigmoid"))],
    ["probabilities in another shape", made(node("Sigmoid"), node("Reshape", { shape: [3] }))],
  ])("of MADE follow its conditional probabilities, given as %s", async (_, written) => {
    const { data, shape, type, scores } = await samplesOf(written, madeWeights, 3000);
    expect({ shape, type, scores }).toEqual({ shape: [3], type: "vector", scores: null });
    const rows = Array.from({ length: 3000 }, (_, at) => [...data.subarray(3 * at, 3 * at + 3)]);
    expectFrequency(rows.map(([first]) => first), sigmoid(-1), "first"); // prettier-ignore
    for (const given of [0, 1]) {
      expectFrequency(rows.filter((each) => each[0] === given).map((each) => each[1]), sigmoid(2 - 3 * given), `second, first ${given}`); // prettier-ignore
      expectFrequency(rows.filter((each) => each[1] === given).map((each) => each[2]), sigmoid(-2 + 4 * given), `third, second ${given}`); // prettier-ignore
    }
  });

  it("of PixelCNN see the pixels above and to the left, in rows", async () => {
    const [height, width] = [2, 3];
    const net = row(node("MaskedConv2d", { out_channels: 1, kernel_size: 3 }));
    // above 2, left −3; what the mask hides would turn everything to 1
    const weights = {
      "l0.weight": weight([1, 1, 3, 3], 0, 2, 0, -3, 99, 99, 99, 99, 99),
      "l0.bias": weight([1], 0.5),
    };
    const { data, shape, type } = await samplesOf(document(net, 6, [1, height, width]), weights, 2000);
    expect({ shape, type }).toEqual({ shape: [1, 2, 3], type: "image" });
    const outcomes = new Map<number, number[]>();
    for (let sample = 0; sample < 2000; sample++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++) {
          const at = (y: number, x: number) => (y < 0 || x < 0 ? 0 : data[sample * 6 + y * width + x]);
          const logit = 0.5 + 2 * at(i - 1, j) - 3 * at(i, j - 1);
          outcomes.set(logit, [...(outcomes.get(logit) ?? []), at(i, j)]);
        }
    expect([...outcomes.keys()].sort((a, b) => a - b)).toEqual([-2.5, -0.5, 0.5, 2.5]);
    for (const [logit, pixels] of outcomes) expectFrequency(pixels, sigmoid(logit), `logit ${logit}`);
  });

  it("stand in the Program, and train as any network", async () => {
    const program = programOf(made(), {});
    expect(printProgram(program)).toContain("sampling said.drawn:vector[3] network net sequential said");
    expect(program.training!.sampling).toMatchObject({ sequential: "said", score: null });
    expect(program.training!.sampling!.instructions.map(({ op }) => op)).toEqual(["evaluate"]);
    const session = sessionOf(program, {});
    const reports = await train(session, 2);
    expect(reports).toHaveLength(2);
    session.dispose();
    expect(() => samplerOf(program, vocabulary)).toThrow(/Drawing in sequence/);
  });

  it.each([
    ["where the network gives another type than it takes", row(node("Linear", { out_features: 2 })), {}],
    ["where it is not the sample", row(node("Linear", { out_features: 3 })), { sample: false }],
  ])("are refused %s", (_, net, changed) => {
    const written = document(net, 3);
    const { said } = written.training.nodes;
    const nodes = { ...written.training.nodes, said: { ...said, params: { ...said.params, ...changed } } };
    const { diagnostics } = analyze({ ...written, training: { ...written.training, nodes } }, vocabulary, () => null);
    expect(diagnostics.filter(isError).map(({ code, at }) => [code, at.node, at.param])).toContainEqual([
      "param-needs",
      "said",
      "sequential",
    ]);
  });
});
