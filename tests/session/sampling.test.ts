import { beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { Samples } from "../../src/session/sampling.ts";
import type { Session } from "../../src/session/session.ts";
import { draw } from "../../src/runtime/philox.ts";
import { documentWith, graph, node } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { line, points, shifted, statefulGan } from "./documents.ts";
import { diagnosticOf, programOf, sessionOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };

describe("samples", () => {
  it("are z + θ̄ with the averaged weights, from the sample seed's noise", async () => {
    const session = await trainedShift({ lr: 0.5, ema: { decay: 0.8, start: 0 } });
    const averaged = (await session.weights("generator")).get("shift.bias")!.data;
    const raw = (await session.weights("generator", { raw: true })).get("shift.bias")!.data;
    expect(averaged).not.toEqual(raw);
    const z = draw(7, "sample/z", { iteration: 0 }).normal(2 * 60);
    const { data, shape, type } = await session.sample({ count: 60, seed: 7 });
    expect({ shape, type }).toEqual({ shape: [2], type: "vector" });
    data.forEach((value, at) => expect(value).toBeCloseTo(z[at] + averaged[at % 2], 6));
    session.dispose();
  });

  it("depend on their seed alone, not on how many are drawn", async () => {
    const session = await trainedShift({});
    const many = await session.sample({ count: 120, seed: 7 });
    const few = await session.sample({ count: 10, seed: 7 });
    expect(few.data).toEqual(many.data.slice(0, 20));
    expect(few.scores).toEqual(many.scores!.slice(0, 10));
    expect((await session.sample({ count: 10, seed: 8 })).data).not.toEqual(few.data);
    session.dispose();
  });

  it("have the discriminator's score", async () => {
    const session = await trainedShift({});
    const { data: w } = (await session.weights("critic")).get("fc.weight")!;
    const { data, scores } = await session.sample({ count: 5, seed: 7 });
    expect(scores).toHaveLength(5);
    scores!.forEach((score, row) => expect(score).toBeCloseTo(data[2 * row] * w[0] + data[2 * row + 1] * w[1], 5));
    session.dispose();
  });

  it("come in inference mode: Dropout passes, BatchNorm takes its running statistics and keeps them", async () => {
    const session = sessionOf(programOf(statefulGan(), dataSets), dataSets);
    await train(session, 6);
    const before = await session.checkpoint();
    const weights = Object.fromEntries(
      [...(await session.weights("generator"))].map(([path, { data }]) => [path, data]),
    );
    const z = draw(7, "sample/z", { iteration: 0 }).normal(4 * 3);
    const { data } = await session.sample({ count: 3, seed: 7 });
    const hidden = (row: number, unit: number) => {
      const sum = weights["fc1.bias"][unit] + [0, 1, 2, 3].reduce((s, at) => s + z[row * 4 + at] * weights["fc1.weight"][unit * 4 + at], 0); // prettier-ignore
      const normed = (sum - weights["bn.running_mean"][unit]) / Math.sqrt(weights["bn.running_var"][unit] + 1e-5);
      return Math.tanh(normed * weights["bn.weight"][unit] + weights["bn.bias"][unit]);
    };
    for (const [row, at] of [
      [0, 0],
      [1, 1],
      [2, 0],
    ]) {
      const units = Array.from({ length: 16 }, (_, unit) => hidden(row, unit) * weights["fc2.weight"][at * 16 + unit]);
      expect(data[row * 2 + at]).toBeCloseTo(
        units.reduce((sum, each) => sum + each, weights["fc2.bias"][at]),
        5,
      );
    }
    expect(await session.checkpoint()).toEqual(before);
    session.dispose();
  });

  it("are refused where no node is marked", async () => {
    const document = shifted({});
    const unmarked = { ...document.training.nodes, fake: node("Network", { network: "generator" }) };
    const program = programOf({ ...document, training: { ...document.training, nodes: unmarked } }, dataSets);
    const session = sessionOf(program, dataSets);
    expect((await diagnosticOf(() => session.sample({ count: 1, seed: 1 }))).code).toBe("nothing-to-sample");
    session.dispose();
  });
});

describe("truncation", () => {
  it("redraws noise beyond its bound, and leaves what lies within", async () => {
    const session = await trainedShift({ lr: 1e-30 });
    const whole = await session.sample({ count: 200, seed: 7 });
    const { data } = await session.sample({ count: 200, seed: 7, truncation: 0.7 });
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(0.7);
    data.forEach((value, at) => expect(Math.abs(whole.data[at]) <= 0.7).toBe(value === whole.data[at]));
    const spread = Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0) / data.length);
    expect(spread).toBeCloseTo(0.3844, 1); // of a normal cut at ±0.7
    session.dispose();
  });

  it("takes no longer within a narrow bound", async () => {
    const session = await trainedShift({ lr: 1e-30 });
    const { data } = await session.sample({ count: 200, seed: 7, truncation: 1e-6 });
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(1e-6);
    session.dispose();
  });
});

describe("interpolation", () => {
  it("goes from each latent to the next in straight lines", async () => {
    const session = await trainedShift({ lr: 1e-30 });
    const knots = await session.sample({ count: 4, seed: 7 });
    const { data } = await session.sample({ count: 12, seed: 7, interpolate: 4 });
    const at = ({ data: rows }: Pick<Samples, "data">, row: number) => rows[2 * row];
    for (let row = 0; row < 12; row++) {
      const [knot, part] = [Math.floor(row / 4), (row % 4) / 4];
      expect(at({ data }, row)).toBeCloseTo((1 - part) * at(knots, knot) + part * at(knots, knot + 1), 6);
    }
    session.dispose();
  });
});

describe("a Dataset in what is sampled", () => {
  it("gives rows in the seed's order, from its start again where there are not enough", async () => {
    const program = programOf(reconstruction(), dataSets);
    const session = sessionOf(program, dataSets);
    const weights = await session.weights("generator");
    session.setWeights("generator", new Map([...weights, ["shift.bias", { shape: [2], data: Float32Array.of(0, 0) }]]));
    const { data } = await session.sample({ count: 70, seed: 7 });
    const rows = Array.from({ length: 70 }, (_, row) => dataSets.points.data.indexOf(data[2 * row]) / 2);
    const order = draw(7, "sample/order/data", { iteration: 0 }).permutation(50);
    expect(rows).toEqual(Array.from({ length: 70 }, (_, row) => order[row % 50]));
    session.dispose();
  });
});

async function trainedShift(generator: Record<string, unknown>): Promise<Session> {
  const session = sessionOf(programOf(shifted(generator), dataSets), dataSets);
  await train(session, 3);
  return session;
}

/** A generator that changes rows of data, as an image-to-image network does. */
function reconstruction(): GanDocument {
  return documentWith({
    networks: {
      generator: line("x", [["shift", node("Shift")]], "y"),
      critic: line("x", [["fc", node("Linear", { out_features: 1 })]], "score"),
    },
    training: {
      batch: 8,
      ...graph(
        {
          data: node("Dataset", { name: "points" }),
          fake: node("Network", { network: "generator", sample: true }),
          score: node("Network", { network: "critic" }),
          g_loss: node("GANLoss", { role: "generator" }),
          g_opt: node("Optimizer", { trains: ["generator"] }),
        },
        "data.out > fake.x",
        "fake.y > score.x",
        "score.score > g_loss.fake",
        "g_loss.out > g_opt.loss",
      ),
    },
  });
}
