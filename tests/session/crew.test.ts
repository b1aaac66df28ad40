/**
 * Several threads train one session: to what one thread alone would come to, and always to the same bits. Threads are real ones,
 * each with a backend of its own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { closeHands, openHands } from "../../src/cli/crew.ts";
import { sentence } from "../../src/core/analysis/diagnostics.ts";
import { parse } from "../../src/core/document/parse.ts";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { Program } from "../../src/core/program/types.ts";
import { drawToy } from "../../src/datasets/toys.ts";
import { draw } from "../../src/runtime/philox.ts";
import { undivided } from "../../src/session/divisible.ts";
import type { Hand } from "../../src/session/orders.ts";
import type { Report, Session } from "../../src/session/session.ts";
import { node, template } from "../helpers/documents.ts";
import { styleGan, squares } from "../helpers/style-gan.ts";
import { runTypeScript } from "../helpers/threads.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { diagnosticOf, mnist, programOf, sessionOf, stateOf, train, type DataSets } from "./sessions.ts";

let hands: readonly Hand[];
beforeAll(async () => {
  await openTraining();
  const { variant } = await openBackend("wasm");
  hands = (await openHands(2, variant, { execArgv: runTypeScript }))!;
});
afterAll(closeHands);

const dataSets: DataSets = {
  points: points(),
  mnist: mnist(500),
  "toy-ring": drawToy("toy-ring", draw(1, "ring", { iteration: 0 }), {}, 400),
  squares: squares(),
};
type Options = Parameters<typeof sessionOf>[2];

const crewOf = (program: Program, workers: number, options: Options = {}): Session =>
  sessionOf(program, dataSets, { measureGradients: true, hands: hands.slice(0, workers - 1), ...options });

/** What keeps a document's batches whole, in words; null where nothing does. */
function refusal(document: GanDocument, batch = 8, sets: DataSets = dataSets): string | null {
  const program = programOf(document, sets);
  const read = program.training!.sources.filter(({ params }) => typeof params.name === "string");
  const found = undivided(program, new Map(read.map(({ id, params }) => [id, sets[String(params.name)]])), batch);
  return found && `${found.at.graph}/${found.at.node}: ${sentence(found)}`;
}

const folder = new URL("../core/program/kinds/", import.meta.url);
const kinds = readdirSync(folder)
  .filter((name) => name.endsWith(".gan.json"))
  .map((name): [string, GanDocument] => {
    const { document } = parse(readFileSync(new URL(name, folder), "utf8"));
    return [name.replace(".gan.json", ""), document!];
  });

describe("two workers come to what one comes to", { timeout: 120_000 }, () => {
  it.each([
    ["vanilla-mnist", 33],
    ["dcgan-mnist", 33],
    ["dcgan-mnist", 7],
  ])("in every weight's gradient, with %s and a batch of %i", async (name, batch) => {
    // After one step Adam's average is the gradient times 1 − β₁. The rate leaves the critic as it is, for the generator's gradient.
    const program = programOf(withOptimizers(template(name), { lr: 1e-30 }), dataSets);
    const [one, two] = [crewOf(program, 1, { batch }), crewOf(program, 2, { batch })];
    await train(one, 1);
    await train(two, 1);
    const [before, after] = [await stateOf(one), await stateOf(two)];
    const gradients = Object.entries(before).filter(([cell]) => /^slots\/.*\/exp_avg$/.test(cell));
    expect(gradients.length).toBeGreaterThan(6);
    for (const [cell, m] of gradients) expect(distance(m, after[cell]) / length(m), cell).toBeLessThan(1e-5);
    one.dispose();
    two.dispose();
  });

  it.each(kinds.filter(([, document]) => refusal(document) === null))(
    "with the document of %s",
    async (_, document) => {
      await expectEqual(document, 2, { batch: 7 }, 5);
    },
  );

  it.each([
    ["vanilla-mnist", 33],
    ["vanilla-mnist", 7],
    ["dcgan-mnist", 33],
    ["dcgan-mnist", 7],
  ])("with %s without kinks, a batch of %i, over 10 iterations", async (name, batch) => {
    await expectEqual(smooth(template(name)), 2, { batch }, 10);
  });

  it("with Dropout, BatchNorm, a moving average and five steps of a clipped critic, as three do", async () => {
    await expectEqual(statefulGan(), 2, { batch: 33 }, 10);
    await expectEqual(statefulGan(), 3, { batch: 10 }, 10);
  });

  it("where gradients are accumulated and their length is bounded", async () => {
    const rule = { accumulate: 3, clip_grad_norm: 0.05 };
    await expectEqual(smallGan({ stateful: true, critic: rule, generator: rule }), 2, { batch: 9 }, 10);
  });

  /**
   * Losses, gradients' lengths and weights, after steps whose ε is far above a gradient's rounding. With the usual 1e-8 Adam
   * moves a weight by a whole step where its gradient is nothing but rounding, such as a bias's before BatchNorm.
   */
  async function expectEqual(document: GanDocument, workers: number, options: Options, iterations: number) {
    const program = programOf(withOptimizers(document, { eps: 1e-2 }), dataSets);
    const [one, many] = [crewOf(program, 1, options), crewOf(program, workers, options)];
    const [expected, found] = [await train(one, iterations), await train(many, iterations)];
    expect(farthest(expected, found)).toBeLessThan(1e-5);
    const [before, after] = [await stateOf(one), await stateOf(many)];
    for (const [name, values] of Object.entries(before).filter(([each]) => each.startsWith("weights/"))) {
      const usual = Math.max(0.02 * Math.sqrt(values.length), length(values)); // biases begin at 0, others mostly at 0.02
      expect(distance(values, after[name]) / usual, name).toBeLessThan(1e-5);
    }
    one.dispose();
    many.dispose();
  }
});

