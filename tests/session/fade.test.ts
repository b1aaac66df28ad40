// Progressive growing: networks trained across a fade, stopped within it and taken up again, sampled and exported as they stand.

import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../src/core/document/types.ts";
import { openRuntime } from "../../src/targets/onnx/runtime.ts";
import { decodeModel } from "../../src/targets/onnx/model.ts";
import { writeOnnx } from "../../src/targets/onnx/write.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/session/checkpoint.ts";
import type { Session } from "../../src/session/session.ts";
import { graph, node } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { game, points } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
/** In images: with a batch of 8, iterations 4 to 7 lie inside. */
const [start, over] = [24, 40];
const alphaAt = (iteration: number) => Math.min(1, Math.max(0, (8 * iteration - start) / over));

/** A linear branch, and one with a hidden layer that takes its place. */
const fading = (input: string, features: number, output: string): Graph =>
  graph(
    {
      [input]: node("Input"),
      low: node("Linear", { out_features: features }),
      hidden: node("Linear", { out_features: 6 }),
      tanh: node("Tanh"),
      high: node("Linear", { out_features: features }),
      fade: node("FadeIn", { start, over }),
      [output]: node("Output"),
    },
    `${input}.out > low.in`,
    `${input}.out > hidden.in`,
    "hidden.out > tanh.in",
    "tanh.out > high.in",
    "low.out > fade.low",
    "high.out > fade.high",
    `fade.out > ${output}.in`,
  );
const program = programOf(game(fading("z", 2, "x"), fading("x", 1, "score"), 4, { batch: 8 }), dataSets);

const numbersOf = async (session: Session, path: string) => [...(await session.weights("generator")).get(path)!.data];

describe("FadeIn in training", () => {
  it("rises with the images shown, and leaves alone what does not count", async () => {
    const session = sessionOf(program, dataSets);
    for (let iteration = 0; iteration < 11; iteration++) {
      const before = { low: await numbersOf(session, "low.weight"), high: await numbersOf(session, "hidden.weight") };
      await train(session, iteration + 1);
      const alpha = alphaAt(iteration);
      expect((await numbersOf(session, "fade.alpha"))[0]).toBeCloseTo(alpha, 6);
      expect(JSON.stringify(await numbersOf(session, "low.weight")) === JSON.stringify(before.low)).toBe(alpha === 1);
      expect(JSON.stringify(await numbersOf(session, "hidden.weight")) === JSON.stringify(before.high)).toBe(
        alpha === 0,
      );
    }
    session.dispose();
  });

  it("counts the images of every step of the critic", async () => {
    const networks = [fading("z", 2, "x"), fading("x", 1, "score")] as const;
    const session = sessionOf(programOf(game(...networks, 4, { critic: { steps: 3 } }), dataSets), dataSets);
    await train(session, 3);
    expect((await numbersOf(session, "fade.alpha"))[0]).toBeCloseTo((2 * 3 * 8 - start) / over, 6);
    session.dispose();
  });

  it.each([2, 5, 6, 9])("goes on from a checkpoint after %i of 12 iterations, to the bit", async (stop) => {
    const whole = sessionOf(program, dataSets);
    const reports = await train(whole, 12);
    const first = sessionOf(program, dataSets);
    await train(first, stop);
    const bytes = encodeCheckpoint(await first.checkpoint());
    const sampled = await first.sample({ count: 3, seed: 1 });
    first.dispose();
    const second = sessionOf(program, dataSets);
    second.restore(decodeCheckpoint(bytes, "state.safetensors"));
    expect(await second.sample({ count: 3, seed: 1 })).toEqual(sampled);
    expect(await train(second, 12)).toEqual(reports.slice(stop));
    expect(await stateOf(second)).toEqual(await stateOf(whole));
    whole.dispose();
    second.dispose();
  });
});

describe("FadeIn in samples and exports", () => {
  it.each([
    [3, ["Identity"]],
    [6, ["Sub", "Mul", "Mul", "Add"]],
    [11, ["Identity"]],
  ])("stands after %i iterations where training left it", async (iterations, operators) => {
    const session = sessionOf(program, dataSets);
    await train(session, iterations);
    const z = { dims: [5, 4], data: Float32Array.from({ length: 20 }, (_, at) => Math.sin(at)) };
    const { x } = await session.evaluate("generator", { z });
    const network = program.networks.find(({ name }) => name === "generator")!;
    const bytes = writeOnnx(network, await session.weights("generator"), { producerVersion: "test" });
    const written = decodeModel(bytes).graph.node.filter(({ name }) => name.startsWith("/fade/"));
    expect(written.map(({ opType }) => opType)).toEqual(operators);
    const runtime = await openRuntime(bytes);
    const found = (await runtime.run({ z })).x;
    await runtime.release();
    session.dispose();
    expect(found.dims).toEqual([5, 2]);
    found.data.forEach((value, at) => expect(Math.abs(Number(value) - x.data[at])).toBeLessThan(1e-6));
  });
});
