/** Functions of the training graph in a session: what they keep, what they do where samples are drawn, and how they resume. */
import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { isError } from "../../src/core/analysis/diagnostics.ts";
import type { GanDocument } from "../../src/core/document/types.ts";
import { vector } from "../../src/core/kind/ports.ts";
import { functions, sources } from "../../src/kinds/index.ts";
import { drawNumbers, eagerFeeds } from "../../src/runtime/feeds.ts";
import { draw, type RandomStream } from "../../src/runtime/philox.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/session/checkpoint.ts";
import { analyzed, documentWith, graph, node } from "../helpers/documents.ts";
import { functionContext } from "../helpers/function-context.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { line, points } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };

describe("ImagePool", () => {
  it.each([
    { pool_size: 1, batch: 1 },
    { pool_size: 4, batch: 1 },
    { pool_size: 4, batch: 2 },
    { pool_size: 4, batch: 5 },
    { pool_size: 50, batch: 5 },
  ])("does what a loop over a list does, over 60 batches: %o", ({ pool_size, batch }) => {
    const list: number[] = [];
    const pool = openPool(pool_size);
    let returned = 0;
    for (let step = 0; step < 60; step++) {
      const images = Array.from({ length: batch }, (_, i) => 1000 + step * batch + i);
      const stream = () => draw(7, "pool", { iteration: step });
      const expected = poolOf(list, pool_size, images, stream());
      expect(pool.query(images, stream)).toEqual(expected);
      returned += expected.filter((image, i) => image !== images[i]).length;
      expect(pool.state()).toEqual({ images: padded(list, pool_size), held: [list.length] });
    }
    const after = 60 * batch - pool_size;
    expect(returned / after).toBeGreaterThan(0.25);
    expect(returned / after).toBeLessThan(0.65);
    pool.dispose();
  });

  it("keeps no tensor but its state", () => {
    const before = tf.memory().numTensors;
    const pool = openPool(3);
    const [opened] = [tf.memory().numTensors];
    for (let step = 0; step < 5; step++) pool.query([1, 2], () => draw(1, "pool", { iteration: step }));
    expect(tf.memory().numTensors).toBe(opened);
    pool.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("goes on from a checkpoint to the bit, and its state is in it", async () => {
    const program = programOf(conditional(), dataSets);
    const whole = sessionOf(program, dataSets);
    const reports = await train(whole, 12);
    const first = sessionOf(program, dataSets);
    await train(first, 5);
    const saved = await first.checkpoint();
    expect([...saved.tensors.keys()]).toEqual(expect.arrayContaining(["state/pool.images", "state/pool.held"]));
    expect([...saved.tensors.get("state/pool.held")!.data]).toEqual([11]);
    expect(saved.tensors.get("state/pool.images")!.shape).toEqual([11, 5]);
    const second = sessionOf(program, dataSets);
    second.restore(decodeCheckpoint(encodeCheckpoint(saved), "state.safetensors"));
    expect(await train(second, 12)).toEqual(reports.slice(5));
    expect(await stateOf(second)).toEqual(await stateOf(whole));
    for (const session of [whole, first, second]) session.dispose();
  });

  it("is refused where the generator would learn through it alone: no gradient passes", () => {
    const document = conditional();
    const edges = document.training.edges.map((edge) => (edge.to === "fake_score.x" ? { ...edge, from: "pool.out" } : edge)); // prettier-ignore
    const changed = { ...document, training: { ...document.training, edges } };
    expect(() => programOf(changed, dataSets)).toThrow(/trains generator, but no gradient of the loss reaches/);
  });
});

describe("a training step", () => {
  it("leaves nothing behind, whatever functions it computes", async () => {
    const session = sessionOf(programOf(conditional(), dataSets), dataSets);
    await train(session, 2);
    const before = tf.memory().numTensors;
    await train(session, 6);
    expect(tf.memory().numTensors).toBe(before);
    session.dispose();
  });
});

describe("samples of a conditional generator", () => {
  it("take the classes in turns: a grid of as many columns shows one in each", async () => {
    const session = sessionOf(programOf(echoing(), dataSets), dataSets);
    const { data } = await session.sample({ count: 130, seed: 7 });
    expect(classesIn(data)).toEqual(Array.from({ length: 130 }, (_, row) => row % 3));
    const walked = await session.sample({ count: 12, seed: 7, interpolate: 4 });
    expect(classesIn(walked.data)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    session.dispose();
  });

  it("draw functions' random numbers by seed and row: no two chunks alike", async () => {
    const session = sessionOf(programOf(reconstruction(), dataSets), dataSets);
    const many = await session.sample({ count: 120, seed: 7 });
    const few = await session.sample({ count: 30, seed: 7 });
    expect(few.data).toEqual(many.data.slice(0, 60));
    expect((await session.sample({ count: 30, seed: 8 })).data).not.toEqual(few.data);
    expect(new Set(many.data).size).toBe(240);
    session.dispose();
  });
});

describe("sources of labels and constants", () => {
  const drawnBy = (kind: string, params: object, batch: number, iteration = 0, sampling = false) => {
    const { fields, lowering } = sources.get(kind)!;
    const whole = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
    const random = draw(5, "label", { iteration });
    const [drawn] = lowering.draw(
      { batch, outputs: [], random, sampling, truncation: null, data: null },
      { ...whole, ...params },
    );
    return drawn;
  };

  it("RandomLabel gives each class as often as any other, anew for each step, and in turns for samples", () => {
    const { shape, data } = drawnBy("RandomLabel", { classes: 4 }, 8000);
    expect(shape).toEqual([8000]);
    expect(data).toBeInstanceOf(Int32Array);
    const counts = [0, 1, 2, 3].map((label) => data.filter((drawn) => drawn === label).length);
    expect(counts.reduce((a, b) => a + b)).toBe(8000);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(8000 * 0.25 * 0.75));
    expect(drawnBy("RandomLabel", { classes: 4 }, 50, 1).data).not.toEqual(data.slice(0, 50));
    expect([...drawnBy("RandomLabel", { classes: 3 }, 7, 0, true).data]).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it("Constant gives its value for every feature, or as the class", () => {
    expect(drawnBy("Constant", { features: 2, value: -0.5 }, 2)).toEqual({
      shape: [2, 2],
      data: Float32Array.of(-0.5, -0.5, -0.5, -0.5),
    });
    expect(drawnBy("Constant", { type: "label", value: 3 }, 2)).toEqual({ shape: [2], data: Int32Array.of(3, 3) });
  });

  it.each([
    [{ type: "label", value: 10 }, "param-value"],
    [{ type: "label", value: 1.5 }, "param-value"],
    [{ type: "label", value: -1 }, "param-value"],
    [{ type: "label", value: 9 }, null],
    [{ value: 1.5 }, null],
  ])("Constant %j: %s", (params, code) => {
    const diagnostics = analyzed(documentWith({ training: graph({ c: node("Constant", params) }) })).diagnostics;
    expect(diagnostics.filter(isError).map((diagnostic) => diagnostic.code)).toEqual(code ? [code] : []);
  });
});

/** CycleGAN's loop over a Python list, with the chance and the place of each image drawn beforehand. */
function poolOf(list: number[], size: number, images: readonly number[], stream: RandomStream): number[] {
  const chances = stream.uniform(images.length);
  const places = stream.integers(images.length, size);
  return images.map((image, i) => {
    if (list.length < size) {
      list.push(image);
      return image;
    }
    if (chances[i] <= 0.5) return image;
    const [former] = list.splice(places[i], 1, image);
    return former;
  });
}

const padded = (list: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, index) => list[index] ?? 0);

/** ImagePool over vectors of one number, each its image's name. */
function openPool(pool_size: number) {
  const kind = functions.get("ImagePool")!;
  const state: Record<string, Tensor> = {
    images: tf.keep(tf.zeros([pool_size, 1])),
    held: tf.keep(tf.zeros([1])),
  };
  return {
    query(images: readonly number[], random: () => RandomStream): number[] {
      return tf.tidy(() => {
        const context = {
          ...functionContext(tf, { inputs: [vector(1)], outputs: [vector(1)], state }),
          drawn: drawNumbers(eagerFeeds(tf), random),
          setState(name: string, value: Tensor) {
            state[name].dispose();
            state[name] = tf.keep(value);
          },
        };
        const x = tf.tensor2d([...images], [images.length, 1]);
        const [y] = [kind.lowering.tfjs(context, { pool_size }, [x])].flat() as Tensor[];
        return [...y.dataSync()];
      }) as unknown as number[];
    },
    state: () => Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, [...tensor.dataSync()]])),
    dispose: () => tf.dispose(state),
  };
}

