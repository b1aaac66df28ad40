// Training by replay on SwiftShader: equal to eager training to the bit, whatever happens in between. On a machine without
// Chromium's driver there is nothing to run.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { Session } from "../../src/session/session.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

const driver = softwareDriver();
const data = { points: points() };

describe.runIf(driver)("training by replay", () => {
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    await openBackend("webgpu");
  }, 60_000);

  it.each<[string, GanDocument]>([
    ["two networks and Adam", smallGan()],
    ["BatchNorm, Dropout, two rules, a moving average that begins late, five critic steps", statefulGan()],
    ["a rate that falls", smallGan({ generator: { lr: 0.01, schedule: { type: "linear", over: 6 } } })],
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
    const document = statefulGan();
    const both = [open(document, false), open(document)];
    const states = [];
    for (const session of both) {
      await train(session, 6);
      await session.stepOptimizer();
      await train(session, 9);
      const saved = await session.checkpoint();
      await train(session, 12);
      session.restore(saved);
      await train(session, 11);
      session.setWeights("generator", await session.weights("generator", { raw: true }));
      await train(session, 14);
      states.push(await stateOf(session));
    }
    expect(both[1].execution).toMatchObject({ mode: "captured" });
    expect(states[1]).toEqual(states[0]);
    for (const session of both) session.dispose();
  });

  it("leaves nothing behind", async () => {
    const document = statefulGan();
    const before = tf.memory().numTensors;
    const session = open(document);
    await train(session, 8);
    const during = tf.memory();
    await train(session, 40);
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