describe("a crew", { timeout: 120_000 }, () => {
  const program = programOf(statefulGan(), dataSets);

  it("comes to the same bits in every run, however it is stopped, stepped or resumed", async () => {
    const [a, b, c] = [0, 1, 2].map(() => crewOf(program, 2));
    await train(a, 8);
    for (let until = 1; until <= 4; until++) await train(b, until);
    const saved = await b.checkpoint();
    while (b.iteration < 6) await b.stepOptimizer();
    await b.stepOptimizer(); // an iteration that is begun
    await train(b, 8);
    expect(await stateOf(b)).toEqual(await stateOf(a));
    await train(c, 2);
    c.restore(saved);
    await train(c, 8);
    expect(await stateOf(c)).toEqual(await stateOf(a));
    c.restore(saved);
    await c.stepOptimizer();
    await c.stepOptimizer();
    c.setWeights("generator", await a.weights("generator", { raw: true })); // drops what was begun
    const d = crewOf(program, 2);
    d.restore(saved);
    d.setWeights("generator", await a.weights("generator", { raw: true }));
    await train(c, 6);
    await train(d, 6);
    expect(await stateOf(d)).toEqual(await stateOf(c));
    for (const session of [a, b, c, d]) session.dispose();
  });

  it("has the numbers of one worker up to rounding alone: they are others in the last digits", async () => {
    const [one, two] = [crewOf(program, 1), crewOf(program, 2)];
    await train(one, 5);
    await train(two, 5);
    expect(await stateOf(two)).not.toEqual(await stateOf(one));
    one.dispose();
    two.dispose();
  });

  it("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const session = crewOf(program, 2);
    await train(session, 2);
    const held = tf.memory().numTensors;
    await train(session, 5);
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("names the place where a number stops being finite, as one worker does, and can go on from before", async () => {
    const spoiled = { points: { ...points(), data: points().data.slice().fill(NaN, 40, 41) } }; // row 20
    const document = smallGan({ data: { shuffle: false } });
    const alone = sessionOf(programOf(document, spoiled), spoiled);
    const session = sessionOf(programOf(document, spoiled), spoiled, { hands: hands.slice(0, 1) });
    const found = await diagnosticOf(() => train(session, 20));
    expect(found).toMatchObject({ code: "not-finite", at: { node: "data" }, facts: { iteration: 3 } });
    expect(found).toEqual(await diagnosticOf(() => train(alone, 20)));
    expect(session.iteration).toBe(alone.iteration);
    expect(await diagnosticOf(() => train(session, 20))).toEqual(found);
    session.dispose();
    alone.dispose();
  });

  it("ends with the error of the hand that has one, and begins anew afterwards", async () => {
    let spoil = true;
    const [able] = hands;
    const unable: Hand = { ...able, open: (order) => able.open(spoil ? { ...order, dataSets: new Map() } : order) };
    const session = sessionOf(program, dataSets, { hands: [unable] });
    await expect(train(session, 3)).rejects.toThrow("a Dataset is drawn with its data");
    expect(session.iteration).toBe(0);
    spoil = false;
    const other = crewOf(program, 2);
    expect(await train(session, 3)).toEqual((await train(other, 3)).map((report) => ({ ...report, gradients: {} })));
    session.dispose();
    other.dispose();
  });
});

describe("a batch is not divided", () => {
  it.each([
    ["Shuffle", "others"],
    ["ImagePool", "pool"],
    ["FeatureMatching", "match"],
    ["GANLoss.relativistic-average", "d_loss"],
  ])("by what the document of %s holds", (name, holds) => {
    const [, document] = kinds.find(([each]) => each === name)!;
    expect(refusal(document)).toBe(
      `training/${holds}: One worker trains, since ${holds} needs all samples of a batch at once: batches cannot be divided.`,
    );
  });

  it("where a loss is the largest of all values", () => {
    const [, document] = kinds.find(([name]) => name === "Reduce")!;
    const text = JSON.stringify(document).replace('"kind":"Reduce"', '"kind":"Reduce","params":{"mode":"max"}');
    expect(refusal(JSON.parse(text) as GanDocument)).toContain("needs all samples");
  });

  it("where a layer looks at other samples", () => {
    expect(refusal(styleGan())).toMatch(/^networks\.\w+\/\w+.*needs all samples of a batch at once/);
  });

  it("where BatchNorm lies under a gradient penalty", () => {
    const [, document] = kinds.find(([name]) => name === "GradientPenalty.wgan-gp")!;
    const text = JSON.stringify(document).replaceAll(/\{"kind":"LeakyReLU"[^}]*\}?\}/g, '{"kind":"BatchNorm2d"}');
    expect(text).toContain("BatchNorm2d");
    expect(refusal(JSON.parse(text) as GanDocument)).toContain("mixes samples under a gradient penalty");
  });

  it("where steps are unrolled, or the last batch of an epoch is smaller", () => {
    expect(refusal(smallGan({ generator: { unroll: { optimizer: "d_opt", steps: 2 } } }))).toContain("g_opt unrolls");
    expect(refusal(smallGan({ data: { drop_last: false } }))).toContain("data gives fewer samples");
    expect(refusal(smallGan({ data: { drop_last: false } }), 10)).toBeNull(); // 50 rows: all batches are whole
  });
});