const score = () => node("Linear", { out_features: 1 });

/** Points with a class: the label drawn at random, one-hot and joined; the critic sees wrong pairs and a pool of earlier ones. */
function conditional(): GanDocument {
  return documentWith({
    networks: {
      generator: line("z", [["fc", node("Linear", { out_features: 2 })]], "x"),
      critic: line("x", [["fc", score()]], "score"),
    },
    training: {
      batch: 4,
      iterations: 20,
      seed: 3,
      ...graph(
        {
          data: node("Dataset", { name: "points" }),
          right: node("OneHot"),
          matched: node("Concat"),
          shuffled: node("Shuffle"),
          wrong: node("OneHot"),
          mismatched: node("Concat"),
          z: node("Noise", { features: 4 }),
          label: node("RandomLabel", { classes: 3 }),
          class: node("OneHot"),
          code: node("Concat"),
          fake: node("Network", { network: "generator", sample: true }),
          pair: node("Concat"),
          pool: node("ImagePool", { pool_size: 11 }),
          between: node("Interpolate"),
          ...Object.fromEntries(
            ["real", "wrong", "between", "pooled", "fake"].map((of) => [`${of}_score`, node("Network", { network: "critic" })]), // prettier-ignore
          ),
          d_loss: node("GANLoss"),
          w_loss: node("GANLoss"),
          m_loss: node("Reduce"),
          losses: node("WeightedSum", { weights: [1, 1, 0.1] }),
          g_loss: node("GANLoss", { role: "generator" }),
          d_opt: node("Optimizer", { trains: ["critic"] }),
          g_opt: node("Optimizer", { trains: ["generator"] }),
        },
        ...["data.label > right.in", "data.out > matched.in.0", "right.out > matched.in.1"],
        ...["data.label > shuffled.in", "shuffled.out > wrong.in"],
        ...["data.out > mismatched.in.0", "wrong.out > mismatched.in.1"],
        ...["z.out > code.in.0", "label.out > class.in", "class.out > code.in.1", "code.out > fake.z"],
        ...["fake.x > pair.in.0", "class.out > pair.in.1", "pair.out > pool.in"],
        ...["matched.out > between.a", "pair.out > between.b", "between.out > between_score.x"],
        ...["matched.out > real_score.x", "mismatched.out > wrong_score.x", "pool.out > pooled_score.x"],
        "pair.out > fake_score.x",
        ...["real_score.score > d_loss.real", "pooled_score.score > d_loss.fake"],
        ...["real_score.score > w_loss.real", "wrong_score.score > w_loss.fake", "between_score.score > m_loss.in"],
        ...["d_loss.out > losses.in.0", "w_loss.out > losses.in.1", "m_loss.out > losses.in.2"],
        ...["fake_score.score > g_loss.fake", "losses.out > d_opt.loss", "g_loss.out > g_opt.loss"],
      ),
    },
  });
}

