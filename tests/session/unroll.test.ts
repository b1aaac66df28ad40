/** Unrolled optimizers and averaged micro-batches, against PyTorch and against what they must leave as it was. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { node, wires } from "../helpers/documents.ts";
import { draw } from "../../src/runtime/philox.ts";
import { isLiveChange } from "../../src/session/live.ts";
import type { Session } from "../../src/session/session.ts";
import { createSources } from "../../src/session/sources.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { game, line, points, smallGan, type SmallGan } from "./documents.ts";
import { allocationsOf, diagnosticOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };

interface Run {
  readonly name: string;
  readonly iterations: number;
  readonly norm?: boolean;
  readonly objective?: string;
  readonly penalty?: number;
  readonly critic: Readonly<Record<string, unknown>>;
  readonly generator: Readonly<Record<string, unknown>>;
  readonly unroll: number;
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly weights: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}
const fixture = path.resolve(import.meta.dirname, "../fixtures/unrolled.json");
const { runs } = JSON.parse(readFileSync(fixture, "utf8")) as { readonly runs: readonly Run[] };

/** The document that a run of tests/fixtures/unrolled.py computes. */
function documentOf({ norm = false, objective, penalty, critic, generator, unroll }: Run): GanDocument {
  const fc1 = node("Linear", { out_features: 16, bias: !norm });
  const fc2 = (out_features: number, bias: boolean) => ["fc2", node("Linear", { out_features, bias })] as const;
  const hidden = [["fc1", fc1], ...(norm ? [["norm", node("BatchNorm1d")] as const] : []), ["tanh", node("Tanh")]] as const; // prettier-ignore
  const document = game(
    line("z", [...hidden, fc2(2, !norm)], "x"),
    line("x", [...hidden, fc2(1, objective !== "wasserstein")], "score"),
    4,
    {
      critic,
      generator: { ...generator, unroll: unroll === 0 ? null : { optimizer: "d_opt", steps: unroll } },
      objective,
    },
  );
  if (penalty === undefined) return document;
  const { nodes, edges } = document.training;
  const added = {
    middle: node("Interpolate", { mix: 0.5 }),
    slope_score: node("Network", { network: "critic" }),
    penalty: node("GradientPenalty"),
    d_sum: node("WeightedSum", { weights: [1, penalty] }),
  };
  const more = wires(
    ...["data.out > middle.a", "fake.x > middle.b", "middle.out > slope_score.x", "slope_score.score > penalty.output"],
    ...["middle.out > penalty.wrt", "d_loss.out > d_sum.in.0", "penalty.out > d_sum.in.1", "d_sum.out > d_opt.loss"],
  );
  const kept = edges.filter(({ to }) => to !== "d_opt.loss");
  return { ...document, training: { ...document.training, nodes: { ...nodes, ...added }, edges: [...kept, ...more] } };
}

describe("as in PyTorch, from the same start", () => {
  it.each(runs.map((run) => [run.name, run] as const))("%s", async (_, run) => {
    const session = sessionOf(programOf(documentOf(run), dataSets), dataSets);
    const reports = await train(session, run.iterations);
    const gaps: Record<"losses" | "weights", number[]> = { losses: [], weights: [] };
    reports.forEach(({ losses }, iteration) => {
      for (const [name, wanted] of Object.entries(run.losses[iteration]))
        gaps.losses.push(Math.abs(losses[name] - wanted));
    });
    for (const [network, wanted] of Object.entries(run.weights)) {
      const weights = await session.weights(network, { raw: true });
      expect([...weights.keys()].sort()).toEqual(Object.keys(wanted).sort());
      for (const [name, { data }] of weights)
        wanted[name].forEach((value, at) => gaps.weights.push(Math.abs(data[at] - value)));
    }
    // of float32 alone; PyTorch's own differs as much from its float64
    expect(Math.max(...gaps.losses)).toBeLessThan(1e-6);
    expect(Math.max(...gaps.weights)).toBeLessThan(1e-5);
    session.dispose();
  });
});

const unrolled = (parameters: Partial<SmallGan> = {}): GanDocument =>
  smallGan({
    stateful: true,
    critic: { lr: 0.01 },
    ...parameters,
    generator: { lr: 0.01, unroll: { optimizer: "d_opt", steps: 3 }, ...parameters.generator },
  });
const everything = (): GanDocument =>
  unrolled({
    critic: { rule: "RMSprop", lr: 0.01, momentum: 0.5, steps: 2, accumulate: 2, weight_clip: 0.3 },
    generator: { ema: { decay: 0.9, start: 1 }, accumulate: 3 },
  });