/** The same without corners: what lies on either side of one by rounding alone would differ by more than rounding. */
function smooth(document: GanDocument): GanDocument {
  const networks = Object.entries(document.networks).map(([name, network]) => {
    const nodes = Object.entries(network.nodes).map(([id, each]) => [
      id,
      /ReLU$/.test(each.kind) ? node("Tanh") : each,
    ]);
    return [name, { ...network, nodes: Object.fromEntries(nodes) }];
  });
  return { ...document, networks: Object.fromEntries(networks) };
}

/** The same with these parameters of every optimizer. */
function withOptimizers(document: GanDocument, params: Readonly<Record<string, unknown>>): GanDocument {
  const training = document.training!;
  const nodes = Object.entries(training.nodes).map(([id, each]) => [
    id,
    each.kind === "Optimizer" ? { ...each, params: { ...each.params, ...params } } : each,
  ]);
  return { ...document, training: { ...training, nodes: Object.fromEntries(nodes) } } as GanDocument;
}

/** The largest difference of losses and gradients' lengths, relative where they are above 1. */
const farthest = (expected: readonly Report[], found: readonly Report[]): number =>
  Math.max(
    ...expected.flatMap((report, index) =>
      (["losses", "gradients"] as const).flatMap((what) =>
        Object.entries(report[what]).map(
          ([name, value]) => Math.abs(value - found[index][what][name]) / Math.max(1, Math.abs(value)),
        ),
      ),
    ),
  );

const distance = (a: Float32Array, b: Float32Array): number => length(a.map((x, index) => x - b[index]));
const length = (values: Float32Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