/** A generator of the identity: what it is asked for is what it gives. */
const echoing = (): GanDocument =>
  sampling(line("z", [["same", node("ReLU")]], "x"), {
    nodes: { label: node("RandomLabel", { classes: 3 }), class: node("OneHot") },
    wires: ["label.out > class.in", "class.out > fake.z"],
  });

/** Rows of data as the mean, and its variance: reconstructions are random. */
const reconstruction = (): GanDocument =>
  sampling(line("z", [["same", node("LeakyReLU")]], "x"), {
    nodes: { rows: node("Dataset", { name: "points" }), latent: node("Reparameterize") },
    wires: ["rows.out > latent.mean", "rows.out > latent.logvar", "latent.out > fake.z"],
  });

function sampling(
  generator: ReturnType<typeof line>,
  source: { nodes: Parameters<typeof graph>[0]; wires: readonly string[] },
): GanDocument {
  return documentWith({
    networks: { generator, critic: line("x", [["fc", score()]], "score") },
    training: {
      batch: 4,
      iterations: 20,
      seed: 3,
      ...graph(
        {
          ...source.nodes,
          fake: node("Network", { network: "generator", sample: true }),
          fake_score: node("Network", { network: "critic" }),
          loss: node("Reduce"),
          opt: node("Optimizer", { trains: ["critic"] }),
        },
        ...source.wires,
        "fake.x > fake_score.x",
        "fake_score.score > loss.in",
        "loss.out > opt.loss",
      ),
    },
  });
}

/** The classes of one-hot rows of 3. */
const classesIn = (data: Float32Array): number[] =>
  Array.from({ length: data.length / 3 }, (_, row) => data.subarray(3 * row, 3 * row + 3).indexOf(1));
