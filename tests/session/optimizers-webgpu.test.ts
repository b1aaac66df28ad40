// Optimizers that step all weights at once on WebGPU, in a session: equal to wasm, and slots and averages are what they were to
// checkpoints, snapshots and whoever sets weights. On a machine without Chromium's driver there is nothing to compare.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

const driver = softwareDriver();
const dataSets = { points: points() };

const programs = {
  "RMSprop with clipped weights, Adam with an average that begins late": smallGan({
    critic: { rule: "RMSprop", lr: 0.01, momentum: 0.5, steps: 2, weight_clip: 0.3 },
    generator: { lr: 0.01, ema: { decay: 0.9, start: 1 } },
  }),
  "SGD with momentum and a clipped gradient, AdamW with an average": smallGan({
    critic: { rule: "SGD", lr: 0.05, momentum: 0.9, nesterov: true, weight_decay: 0.01, clip_grad_norm: 0.1 },
    generator: { rule: "AdamW", lr: 0.01, clip_grad_norm: 0.05, ema: { decay: 0.8, start: 0 }, weight_clip: 0.4 },
  }),
  "plain SGD on a schedule": smallGan({
    critic: { rule: "SGD", lr: 0.05, schedule: { type: "linear", hold: 0, over: 4, end_factor: 0.2 } },
    generator: { rule: "SGD", lr: 0.05, ema: { decay: 0.5, start: 2 } },
  }),
};
const open = (name: keyof typeof programs) =>
  sessionOf(programOf(programs[name], dataSets), dataSets, { measureGradients: true, capture: false });
const names = Object.keys(programs) as (keyof typeof programs)[];

async function trained(name: keyof typeof programs) {
  const session = open(name);
  const reports = await train(session, 3);
  const state = await stateOf(session);
  session.dispose();
  return { reports, state };
}

describe.runIf(driver)("on WebGPU", { timeout: 300_000 }, () => {
  const wasm = new Map<string, Awaited<ReturnType<typeof trained>>>();

  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    for (const name of names) wasm.set(name, await trained(name));
    const { backend } = await openBackend("webgpu");
    expect(backend).toBe("webgpu");
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  }, 60_000);

  it.each(names)("%s: weights, slots, averages, losses and gradients' lengths as on wasm", async (name) => {
    const { reports, state } = await trained(name);
    const wanted = wasm.get(name)!;
    expect(Object.keys(state)).toEqual(Object.keys(wanted.state));
    for (const [cell, values] of Object.entries(state)) expectClose(values, wanted.state[cell], cell);
    reports.forEach(({ losses, gradients }, i) => {
      expectClose(Object.values(losses), Object.values(wanted.reports[i].losses), `losses ${i}`);
      expectClose(Object.values(gradients), Object.values(wanted.reports[i].gradients), `gradients ${i}`);
    });
  });

  it.each([0, 2])("goes on from a checkpoint after %d iterations to the bit", async (until) => {
    const whole = open(names[1]);
    await train(whole, until);
    const checkpoint = await whole.checkpoint();
    await train(whole, 3);
    const second = open(names[1]);
    await train(second, 1); // what it has learned is to be gone
    second.restore(checkpoint);
    await train(second, 3);
    expect(await stateOf(second)).toEqual(await stateOf(whole));
    whole.dispose();
    second.dispose();
  });

  it("goes back to where a begun iteration began", async () => {
    const session = open(names[0]);
    await train(session, 1);
    const before = await stateOf(session);
    await session.stepOptimizer();
    expect(await stateOf(session)).toEqual(before); // a checkpoint is of the time between iterations
    session.setWeights("critic", await session.weights("critic", { raw: true })); // drops what is begun
    expect((await session.checkpoint()).steps).toEqual({ d_opt: 2, g_opt: 1 });
    const slots = (state: Record<string, Float32Array>) =>
      Object.entries(state).filter(([name]) => name.startsWith("slots/"));
    expect(slots(await stateOf(session))).toEqual(slots(before));
    session.dispose();
  });

  it("averages begin anew at weights that are set, and are what samples are drawn by", async () => {
    const session = open(names[1]);
    await train(session, 2);
    const averaged = await session.weights("generator");
    const raw = await session.weights("generator", { raw: true });
    expect([...averaged.values()][0].data).not.toEqual([...raw.values()][0].data);
    session.setWeights("generator", raw);
    expect(await session.weights("generator")).toEqual(raw);
    await train(session, 3);
    const after = await session.weights("generator");
    const now = await session.weights("generator", { raw: true });
    for (const [path, { data }] of after)
      expectClose(
        data,
        data.map((_, i) => 0.8 * raw.get(path)!.data[i] + 0.2 * now.get(path)!.data[i]),
        path,
      );
    session.dispose();
  });

  it("holds as many tensors after each iteration, and none in the end", async () => {
    const before = tf.memory().numTensors;
    const session = open(names[0]);
    const held = async (iterations: number) => {
      await train(session, iterations);
      await session.weights("generator");
      return tf.memory().numTensors;
    };
    expect(await held(2)).toBe(await held(3));
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  const scale = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
  const worst = Array.from(found).reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
  expect(worst / scale, what).toBeLessThan(1e-4);
}
