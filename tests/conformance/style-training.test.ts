// What the layers of StyleGAN do in training beyond their values in inference, which the conformance loop holds against PyTorch.

import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../src/core/document/types.ts";
import { weightsOf } from "../../src/core/program/weights.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { compileNetwork, type Evaluation } from "../../src/targets/tfjs/network.ts";
import { graph, imageInput, lowered, networkDocument, node, vectorInput } from "../helpers/documents.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";

beforeAll(openTraining);

type Numbers = Readonly<Record<string, Float32Array>>;
interface Pass extends Partial<Pick<Evaluation, "training" | "shown" | "truncation">> {
  readonly iteration?: number;
}

/** A network whose weights are 0.5 and buffers 0, on these inputs (NHWC): outputs by name, and buffers that changed by path. */
async function run(net: Graph, inputs: Readonly<Record<string, Tensor>>, { iteration = 0, ...pass }: Pass = {}) {
  const program = lowered(networkDocument(net)).networks[0];
  const weights = new Map(
    weightsOf(program).map(({ path, shape, tfjs, trainable }) => [
      path,
      tf.fill(tfjs ? tfjs.map((axis) => shape[axis]) : [...shape], trainable ? 0.5 : 0),
    ]),
  );
  const ops = createOps(tf, { secondOrder: false });
  const random = (layer: string) => draw(0, layer, { iteration });
  const buffers: Record<string, Float32Array> = {};
  const network = compileNetwork(tf, program, {
    weights: (path) => weights.get(path)!,
    setBuffer: (path, value) => void (buffers[path] = value.dataSync() as Float32Array),
    ops,
    random,
  });
  const outputs = network.evaluate(inputs, { training: true, ops, random, ...pass });
  const read: Numbers = Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [name, tensor.dataSync() as Float32Array]),
  );
  return { outputs: read, buffers: buffers as Numbers };
}

describe("NoiseInjection", () => {
  const net = graph({ x: node("Input", imageInput(3, 50, 40)), noise: node("NoiseInjection"), y: node("Output") }, "x.out > noise.in", "noise.out > y.in"); // prettier-ignore
  const noiseOf = async (pass?: Pass) => (await run(net, { x: tf.zeros([2, 50, 40, 3]) }, pass)).outputs.y;

  it("draws a normal number for each pixel of each sample, the same for all channels", async () => {
    const drawn = await noiseOf();
    for (let at = 0; at < drawn.length; at += 3) expect(new Set(drawn.slice(at, at + 3)).size).toBe(1);
    const pixels = drawn.filter((_, at) => at % 3 === 0).map((value) => value / 0.5);
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    const variance = pixels.reduce((sum, value) => sum + value ** 2, 0) / pixels.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(pixels.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / pixels.length));
    expect(pixels.slice(0, 2000)).not.toEqual(pixels.slice(2000));
  });

  it("draws anew in each pass of training, and takes its own image in inference", async () => {
    expect(await noiseOf()).toEqual(await noiseOf());
    expect(await noiseOf({ iteration: 1 })).not.toEqual(await noiseOf());
    for (const value of await noiseOf({ training: false })) expect(value).toBe(0);
  });
});

