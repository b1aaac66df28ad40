/** Runs that cannot go on: numbers that are none, named where they first appear, and memory that is not to be had. */
import { beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { sentence } from "../../src/core/analysis/diagnostics.ts";
import type { VectorSet } from "../../src/datasets/types.ts";
import type { Session } from "../../src/session/session.ts";
import { node } from "../helpers/documents.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { game, line, points, smallGan, statefulGan } from "./documents.ts";
import { allocationsOf, diagnosticOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };

describe("a number that is not finite", () => {
  it("in a layer's output is named by layer and call", async () => {
    const session = sessionOf(programOf(smallGan(), dataSets), dataSets);
    await fill(session, "generator", "fc2.weight", 3e38); // 16 of them times ±1: fc1 is finite, fc2 overflows
    expect(await failureOf(session)).toEqual({
      node: "networks.generator/fc2",
      what: "the output of fc2, evaluated at fake",
      value: "An infinite value",
      iteration: 1,
    });
  });

  it("in a loss is named by the loss", async () => {
    const document = smallGan({ objective: "least-squares" });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    await fill(session, "critic", "fc2.weight", 1e25); // scores are finite, their squares are not
    expect(await failureOf(session)).toMatchObject({ node: "training/d_loss", iteration: 1 });
  });

  it("in a gradient is named by the layer whose weight it is for", async () => {
    const document = smallGan({ objective: "wasserstein", critic: { rule: "SGD", lr: 1e-37 } });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    // scores of 8e36 are finite; half of 1e36 · 1e3, what comes back to the fakes, is not
    await fill(session, "critic", "fc2.weight", 1e36);
    await fill(session, "critic", "fc1.weight", 1e3);
    await fill(session, "generator", "fc2.weight", 0);
    await fill(session, "generator", "fc2.bias", 0);
    expect(await failureOf(session)).toMatchObject({ node: "networks.generator/fc2", what: "the gradient of fc2.bias", iteration: 1 }); // prettier-ignore
  });

  it("in an update is named by the weight, in its own iteration, although the loss shows it one later", async () => {
    for (const readEvery of [1, 4]) {
      const document = smallGan({ objective: "wasserstein", generator: { rule: "SGD", lr: 1e39 } });
      const session = sessionOf(programOf(document, dataSets), dataSets, { readEvery });
      expect(await failureOf(session)).toMatchObject({ node: "networks.generator/fc1", what: "the updated fc1.weight", iteration: 1 }); // prettier-ignore
    }
  });

  it("in the data is named by its source", async () => {
    const spoiled: VectorSet = { ...dataSets.points, data: dataSets.points.data.slice().fill(NaN, 40, 41) };
    const session = sessionOf(programOf(smallGan({ data: { shuffle: false } }), dataSets), { points: spoiled });
    expect(await failureOf(session)).toMatchObject({ node: "training/data", value: "NaN", iteration: 3 }); // row 20
  });

  it("is reported for no iteration before it, and leaves no tensor behind", async () => {
    const spoiled: VectorSet = { ...dataSets.points, data: dataSets.points.data.slice().fill(NaN, 40, 41) };
    const before = tf.memory().numTensors;
    const session = sessionOf(
      programOf(smallGan({ data: { shuffle: false } }), dataSets),
      { points: spoiled },
      { readEvery: 4 },
    );
    const reported: number[] = [];
    await diagnosticOf(() => session.run({ until: 8, report: ({ iteration }) => void reported.push(iteration) }));
    expect(reported).toEqual([1, 2]);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("is never written into a checkpoint", async () => {
    const document = smallGan({ objective: "wasserstein", generator: { rule: "SGD", lr: 1e39 } });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    await train(session, 1); // its losses are finite, and its last update was not
    expect(await diagnosticOf(() => session.checkpoint())).toMatchObject({ code: "not-finite", at: { graph: "networks.generator", node: "fc1" } }); // prettier-ignore
    session.dispose();
  });

  it("from a rate that is far too high ends the run with advice", async () => {
    const session = sessionOf(
      programOf(smallGan({ objective: "least-squares", critic: { rule: "SGD", lr: 1e20 } }), dataSets),
      dataSets,
    );
    const diagnostic = await diagnosticOf(() => train(session, 20));
    expect(diagnostic.code).toBe("not-finite");
    expect(sentence(diagnostic)).toContain("Lower the learning rate");
    session.dispose();
  });
});

describe("memory that is not to be had", () => {
  it("names the tensor, offers a smaller batch, and a smaller run works in the same process", async () => {
    const many = { points: points(300) };
    const program = programOf(largeGan(), many);
    const before = tf.memory().numTensors;
    const session = sessionOf(program, many, { batch: 300 });
    const held = tf.memory().numTensors;
    const diagnostic = await diagnosticOf(() => train(session, 1));
    expect(diagnostic).toMatchObject({ code: "out-of-memory", at: { graph: "networks.generator", node: "up" }, facts: { batch: 300 } }); // prettier-ignore
    expect(sentence(diagnostic)).toMatch(
      /a tensor \[300, \d+, \d+, 16\] of up \(4\d\d\d MB\) with a batch of 300.*--batch 150/,
    );
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);

    const smaller = sessionOf(program, many, { batch: 1 });
    expect(await train(smaller, 1)).toHaveLength(1);
    smaller.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("puts the session back before the iteration, wherever in it that is, and leaves no tensor behind", async () => {
    const document = statefulGan();
    const { nodes } = document.training;
    const optimizer = { ...nodes.g_opt, params: { ...nodes.g_opt.params, clip_grad_norm: 1 } };
    const program = programOf({ ...document, training: { ...document.training, nodes: { ...nodes, g_opt: optimizer } } }, dataSets); // prettier-ignore
    const session = sessionOf(program, dataSets);
    await train(session, 2);
    const state = await stateOf(session);
    const held = tf.memory().numTensors;
    const saved = await session.checkpoint();
    const { allocations } = await allocationsOf(() => train(session, 3));
    session.restore(saved);
    for (let refused = 0; refused < allocations; refused += 7) {
      const { code } = await diagnosticOf(() => allocationsOf(() => train(session, 3), (n) => n === refused)); // prettier-ignore
      expect(code).toBe("out-of-memory");
      expect(session.iteration).toBe(2);
      expect(tf.memory().numTensors).toBe(held);
    }
    expect(await stateOf(session)).toEqual(state);
    session.dispose();
  });

  it("makes sampling take fewer at a time, and is a diagnostic where not one fits", async () => {
    const session = sessionOf(programOf(statefulGan(), dataSets), dataSets);
    const held = tf.memory().numTensors;
    const wanted = await session.sample({ count: 60, seed: 1 });
    // Parts stay above three rows: a product of fewer adds its terms in another order, and rounds otherwise.
    const { result } = await allocationsOf(() => session.sample({ count: 60, seed: 1 }), (n) => n < 3); // prettier-ignore
    expect(result).toEqual(wanted);
    const diagnostic = await diagnosticOf(() => allocationsOf(() => session.sample({ count: 60, seed: 1 }), (n) => n > 1)); // prettier-ignore
    expect(diagnostic).toMatchObject({ code: "out-of-memory", facts: { batch: 1 } });
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
  });
});

/** Its generator's layer `up` gives 16 × 512 × 512 values, 16.8 MB a sample. */
function largeGan(): GanDocument {
  const linear = (out_features: number) => node("Linear", { out_features });
  const eight = { kernel_size: 8, stride: 8 };
  const generator = line(
    "z",
    [
      ["fc", linear(4096)],
      ["view", node("Reshape", { shape: [1, 64, 64] })],
      ["up", node("ConvTranspose2d", { out_channels: 16, ...eight })],
      ["down", node("Conv2d", { out_channels: 1, ...eight })],
      ["flatten", node("Flatten")],
      ["fc2", linear(2)],
    ],
    "x",
  );
  return game(generator, line("x", [["fc", linear(1)]], "score"), 4, {});
}

async function failureOf(session: Session): Promise<Record<string, unknown>> {
  const { code, at, facts } = await diagnosticOf(() => train(session, 8));
  expect(code).toBe("not-finite");
  session.dispose();
  return { node: `${at.graph}/${at.node}`, ...facts };
}

/** Fills one weight of a network with a number. */
async function fill(session: Session, network: string, path: string, value: number): Promise<void> {
  const weights = await session.weights(network);
  const { shape, data } = weights.get(path)!;
  session.setWeights(network, new Map([...weights, [path, { shape, data: data.map(() => value) }]]));
}
