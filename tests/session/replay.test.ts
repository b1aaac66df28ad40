// Training by replay on SwiftShader: equal to eager training to the bit, whatever happens in between. On a machine without
// Chromium's driver there is nothing to run.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import type { GanDocument, Graph } from "../../src/core/document/types.ts";
import type { Session } from "../../src/session/session.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { graph, node, wires } from "../helpers/documents.ts";
import { game, points, smallGan, type SmallGan } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

const driver = softwareDriver();
const data = { points: points() };

describe.runIf(driver)("training by replay", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    await openBackend("webgpu");
  }, 60_000);

  it.each<[string, GanDocument]>([
    ["BatchNorm, Dropout, two rules, a rate that falls, an average that begins late, two critic steps", stateful()],
    ["a fade that begins and ends, each phase a capture of its own", game(fading("z", 2, "x"), fading("x", 1, "score"), 4, {})], // prettier-ignore
    ["a gradient penalty, an image pool, averaged micro-batches", penalized({ critic: { accumulate: 2 } })],
    ["an unrolled critic under a penalty", penalized({ generator: { unroll: { optimizer: "d_opt", steps: 2 } } })],
  ])("equals eager training to the bit, losses and lengths of gradients too: %s", async (_, document) => {
    const [eager, replayed] = [open(document, false), open(document)];
    const wanted = await train(eager, 8);
    const found = await train(replayed, 8);
    expect(replayed.execution).toMatchObject({ mode: "captured" });
    expect(eager.execution).toEqual({ mode: "eager", reason: "it was not asked for" });
    expect(found).toEqual(wanted);
    expect(await stateOf(replayed)).toEqual(await stateOf(eager));
    eager.dispose();
    replayed.dispose();
  });

  it("goes on after optimizer steps one at a time, a checkpoint, a restore, given weights and another run", async () => {
    const document = stateful();
    const both = [open(document, false), open(document)];
    const states = [];
    for (const session of both) {
      await train(session, 4);
      await session.stepOptimizer();
      await train(session, 6);
      const saved = await session.checkpoint();
      await train(session, 8);
      session.restore(saved);
      await train(session, 7);
      session.setWeights("generator", await session.weights("generator", { raw: true }));
      await train(session, 9);
      states.push(await stateOf(session));
    }
    expect(both[1].execution).toMatchObject({ mode: "captured" });
    expect(states[1]).toEqual(states[0]);
    for (const session of both) session.dispose();
  });

  it("leaves nothing behind", async () => {
    const document = stateful();
    const before = tf.memory().numTensors;
    const session = open(document);
    await train(session, 5);
    const during = tf.memory();
    await train(session, 20);
    expect(session.execution).toMatchObject({ mode: "captured" });
    expect(tf.memory().numTensors).toBe(during.numTensors);
    expect((tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU).toBe(
      (during as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU,
    );
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  function open(document: GanDocument, capture = true): Session {
    return sessionOf(programOf(document, data), data, { capture, measureGradients: true, readEvery: 3 });
  }
});

/** Everything that has a state, and numbers that change from step to step. */
const stateful = (): GanDocument =>
  smallGan({
    stateful: true,
    objective: "wasserstein",
    critic: { rule: "RMSprop", lr: 0.01, momentum: 0.5, steps: 2, weight_clip: 0.3 },
    generator: { lr: 0.01, schedule: { type: "linear", over: 6 }, ema: { decay: 0.9, start: 3 } },
  });

/** A linear branch, and one with a hidden layer that takes its place; with a batch of 8, iterations 2 to 4 lie between. */
function fading(input: string, features: number, output: string): Graph {
  return graph(
    {
      [input]: node("Input"),
      low: node("Linear", { out_features: features }),
      hidden: node("Linear", { out_features: 6 }),
      tanh: node("Tanh"),
      high: node("Linear", { out_features: features }),
      fade: node("FadeIn", { start: 8, over: 32 }),
      [output]: node("Output"),
    },
    ...[`${input}.out > low.in`, `${input}.out > hidden.in`, "hidden.out > tanh.in", "tanh.out > high.in"],
    ...["low.out > fade.low", "high.out > fade.high", `fade.out > ${output}.in`],
  );
}

/** WGAN-GP between random points, with earlier samples shown again. */
function penalized(settings: SmallGan): GanDocument {
  const document = smallGan({ objective: "wasserstein", ...settings });
  const { nodes, edges } = document.training;
  const added = {
    pool: node("ImagePool", { pool_size: 11 }),
    old_score: node("Network", { network: "critic" }),
    middle: node("Interpolate"),
    slope_score: node("Network", { network: "critic" }),
    penalty: node("GradientPenalty"),
    d_sum: node("WeightedSum", { weights: [1, 10] }),
  };
  const more = wires(
    ...["fake.x > pool.in", "pool.out > old_score.x", "old_score.score > d_loss.fake", "data.out > middle.a"],
    ...["pool.out > middle.b", "middle.out > slope_score.x", "slope_score.score > penalty.output"],
    ...["middle.out > penalty.wrt", "d_loss.out > d_sum.in.0", "penalty.out > d_sum.in.1", "d_sum.out > d_opt.loss"],
  );
  const kept = edges.filter(({ to }) => to !== "d_opt.loss" && to !== "d_loss.fake");
  return { ...document, training: { ...document.training, nodes: { ...nodes, ...added }, edges: [...kept, ...more] } };
}