describe("StyleMix", () => {
  const [layers, samples] = [6, 3000];
  const positions = Array.from({ length: layers }, (_, position) => position);
  const net = (params = {}) =>
    graph(
      {
        a: node("Input", vectorInput(1)),
        b: node("Input", vectorInput(1)),
        ...Object.fromEntries(positions.map((position) => [`mix${position}`, node("StyleMix", { position, layers, ...params })])), // prettier-ignore
        ...Object.fromEntries(positions.map((position) => [`w${position}`, node("Output")])),
      },
      ...positions.flatMap((position) => [
        `a.out > mix${position}.w1`,
        `b.out > mix${position}.w2`,
        `mix${position}.out > w${position}.in`,
      ]),
    );
  /** For each sample, at which layer the second style begins; `layers` where it never does. */
  async function crossovers(params?: object, pass?: Pass): Promise<number[]> {
    const { outputs } = await run(net(params), { a: tf.zeros([samples, 1]), b: tf.ones([samples, 1]) }, pass);
    return Array.from({ length: samples }, (_, row) => {
      const seconds = positions.map((position) => outputs[`w${position}`][row]);
      const first = seconds.indexOf(1);
      const at = first < 0 ? layers : first;
      expect(seconds).toEqual(positions.map((position) => (position >= at ? 1 : 0)));
      return at;
    });
  }

  it("changes over once a sample, at one layer for all, each layer but the first as often", async () => {
    const found = await crossovers();
    for (let at = 0; at <= layers; at++) {
      const share = at === 0 ? 0 : at === layers ? 0.1 : 0.9 / (layers - 1);
      const part = found.filter((crossover) => crossover === at).length / samples;
      expect(Math.abs(part - share), String(at)).toBeLessThanOrEqual(4 * Math.sqrt((share * (1 - share)) / samples));
    }
    expect(await crossovers({}, { iteration: 1 })).not.toEqual(found);
  });

  it("mixes as often as is said, and never in inference", async () => {
    expect(new Set(await crossovers({ probability: 0 }))).toEqual(new Set([layers]));
    expect(await crossovers({ probability: 1 })).not.toContain(layers);
    expect(new Set(await crossovers({ probability: 1 }, { training: false }))).toEqual(new Set([layers]));
  });
});

describe("FadeIn", () => {
  const net = graph(
    {
      a: node("Input", vectorInput(2)),
      b: node("Input", vectorInput(2)),
      fade: node("FadeIn", { start: 100, over: 400 }),
      y: node("Output"),
    },
    "a.out > fade.low",
    "b.out > fade.high",
    "fade.out > y.in",
  );
  it.each([
    [0, 0],
    [100, 0],
    [200, 0.25],
    [499, 399 / 400],
    [500, 1],
    [9000, 1],
  ])("after %i images has α = %d", async (shown, alpha) => {
    const [low, high] = [tf.tensor([[1, Infinity]]), tf.tensor([[3, 7]])];
    const { outputs, buffers } = await run(net, { a: low, b: high }, { shown: () => shown });
    expect(buffers["fade.alpha"][0]).toBeCloseTo(alpha, 6);
    expect(outputs.y[0]).toBeCloseTo(1 + 2 * alpha, 5);
    expect(outputs.y[1], "at 1 nothing is left of the low branch").toBe(alpha === 1 ? 7 : Infinity);
    expect((await run(net, { a: low, b: high }, { shown: () => shown, training: false })).buffers).toEqual({});
  });
});

describe("TrackMean", () => {
  const net = graph({ w: node("Input", vectorInput(2)), mean: node("TrackMean", { decay: 0.75 }), y: node("Output") }, "w.out > mean.in", "mean.out > y.in"); // prettier-ignore
  const w = () => tf.tensor([
    [1, 2],
    [3, -6],
  ]); // prettier-ignore

  it("passes styles on in training and takes a part of their mean", async () => {
    const { outputs, buffers } = await run(net, { w: w() });
    expect([...outputs.y]).toEqual([1, 2, 3, -6]);
    expect([...buffers["mean.mean"]]).toEqual([0.5, -0.5]);
  });

  it("goes the part that sampling says of the way from the mean", async () => {
    const pull = async (truncation?: number) =>
      [...(await run(net, { w: w() }, { training: false, ...(truncation !== undefined && { truncation }) })).outputs.y]; // prettier-ignore
    expect(await pull()).toEqual([1, 2, 3, -6]);
    expect(await pull(0.5)).toEqual([0.5, 1, 1.5, -3]);
    expect((await pull(0)).map(Math.abs)).toEqual([0, 0, 0, 0]);
  });
});
