/** The length of a gradient, measured on the way. */
import { beforeAll, describe, expect, it } from "vitest";
import { encodeCheckpoint } from "../../src/session/checkpoint.ts";
import type { Session } from "../../src/session/session.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { programOf, sessionOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const measureGradients = true;

describe("the measured gradient", () => {
  const lr = 0.25;
  it.each([1, 2, 3])("is as long as an SGD step by its rate (seed %i)", async (seed) => {
    const document = smallGan({ critic: { rule: "SGD", lr }, generator: { rule: "SGD", lr } });
    const session = sessionOf(programOf(document, dataSets), dataSets, { seed, measureGradients });
    for (let until = 1; until <= 3; until++) {
      const before = { d_opt: await flat(session, "critic"), g_opt: await flat(session, "generator") };
      const [{ gradients }] = await train(session, until);
      expect(Object.keys(gradients)).toEqual(["d_opt", "g_opt"]);
      expect(gradients.d_opt / (distance(before.d_opt, await flat(session, "critic")) / lr)).toBeCloseTo(1, 4);
      expect(gradients.g_opt / (distance(before.g_opt, await flat(session, "generator")) / lr)).toBeCloseTo(1, 4);
    }
    session.dispose();
  });

  it("is that before clipping", async () => {
    const clipped = { rule: "SGD", lr, clip_grad_norm: 0.01 };
    const [free, bound] = [{ rule: "SGD", lr }, clipped].map((critic) =>
      sessionOf(programOf(smallGan({ critic }), dataSets), dataSets, { measureGradients }),
    );
    const before = await flat(bound, "critic");
    const [{ gradients }] = await train(bound, 1);
    expect(gradients.d_opt).toBe((await train(free, 1))[0].gradients.d_opt);
    expect(gradients.d_opt).toBeGreaterThan(0.02);
    expect(distance(before, await flat(bound, "critic"))).toBeCloseTo(0.01 * lr, 6);
    free.dispose();
    bound.dispose();
  });

  it("is that of an optimizer's last step in the iteration", async () => {
    const program = programOf(statefulGan(), dataSets);
    const [whole, stepped] = [0, 1].map(() => sessionOf(program, dataSets, { measureGradients }));
    const [{ gradients }] = await train(whole, 1);
    const norms: (number | null)[] = [];
    for (let step = 0; step < 6; step++) norms.push((await stepped.stepOptimizer()).gradientNorm);
    expect([gradients.d_opt, gradients.g_opt]).toEqual(norms.slice(4));
    expect(new Set(norms).size).toBe(6);
    whole.dispose();
    stepped.dispose();
  });

  it("changes no number of the run, and costs no tensor", async () => {
    const program = programOf(statefulGan(), dataSets);
    const plain = sessionOf(program, dataSets, { readEvery: 3 });
    const measured = sessionOf(program, dataSets, { readEvery: 3, measureGradients });
    const reports = await train(plain, 6);
    const held = tf.memory().numTensors;
    await train(measured, 1);
    const more = tf.memory().numTensors;
    const also = await train(measured, 6);
    expect(tf.memory().numTensors).toBe(more);
    expect(more - held).toBe((await averagesOf(measured)) as number); // made by the first step of either
    expect(reports.map(({ gradients }) => gradients)).toEqual(reports.map(() => ({})));
    expect(also.map(({ losses }) => losses)).toEqual(reports.slice(1).map(({ losses }) => losses));
    expect(encodeCheckpoint(await measured.checkpoint())).toEqual(encodeCheckpoint(await plain.checkpoint()));
    plain.dispose();
    measured.dispose();
  });
});

const averagesOf = async (session: Session) =>
  [...(await session.checkpoint()).tensors.keys()].filter((name) => name.startsWith("averages/")).length;

/** The trained weights of a network of `smallGan`, one after the other. */
const flat = async (session: Session, network: string): Promise<number[]> =>
  [...(await session.weights(network, { raw: true })).values()].flatMap(({ data }) => [...data]);

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, index) => value - b[index]));
