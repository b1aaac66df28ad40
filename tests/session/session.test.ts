import { beforeAll, describe, expect, it } from "vitest";
import { lower } from "../../src/core/program/lower.ts";
import { analyze } from "../../src/core/analysis/analyze.ts";
import { createSession, type Report } from "../../src/session/session.ts";
import { factsOf } from "../../src/datasets/types.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { countKernel, diagnosticOf, noiseOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const stateful = programOf(statefulGan(), dataSets);

describe("one seed", () => {
  it("is one run, to the bit", async () => {
    const [a, b] = [sessionOf(stateful, dataSets), sessionOf(stateful, dataSets)];
    const reports = await train(a, 8);
    for (let until = 1; until <= 8; until++) await train(b, until); // stopped and taken up again after every iteration
    expect(await stateOf(a)).toEqual(await stateOf(b));
    expect(reports.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    a.dispose();
    b.dispose();
  });

  it("and another seed are two runs", async () => {
    const [a, b] = [sessionOf(stateful, dataSets), sessionOf(stateful, dataSets, { seed: 4 })];
    expect(await stateOf(a)).not.toEqual(await stateOf(b));
    expect((await train(a, 1))[0].losses).not.toEqual((await train(b, 1))[0].losses);
    a.dispose();
    b.dispose();
  });

  it("is one run whether the Program is fresh or read from its text", async () => {
    const document = statefulGan();
    const facts = () => ({ ...factsOf(dataSets.points), classes: 3 });
    const fresh = lower(document, analyze(document, vocabulary, facts))!;
    const bySource = new Map([["data", dataSets.points]]);
    const a = createSession({ tf, program: fresh, dataSets: bySource, variant: "wasm", readEvery: 1 });
    const b = sessionOf(stateful, dataSets);
    expect(await train(a, 4)).toEqual(await train(b, 4));
    expect(await stateOf(a)).toEqual(await stateOf(b));
    a.dispose();
    b.dispose();
  });

  it("is one run however seldom losses are read, and every iteration is reported in order", async () => {
    const [often, seldom] = [sessionOf(stateful, dataSets), sessionOf(stateful, dataSets, { readEvery: 3 })];
    expect(await train(seldom, 8)).toEqual(await train(often, 8));
    expect(await stateOf(seldom)).toEqual(await stateOf(often));
    often.dispose();
    seldom.dispose();
  });
});

describe("an iteration", () => {
  it("leaves no tensor behind, and a session that is disposed of none", async () => {
    const before = tf.memory().numTensors;
    const session = sessionOf(stateful, dataSets);
    await train(session, 1);
    const { numTensors, numBytes } = tf.memory();
    for (let until = 2; until <= 6; until++) {
      await train(session, until);
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    }
    await session.sample({ count: 60, seed: 1 });
    await session.checkpoint();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("evaluates the generator once, for both players, and the critic three times", async () => {
    const session = sessionOf(programOf(smallGan({ objective: "wasserstein" }), dataSets), dataSets);
    const [generator, critic] = [countKernel("Tanh"), countKernel("Sigmoid")];
    await train(session, 4);
    expect([generator.stop(), critic.stop()]).toEqual([4, 12]);
    session.dispose();
  });

  it("takes five critic steps on five draws, and one of the generator on the first", async () => {
    const session = sessionOf(stateful, dataSets);
    const generator = countKernel("Tanh");
    await train(session, 3);
    expect(generator.stop()).toBe(15);
    expect((await session.checkpoint()).steps).toEqual({ d_opt: 15, g_opt: 3 });
    session.dispose();
  });

  it("moves BatchNorm's statistics by PyTorch's formula, once for each evaluation", async () => {
    const program = programOf(smallGan({ stateful: true, generator: { rule: "SGD", lr: 1e-30 } }), dataSets);
    const session = sessionOf(program, dataSets);
    const { data: weight } = (await session.weights("generator")).get("fc1.weight")!;
    const { data: bias } = (await session.weights("generator")).get("fc1.bias")!;
    await train(session, 2);
    const store = await session.weights("generator");
    let [mean, variance] = [0, 1];
    for (const iteration of [0, 1]) {
      const z = noiseOf(session.seed, iteration, 8 * 4);
      const outputs = Array.from({ length: 8 }, (_, row) => bias[5] + [0, 1, 2, 3].reduce((sum, at) => sum + z[row * 4 + at] * weight[5 * 4 + at], 0)); // prettier-ignore
      const average = outputs.reduce((sum, value) => sum + value / 8, 0);
      const unbiased = outputs.reduce((sum, value) => sum + (value - average) ** 2 / 7, 0);
      [mean, variance] = [0.9 * mean + 0.1 * average, 0.9 * variance + 0.1 * unbiased];
    }
    expect(store.get("bn.running_mean")!.data[5]).toBeCloseTo(mean, 6);
    expect(store.get("bn.running_var")!.data[5]).toBeCloseTo(variance, 6);
    session.dispose();
  });
});

describe("a run", () => {
  it("stops after the iteration in which it is told to, and goes on from there", async () => {
    const session = sessionOf(stateful, dataSets);
    const controller = new AbortController();
    const reports: Report[] = [];
    const report = (each: Report) => {
      reports.push(each);
      if (each.iteration === 3) controller.abort();
    };
    await session.run({ until: 10, signal: controller.signal, report });
    expect([session.iteration, reports.length]).toEqual([3, 3]);
    expect((await train(session, 5)).map(({ iteration }) => iteration)).toEqual([4, 5]);
    session.dispose();
  });

  it("is refused where no batch can be filled, with the parameter that would mend it", async () => {
    const error = await diagnosticOf(() => sessionOf(stateful, dataSets, { batch: 51 }));
    expect(error).toMatchObject({ code: "batch-too-large", at: { graph: "training", node: "data" }, facts: { batch: 51, count: 50, name: "points" } }); // prettier-ignore
    expect(error.fix?.edits).toEqual([{ do: "set-param", graph: "training", node: "data", param: "drop_last", value: false }]); // prettier-ignore
  });

  it("takes all the rows as a batch where smaller ones are not dropped", async () => {
    const session = sessionOf(programOf(smallGan({ data: { drop_last: false } }), dataSets), dataSets, { batch: 51 });
    expect(await train(session, 2)).toHaveLength(2);
    session.dispose();
  });
});
