/** Looking into networks while they train: forward passes on one's own values, a layer's outputs, and pictures of numbers. */
import { beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { draw } from "../../src/runtime/philox.ts";
import { histogramOf } from "../../src/session/histogram.ts";
import type { Session } from "../../src/session/session.ts";
import { meanPairwiseDistance } from "../../src/session/spread.ts";
import { node, wires } from "../helpers/documents.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { game, line, points, shifted, statefulGan } from "./documents.ts";
import { allocationsOf, diagnosticOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const options = { count: 60, seed: 7 }; // more than are computed at once

describe("an evaluation", () => {
  it("is the pass that samples and scores are made of", async () => {
    const session = await trained(statefulGan());
    const { data, scores } = await session.sample(options);
    const z = { dims: [60, 4], data: draw(7, "sample/z", { iteration: 0 }).normal(4 * 60) };
    const { x } = await session.evaluate("generator", { z });
    expect(x.dims).toEqual([60, 2]);
    x.data.forEach((value, at) => expect(value).toBeCloseTo(data[at], 5));
    const { score } = await session.evaluate("critic", { x });
    score.data.forEach((value, at) => expect(value).toBeCloseTo(scores![at], 5));
    session.dispose();
  });

  it("takes the averaged weights unless told otherwise", async () => {
    const session = await trained(shifted({ lr: 0.5, ema: { decay: 0.8, start: 0 } }));
    const z = { dims: [1, 2], data: Float32Array.of(0, 0) };
    const bias = async (raw: boolean) => (await session.weights("generator", { raw })).get("shift.bias")!.data;
    expect((await session.evaluate("generator", { z })).x.data).toEqual(await bias(false));
    expect((await session.evaluate("generator", { z }, { averaged: false })).x.data).toEqual(await bias(true));
    expect(await bias(true)).not.toEqual(await bias(false));
    session.dispose();
  });

  it("takes and gives images NCHW, changes nothing, and leaves no tensor behind", async () => {
    const session = await trained(pictures());
    const [state, held] = [await stateOf(session), tf.memory().numTensors];
    const data = Float32Array.from({ length: 36 }, (_, at) => at / 36);
    const { y } = await session.evaluate("turned", { x: { dims: [2, 18], data } });
    expect(y).toEqual({ dims: [2, 2, 3, 3], data });
    const { score } = await session.evaluate("ruler", { x: y });
    const ruler = await session.weights("ruler");
    const [weight, bias] = ["fc.weight", "fc.bias"].map((path) => ruler.get(path)!.data);
    score.data.forEach((value, row) =>
      expect(value).toBeCloseTo(
        weight.reduce((sum, w, at) => sum + w * data[row * 18 + at], bias[0]),
        5,
      ),
    );
    await expect(session.evaluate("turned", {})).rejects.toThrow(RangeError);
    expect(await stateOf(session)).toEqual(state);
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
  });

  it("that finds no memory is a diagnostic with its rows", async () => {
    const session = await trained(statefulGan());
    const z = { dims: [30, 4], data: new Float32Array(120) };
    const failing = () => allocationsOf(() => session.evaluate("generator", { z }), (n) => n > 1); // prettier-ignore
    expect(await diagnosticOf(failing)).toMatchObject({ code: "out-of-memory", facts: { batch: 30 } });
    session.dispose();
  });
});

describe("weights that are set", () => {
  it("are what is sampled from, although there were averages", async () => {
    const session = await trained(shifted({ lr: 0.5, ema: { decay: 0.8, start: 0 } }));
    const bias = { shape: [2], data: Float32Array.of(5, -5) };
    session.setWeights("generator", new Map([["shift.bias", bias]]));
    expect((await session.weights("generator")).get("shift.bias")).toEqual(bias);
    const z = draw(7, "sample/z", { iteration: 0 }).normal(2);
    const { data } = await session.sample({ count: 1, seed: 7 });
    expect(data[0]).toBeCloseTo(z[0] + 5, 5);
    session.dispose();
  });
});

describe("a layer's outputs", () => {
  it("are the samples themselves at the generator's last layer, and the scores at the scorer's", async () => {
    const session = await trained(statefulGan());
    const { data, scores } = await session.sample(options);
    expect(await session.layerOutputs("generator", "fc2", options)).toEqual([{ port: "out", shape: [60, 2], data }]);
    expect(await session.layerOutputs("critic", "fc2", options)).toEqual([
      { port: "out", shape: [60, 1], data: scores },
    ]);
    session.dispose();
  });

  it("are those of inference mode: Dropout lets all pass", async () => {
    const session = await trained(statefulGan());
    const [before] = (await session.layerOutputs("generator", "tanh", options))!;
    const [after] = (await session.layerOutputs("generator", "drop", options))!;
    expect(after).toEqual(before);
    expect(Math.max(...before.data.map(Math.abs))).toBeLessThanOrEqual(1);
    session.dispose();
  });

  it("are NCHW where they are images", async () => {
    const session = await trained(pictures());
    const [flat] = (await session.layerOutputs("generator", "fc", options))!;
    const [image] = (await session.layerOutputs("generator", "view", options))!;
    expect(image).toEqual({ port: "out", shape: [60, 2, 3, 3], data: flat.data });
    session.dispose();
  });

  it("are null where sampling does not reach, and nothing is drawn then", async () => {
    const session = await trained(pictures());
    expect(await session.layerOutputs("turned", "view", options)).toBeNull();
    expect(await session.layerOutputs("generator", "nothing", options)).toBeNull();
    expect(await session.layerOutputs("nothing", "fc", options)).toBeNull();
    session.dispose();
  });

  it("come in smaller parts where memory is short, and leave no tensor behind", async () => {
    const session = await trained(statefulGan());
    const held = tf.memory().numTensors;
    const wanted = await session.layerOutputs("generator", "bn", options);
    // Parts stay above three rows: a product of fewer adds its terms in another order, and rounds otherwise.
    const { result } = await allocationsOf(() => session.layerOutputs("generator", "bn", options), (n) => n < 3); // prettier-ignore
    expect(result).toEqual(wanted);
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
  });
});

describe("a histogram", () => {
  it("counts in equal bins from the least to the greatest, both within", () => {
    const { counts, ...rest } = histogramOf("weight", [5], Float32Array.of(-1, -0.5, 0, 0.5, 1), 4);
    expect([...counts]).toEqual([1, 1, 1, 2]);
    expect(rest).toEqual({ name: "weight", shape: [5], least: -1, most: 1, mean: 0, deviation: Math.SQRT1_2 });
  });

  it("has a normal distribution's mean and deviation, and loses no number", () => {
    const data = draw(1, "numbers", { iteration: 0 }).normal(10_000).map((z) => 3 + 2 * z); // prettier-ignore
    const { counts, mean, deviation } = histogramOf("out", [10_000], data);
    expect(counts).toHaveLength(48);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(mean).toBeCloseTo(3, 1);
    expect(deviation).toBeCloseTo(2, 1);
    expect(counts.indexOf(Math.max(...counts))).toBeGreaterThan(12);
  });

  it("takes equal numbers, none at all, and what is no number", () => {
    expect(histogramOf("bias", [3], Float32Array.of(2, 2, 2), 3)).toMatchObject({ least: 2, most: 2, mean: 2, deviation: 0, counts: Float32Array.of(3, 0, 0) }); // prettier-ignore
    expect(histogramOf("bias", [0], new Float32Array(), 2)).toMatchObject({ least: 0, most: 0, mean: 0, deviation: 0, counts: Float32Array.of(0, 0) }); // prettier-ignore
    const spoiled = histogramOf("bias", [4], Float32Array.of(NaN, 1, Infinity, 3), 2);
    expect(spoiled).toMatchObject({ least: 1, most: 3, mean: 2, deviation: 1, counts: Float32Array.of(1, 1) });
  });
});

describe("the mean distance of pairs", () => {
  it("is Euclid's, over all pairs", () => {
    expect(meanPairwiseDistance(Float32Array.of(0, 0, 3, 4, 0, 0), 2)).toBeCloseTo((5 + 5 + 0) / 3, 12);
  });

  it("is 0 for rows that are equal, and for less than two", () => {
    expect(meanPairwiseDistance(new Float32Array(20).fill(4), 2)).toBe(0);
    expect(meanPairwiseDistance(Float32Array.of(1, 2), 2)).toBe(0);
    expect(meanPairwiseDistance(new Float32Array(), 2)).toBe(0);
  });

  it("looks at the first rows alone", () => {
    const rows = Float32Array.from({ length: 100 }, (_, row) => (row < 64 ? row % 2 : 1e6));
    expect(meanPairwiseDistance(rows, 1)).toBeCloseTo((32 * 32) / ((64 * 63) / 2), 12);
    expect(meanPairwiseDistance(rows, 1, 65)).toBeGreaterThan(1000);
  });
});

async function trained(document: GanDocument): Promise<Session> {
  const session = sessionOf(programOf(document, dataSets), dataSets);
  await train(session, 3);
  return session;
}

/** A generator by way of 2 × 3 × 3 images, and a network of images, trained on noise, that no sample meets. */
function pictures(): GanDocument {
  const linear = (out_features: number) => node("Linear", { out_features });
  const view = node("Reshape", { shape: [2, 3, 3] });
  const generator = line("z", [["fc", linear(18)], ["view", view], ["flat", node("Flatten")], ["fc2", linear(2)]], "x"); // prettier-ignore
  const document = game(generator, line("x", [["fc", linear(1)]], "score"), 4, {});
  const turned = line("x", [["view", node("Reshape", { shape: [2, 3, 3] })]], "y");
  const ruler = line(
    "x",
    [
      ["flat", node("Flatten")],
      ["fc", linear(1)],
    ],
    "score",
  );
  const { nodes, edges, ...rest } = document.training;
  return {
    ...document,
    networks: { ...document.networks, turned, ruler },
    training: {
      ...rest,
      nodes: {
        ...nodes,
        noise: node("Noise", { features: 18 }),
        turn: node("Network", { network: "turned" }),
        rule: node("Network", { network: "ruler" }),
        r_loss: node("BCEWithLogitsLoss"),
        r_opt: node("Optimizer", { trains: ["ruler"] }),
      },
      edges: [
        ...edges,
        ...wires("noise.out > turn.x", "turn.y > rule.x", "rule.score > r_loss.in", "r_loss.out > r_opt.loss"),
      ],
    },
  };
}