describe("virtual steps", () => {
  it("change the generator's step, and leave of the critic what they found: weights, slots and counts", async () => {
    const [plain, ahead] = [unrolled({ generator: { unroll: null } }), unrolled()].map((document) =>
      sessionOf(programOf(document, dataSets), dataSets, { measureGradients: true }),
    );
    const [[before], [after]] = [await train(plain, 1), await train(ahead, 1)];
    expect(after.losses.d_loss).toBe(before.losses.d_loss);
    expect(after.losses.g_loss).not.toBe(before.losses.g_loss);
    expect(after.gradients.g_opt).not.toBe(before.gradients.g_opt);
    expect(await cellsOf(ahead, "critic")).toEqual(await cellsOf(plain, "critic"));
    expect(await cellsOf(ahead, "generator")).not.toEqual(await cellsOf(plain, "generator"));
    expect((await ahead.checkpoint()).steps).toEqual({ d_opt: 1, g_opt: 1 });
    plain.dispose();
    ahead.dispose();
  });

  it("put back what functions keep of values that depend on the critic", async () => {
    const pooled = (document: GanDocument): GanDocument => {
      const nodes = { ...document.training.nodes, pool: node("ImagePool", { pool_size: 4 }) };
      const edges = document.training.edges.map((edge) =>
        edge.to === "d_loss.fake" ? { ...edge, from: "pool.out" } : edge,
      );
      return {
        ...document,
        training: { ...document.training, nodes, edges: [...edges, ...wires("fake_score.score > pool.in")] },
      };
    };
    const [plain, ahead] = [unrolled({ generator: { unroll: null } }), unrolled()].map((document) =>
      sessionOf(programOf(pooled(document), dataSets), dataSets),
    );
    await train(plain, 1);
    await train(ahead, 1);
    const kept = async (session: Session) =>
      Object.entries(await stateOf(session)).filter(([name]) => name.startsWith("state/"));
    expect(await kept(ahead)).toEqual(await kept(plain));
    expect((await kept(ahead)).map(([name]) => name)).toEqual(["state/pool.images", "state/pool.held"]);
    plain.dispose();
    ahead.dispose();
  });

  it("tell the loss that came of them, and none of their own", async () => {
    const session = sessionOf(programOf(unrolled(), dataSets), dataSets);
    const told = [await session.stepOptimizer(), await session.stepOptimizer()];
    expect(told.map(({ losses }) => Object.keys(losses))).toEqual([["d_loss"], ["g_loss"]]);
    expect(told[1]).toMatchObject({ optimizer: "g_opt", updated: ["generator"], last: true });
    session.dispose();
  });

  it("average the generator's weights as ever", async () => {
    const document = unrolled({ generator: { ema: { decay: 0.8, start: 0 } } });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    const first = async (raw: boolean) => (await session.weights("generator", { raw })).get("fc1.weight")!.data[0];
    let average = await first(true);
    for (let until = 1; until <= 3; until++) {
      await train(session, until);
      average = 0.8 * average + 0.2 * (await first(true));
      expect(await first(false)).toBeCloseTo(average, 6);
    }
    session.dispose();
  });
});

describe("micro-batches", () => {
  it("are the batch itself where there is one, to the bit", async () => {
    const plain = sessionOf(programOf(smallGan({ stateful: true }), dataSets), dataSets);
    const one = { critic: { accumulate: 1 }, generator: { accumulate: 1, unroll: null } };
    const single = sessionOf(programOf(smallGan({ stateful: true, ...one }), dataSets), dataSets);
    expect(await train(single, 4)).toEqual(await train(plain, 4));
    expect(await stateOf(single)).toEqual(await stateOf(plain));
    plain.dispose();
    single.dispose();
  });

  it("have rows of their own, one batch after the other, and noise of their own", () => {
    const document = smallGan({ critic: { steps: 2, accumulate: 3 }, data: { shuffle: false } });
    const { training } = programOf(document, dataSets);
    const bySource = new Map([["data", dataSets.points]]);
    const sources = createSources(training!, { seed: 3, batch: 8, dataSets: bySource });
    const draws = training!.iteration.flatMap(({ instructions }) => instructions.filter((each) => each.op === "draw"));
    const rows = draws.filter(({ source }) => source === "data").map((each) => [...sources.draw(each, 0)[0].data]);
    expect(rows).toEqual(Array.from({ length: 6 }, (_, at) => [...points().data.subarray(at * 16, (at + 1) * 16)]));
    expect(training!.sources.map(({ id, draws: count }) => [id, count])).toEqual([["data", 6], ["z", 6]]); // prettier-ignore
    const noise = draws.filter(({ source }) => source === "z");
    for (const each of noise)
      expect(sources.draw(each, 5)[0].data).toEqual(
        draw(3, "z", { iteration: 5, step: each.step, micro: each.micro }).normal(32),
      );
    expect(noise.map(({ step, micro }) => [step, micro])).toEqual([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]); // prettier-ignore
  });
});

