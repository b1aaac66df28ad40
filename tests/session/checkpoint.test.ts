import { beforeAll, describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from "../../src/session/checkpoint.ts";
import { writeSafetensors } from "../../src/targets/safetensors/safetensors.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { diagnosticOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const program = programOf(statefulGan(), dataSets);

describe("a run that goes on from a checkpoint", () => {
  // an epoch of 50 rows is 6 draws of 8, and an iteration takes 5: each of these lies inside an epoch
  it.each([1, 2, 4, 7, 13])(
    "after %i of 20 iterations ends, to the bit, as one that was never stopped",
    async (stop) => {
      const whole = sessionOf(program, dataSets);
      const reports = await train(whole, 20);

      const first = sessionOf(program, dataSets);
      await train(first, stop);
      const bytes = encodeCheckpoint(await first.checkpoint());
      first.dispose();
      const second = sessionOf(program, dataSets);
      second.restore(decodeCheckpoint(bytes, "state.safetensors"));
      expect(second.iteration).toBe(stop);
      expect(await train(second, 20)).toEqual(reports.slice(stop));

      expect(await stateOf(second)).toEqual(await stateOf(whole));
      const [a, b] = [await whole.sample({ count: 5, seed: 1 }), await second.sample({ count: 5, seed: 1 })];
      expect(b).toEqual(a);
      whole.dispose();
      second.dispose();
    },
  );

  it("may have trained before: restoring puts everything back", async () => {
    const session = sessionOf(program, dataSets);
    await train(session, 3);
    const saved = await session.checkpoint();
    const reports = await train(session, 6);
    const state = await stateOf(session);
    session.restore(saved);
    expect(await stateOf(session)).not.toEqual(state);
    expect(await train(session, 6)).toEqual(reports);
    expect(await stateOf(session)).toEqual(state);
    session.dispose();
  });
});

describe("a checkpoint", () => {
  it("holds weights, buffers, slots, averages and counters, and survives its bytes", async () => {
    const session = sessionOf(program, dataSets);
    await train(session, 2);
    const saved = await session.checkpoint();
    expect(saved).toMatchObject({ iteration: 2, seed: 3, batch: 8, variant: "wasm", steps: { d_opt: 10, g_opt: 2 } });
    const names = [...saved.tensors.keys()];
    for (const name of [
      "weights/generator/bn.running_var", "weights/critic/fc1.weight",
      "slots/d_opt/critic/fc1.weight/square_avg", "slots/d_opt/critic/fc1.weight/momentum_buffer",
      "slots/g_opt/generator/fc1.weight/exp_avg", "slots/g_opt/generator/fc1.weight/exp_avg_sq",
      "averages/g_opt/generator/fc1.weight",
    ]) expect(names).toContain(name); // prettier-ignore
    expect(saved.tensors.get("weights/critic/fc1.weight")!.shape).toEqual([16, 2]);
    expect(decodeCheckpoint(encodeCheckpoint(saved), "x")).toEqual(saved);
    session.dispose();
  });

  it("is refused by a run of another document, seed or batch", async () => {
    const session = sessionOf(program, dataSets);
    const saved = await session.checkpoint();
    const others = {
      document: sessionOf(programOf(smallGan(), dataSets), dataSets),
      seed: sessionOf(program, dataSets, { seed: 9 }),
      batch: sessionOf(program, dataSets, { batch: 4 }),
    };
    for (const [what, other] of Object.entries(others)) {
      const before = await stateOf(other);
      const { code, facts } = await diagnosticOf(() => other.restore(saved));
      expect(code).toBe(what === "document" ? "run-document" : "run-differs");
      if (what !== "document") expect(facts.what).toContain(what);
      expect(await stateOf(other)).toEqual(before);
      other.dispose();
    }
    session.dispose();
  });

  it("that lacks a tensor is refused before anything changes", async () => {
    const session = sessionOf(program, dataSets);
    await train(session, 1);
    const { tensors, ...rest } = await session.checkpoint();
    const name = "slots/g_opt/generator/fc2.bias/exp_avg";
    const lacking: Checkpoint = { ...rest, tensors: new Map([...tensors].filter(([key]) => key !== name)) };
    await train(session, 2);
    const before = await stateOf(session);
    expect(await diagnosticOf(() => session.restore(lacking))).toMatchObject({ code: "weights-missing", facts: { weight: name } }); // prettier-ignore
    expect(session.iteration).toBe(2);
    expect(await stateOf(session)).toEqual(before);
    session.dispose();
  });

  it("that is damaged, or some other file, is named as such", async () => {
    const session = sessionOf(program, dataSets);
    const bytes = encodeCheckpoint(await session.checkpoint());
    session.dispose();
    const others = {
      empty: new Uint8Array(),
      "cut short": bytes.slice(0, bytes.length - 1),
      "without its end": bytes.slice(0, 100),
      "no checkpoint": writeSafetensors([], { format: "pt" }),
      "without a run": writeSafetensors([], { format: "ganvas-checkpoint/1" }),
      "with half a run": writeSafetensors([], { format: "ganvas-checkpoint/1", run: '{"iteration":' }),
      "with an empty run": writeSafetensors([], { format: "ganvas-checkpoint/1", run: "{}" }),
    };
    for (const [what, other] of Object.entries(others)) {
      const diagnostic = await diagnosticOf(() => decodeCheckpoint(other, "state.safetensors"));
      expect(diagnostic, what).toMatchObject({ code: "run-damaged", facts: { file: "state.safetensors" } });
    }
  });
});
