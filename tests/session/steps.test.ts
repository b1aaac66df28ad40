/** Iterations done one optimizer step at a time, and what stays when one is left in the middle. */
import { beforeAll, describe, expect, it } from "vitest";
import { encodeCheckpoint } from "../../src/session/checkpoint.ts";
import type { Report, Session, SliceReport } from "../../src/session/session.ts";
import { draw } from "../../src/runtime/philox.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { allocationsOf, diagnosticOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const program = programOf(statefulGan(), dataSets); // five steps of d_opt, then one of g_opt
const seeds = [1, 2, 3];

describe("optimizer steps one at a time", () => {
  it.each(seeds)("are, to the bit, the iterations of a run (seed %i)", async (seed) => {
    const [whole, stepped] = [sessionOf(program, dataSets, { seed }), sessionOf(program, dataSets, { seed })];
    const reports = await train(whole, 4);
    const losses: Record<string, number>[] = [];
    for (let step = 0; step < 4 * 6; step++) {
      if (step % 6 === 0) losses.push({});
      Object.assign(losses.at(-1)!, (await stepped.stepOptimizer()).losses);
      expect(stepped.iteration).toBe(Math.floor((step + 1) / 6));
    }
    expect(losses).toEqual(reports.map((report) => report.losses));
    expect(await bytesOf(stepped)).toEqual(await bytesOf(whole));
    whole.dispose();
    stepped.dispose();
  });

  it.each(seeds)("may be mixed with runs as one likes (seed %i)", async (seed) => {
    const options = { seed, readEvery: seed, measureGradients: true };
    const [whole, mixed] = [sessionOf(program, dataSets, options), sessionOf(program, dataSets, options)];
    const wanted = new Map((await train(whole, 12)).map((report) => [report.iteration, report]));
    const lots = draw(seed, "lots", { iteration: 0 }).uniform(40);
    const reported: Report[] = [];
    for (let turn = 0; mixed.iteration < 11; turn++) {
      for (let step = 0; step < Math.floor(lots[turn] * 9); step++) await mixed.stepOptimizer();
      reported.push(...(await train(mixed, Math.min(12, mixed.iteration + 1 + (turn % 2)))));
    }
    await train(mixed, 12);
    expect(reported.length).toBeGreaterThan(2);
    for (const report of reported) expect(report).toEqual(wanted.get(report.iteration));
    expect(await bytesOf(mixed)).toEqual(await bytesOf(whole));
    whole.dispose();
    mixed.dispose();
  });

  it("tell which optimizer stepped, what was computed, and when the iteration is done", async () => {
    const session = sessionOf(programOf(smallGan(), dataSets), dataSets, { measureGradients: true });
    const [first, second] = [await session.stepOptimizer(), await session.stepOptimizer()];
    expect(first).toMatchObject({ optimizer: "d_opt", step: 0, updated: ["critic"], last: false });
    expect(new Set(first.evaluated)).toEqual(new Set(["z", "fake", "data", "real_score", "fake_score", "d_loss"]));
    expect(Object.keys(first.losses)).toEqual(["d_loss"]);
    expect(second).toMatchObject({ optimizer: "g_opt", step: 0, updated: ["generator"], last: true });
    expect(new Set(second.evaluated)).toEqual(new Set(["fake_score", "g_loss"])); // the fakes serve again
    expect(Object.keys(second.losses)).toEqual(["g_loss"]);
    for (const { gradientNorm } of [first, second]) expect(gradientNorm).toBeGreaterThan(0);
    session.dispose();

    const unmeasured = sessionOf(program, dataSets);
    const steps: SliceReport[] = [];
    for (let step = 0; step < 7; step++) steps.push(await unmeasured.stepOptimizer());
    expect(steps.map(({ optimizer, step, last }) => `${optimizer}@${step}${last ? "." : ""}`)).toEqual(
      ["d_opt@0", "d_opt@1", "d_opt@2", "d_opt@3", "d_opt@4", "g_opt@0.", "d_opt@0"], // prettier-ignore
    );
    expect(steps.map(({ gradientNorm }) => gradientNorm)).toEqual(steps.map(() => null));
    unmeasured.dispose();
  });

  it("hold nothing once the iteration is done, or the session is disposed of", async () => {
    const before = tf.memory().numTensors;
    const session = sessionOf(program, dataSets, { measureGradients: true });
    await train(session, 1);
    const { numTensors, numBytes } = tf.memory();
    for (let step = 0; step < 12; step++) await session.stepOptimizer();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await session.stepOptimizer();
    await train(session, 4);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await session.stepOptimizer();
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("an iteration that is begun", () => {
  it.each([1, 3, 5])("after %i steps is not in a checkpoint, and a resume repeats it", async (steps) => {
    const session = sessionOf(program, dataSets);
    await train(session, 2);
    const before = await bytesOf(session);
    for (let step = 0; step < steps; step++) await session.stepOptimizer();
    expect(await bytesOf(session)).toEqual(before);
    const resumed = sessionOf(program, dataSets);
    resumed.restore(await session.checkpoint());
    expect(await train(resumed, 5)).toEqual(await train(session, 5));
    expect(await bytesOf(resumed)).toEqual(await bytesOf(session));
    session.dispose();
    resumed.dispose();
  });

  it("is left as it is by a run that has nothing to do", async () => {
    const [session, whole] = [sessionOf(program, dataSets), sessionOf(program, dataSets)];
    await session.stepOptimizer();
    expect(await train(session, 0)).toEqual([]);
    expect((await session.stepOptimizer()).step).toBe(1);
    expect(await train(session, 2)).toEqual(await train(whole, 2));
    session.dispose();
    whole.dispose();
  });

  it("is dropped, with what it changed, by all that sets the state", async () => {
    const session = sessionOf(program, dataSets);
    const weights = await session.weights("generator");
    const saved = await session.checkpoint();
    const state = await stateOf(session);
    const held = tf.memory().numTensors;
    const sets = {
      restore: () => session.restore(saved),
      transplant: () => session.transplant(saved),
      setWeights: () => session.setWeights("generator", weights),
    };
    const [first, second] = [await session.stepOptimizer(), await session.stepOptimizer()];
    for (const [name, set] of Object.entries(sets)) {
      set();
      expect(await stateOf(session), name).toEqual(state);
      expect(await session.stepOptimizer(), name).toEqual(first);
      expect(await session.stepOptimizer(), name).toEqual(second);
    }
    session.restore(saved);
    expect(tf.memory().numTensors - held).toBe(weights.size - 2); // averages, now tensors of their own
    session.dispose();
  });
});

describe("a step that fails", () => {
  it("for want of memory puts the session back before the iteration, and leaves no tensor behind", async () => {
    const session = sessionOf(program, dataSets, { measureGradients: true });
    await train(session, 2);
    const state = await stateOf(session);
    const held = tf.memory().numTensors;
    const saved = await session.checkpoint();
    const twoSteps = async () => [await session.stepOptimizer(), await session.stepOptimizer()];
    const { allocations } = await allocationsOf(twoSteps);
    session.restore(saved);
    for (let refused = 0; refused < allocations; refused += 11) {
      const { code } = await diagnosticOf(() => allocationsOf(twoSteps, (n) => n === refused));
      expect(code).toBe("out-of-memory");
      expect(session.iteration).toBe(2);
      expect(tf.memory().numTensors).toBe(held);
    }
    expect(await stateOf(session)).toEqual(state);
    session.dispose();
  });

  it("because of a number that is not finite names it in the step where it came up", async () => {
    const document = smallGan({ objective: "wasserstein", generator: { rule: "SGD", lr: 1e39 } });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    const state = await stateOf(session);
    const held = tf.memory().numTensors;
    expect((await session.stepOptimizer()).last).toBe(false);
    const { code, at, facts } = await diagnosticOf(() => session.stepOptimizer());
    expect({ code, at, ...facts }).toMatchObject({
      code: "not-finite",
      at: { graph: "networks.generator", node: "fc1" },
      what: "the updated fc1.weight",
      iteration: 1,
    });
    expect(session.iteration).toBe(0);
    expect(await stateOf(session)).toEqual(state);
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
  });
});

const bytesOf = async (session: Session): Promise<Uint8Array> => encodeCheckpoint(await session.checkpoint());