describe("a training that unrolls and accumulates", () => {
  const program = () => programOf(everything(), dataSets);

  it("holds as many tensors after each iteration", async () => {
    const before = tf.memory().numTensors;
    const session = sessionOf(program(), dataSets, { measureGradients: true });
    await train(session, 1);
    const { numTensors, numBytes } = tf.memory();
    for (const until of [2, 3, 5]) {
      await train(session, until);
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    }
    for (let step = 0; step < 3; step++) await session.stepOptimizer(); // two of the critic's, one of the generator's
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await session.stepOptimizer();
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("goes on from a checkpoint, and step by step, to the bit", async () => {
    const [whole, first, second, stepped] = Array.from({ length: 4 }, () => sessionOf(program(), dataSets));
    const reports = await train(whole, 5);
    await train(first, 2);
    await first.stepOptimizer();
    second.restore(await first.checkpoint());
    expect(await train(second, 5)).toEqual(reports.slice(2));
    expect(await stateOf(second)).toEqual(await stateOf(whole));
    while (stepped.iteration < 5) await stepped.stepOptimizer();
    expect(await stateOf(stepped)).toEqual(await stateOf(whole));
    for (const session of [whole, first, second, stepped]) session.dispose();
  });

  it("takes on new rates while it runs, also those of virtual steps", async () => {
    const faster = unrolled({ critic: { lr: 0.02 } });
    expect(isLiveChange(programOf(unrolled(), dataSets), programOf(faster, dataSets))).toBe(true);
    const another = unrolled({ generator: { unroll: { optimizer: "d_opt", steps: 4 } } });
    expect(isLiveChange(programOf(unrolled(), dataSets), programOf(another, dataSets))).toBe(false);
    const [session, changed] = [unrolled(), faster].map((document) =>
      sessionOf(programOf(document, dataSets), dataSets),
    );
    await train(session, 2);
    await session.stepOptimizer();
    changed.transplant(await session.checkpoint());
    const [[slow], [fast]] = [await train(session, 3), await train(changed, 3)];
    expect(fast.losses.d_loss).toBe(slow.losses.d_loss); // the weights were those of the same moment
    expect(fast.losses.g_loss).not.toBe(slow.losses.g_loss);
    session.dispose();
    changed.dispose();
  });

  it("leaves no tensor behind where memory runs out", async () => {
    const session = sessionOf(program(), dataSets, { measureGradients: true });
    await train(session, 1);
    const state = await stateOf(session);
    const saved = await session.checkpoint();
    const held = tf.memory().numTensors;
    const iteration = () => train(session, 2);
    const { allocations } = await allocationsOf(iteration);
    session.restore(saved);
    for (let refused = 3; refused < allocations; refused += Math.ceil(allocations / 40)) {
      const { code } = await diagnosticOf(() => allocationsOf(iteration, (n) => n === refused));
      expect(code).toBe("out-of-memory");
      expect(tf.memory().numTensors).toBe(held);
    }
    expect(await stateOf(session)).toEqual(state);
    session.dispose();
  });

  it("tells of a virtual step which weight was not finite first", async () => {
    const document = unrolled({
      objective: "wasserstein",
      critic: { rule: "SGD", lr: 1e38, momentum: 0.99 },
      generator: { unroll: { optimizer: "d_opt", steps: 60 } },
    });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    const { code, at, facts } = await diagnosticOf(() => train(session, 1));
    expect({ code, graph: at.graph, ...facts }).toMatchObject({
      code: "not-finite",
      graph: "networks.critic",
      what: expect.stringMatching(
        /^the output of fc2, evaluated at \w+ after [1-5]?\d virtual steps of d_opt$/,
      ) as string,
      iteration: 1,
    });
    session.dispose();
  });
});

/** What belongs to a network, by name: weights, buffers, slots and averages. */
async function cellsOf(session: Session, network: string): Promise<Record<string, Float32Array>> {
  const cells = Object.entries(await stateOf(session));
  return Object.fromEntries(cells.filter(([name]) => name.includes(`/${network}/`)));
}
