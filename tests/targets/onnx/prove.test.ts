import { describe, expect, it } from "vitest";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { OnnxRuntimeError } from "../../../src/targets/onnx/runtime.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";
import { runNchw, type PlainTensors } from "../../../src/targets/tfjs/nchw.ts";
import { inTfjs, network, randomWeights, tf } from "./networks.ts";

const program = network({
  picture: ["Input", { type: "image", shape: [2, 3, 5] }],
  z: ["Input", { type: "vector", shape: [4] }],
  flat: ["Flatten", {}, "picture"],
  fc: ["Linear", { out_features: 3 }, "flat"],
  shift: ["Shift", {}, "z"],
  score: ["Output", {}, "fc"],
  moved: ["Output", {}, "shift"],
});
const weights = randomWeights(program);
const bytes = writeOnnx(program, weights, { producerVersion: "0.0.0" });
const proofWith = (run: (feeds: PlainTensors) => Promise<PlainTensors>, seed = 1) =>
  proveOnnx({ bytes, network: program, run, seed });

describe("a proof", () => {
  it("compares every output over 72 samples, drawn alike for equal seeds", async () => {
    const seen: PlainTensors[] = [];
    const { run, dispose } = inTfjs(program, weights);
    const watching = (feeds: PlainTensors) => (seen.push(feeds), run(feeds));
    const proof = await proofWith(watching);
    expect(proof).toEqual(await proofWith(watching));
    await proofWith(watching, 2);
    dispose();
    expect(proof.samples).toBe(72);
    expect(proof.largest).toBe(Math.max(...Object.values(proof.perOutput)));
    expect(Object.keys(proof.perOutput).sort()).toEqual(["moved", "score"]);
    expect(seen[3]).toEqual(seen[0]);
    expect(seen[6]).not.toEqual(seen[0]);
  });

  it("feeds images between −1 and 1, and vectors of mean 0 and variance 1", async () => {
    const { run, dispose } = inTfjs(program, weights);
    await proofWith((feeds) => {
      if (feeds["z"].dims[0] === 64) {
        const [z, picture] = [feeds["z"].data, feeds["picture"].data];
        const mean = (values: Float32Array, of = (value: number) => value) =>
          values.reduce((sum, value) => sum + of(value), 0) / values.length;
        expect(Math.abs(mean(z))).toBeLessThan(0.2);
        expect(Math.abs(mean(z, (value) => value * value) - 1)).toBeLessThan(0.3);
        expect([
          Math.min(...picture) < -0.9,
          Math.max(...picture) > 0.9,
          picture.every((value) => Math.abs(value) <= 1),
        ]).toEqual([true, true, true]);
      }
      return run(feeds);
    });
    dispose();
  });

  it("finds weights that are not those of the file, in the output that they reach", async () => {
    const other = new Map(weights);
    other.set("shift.bias", { shape: [4], data: weights.get("shift.bias")!.data.map((value) => value + 0.25) });
    const { run, dispose } = inTfjs(program, other);
    const { largest, relative, perOutput } = await proofWith(run);
    dispose();
    expect(largest).toBeCloseTo(0.25, 5);
    expect(perOutput["moved"]).toBe(largest);
    expect(perOutput["score"]).toBeLessThan(1e-5);
    expect(relative).toBeGreaterThan(0.02);
    expect(relative).toBeLessThan(0.25);
  });

  it.each<[string, (results: PlainTensors) => PlainTensors]>([
    [
      "a number that is none",
      (results) => ({ ...results, score: { ...results["score"], data: results["score"].data.map(() => NaN) } }),
    ],
    [
      "another shape",
      (results) => ({ ...results, score: { ...results["score"], dims: [3, results["score"].dims[0]] } }),
    ],
    ["a missing output", ({ moved }) => ({ moved })],
  ])("is infinitely far off for %s", async (_, spoil) => {
    const { run, dispose } = inTfjs(program, weights);
    const proof = await proofWith(async (feeds) => spoil(await run(feeds)));
    dispose();
    expect(proof.largest).toBe(Infinity);
    expect(proof.relative).toBe(Infinity);
  });

  it("fails where ONNX Runtime refuses the file", async () => {
    const { run, dispose } = inTfjs(program, weights);
    await expect(proveOnnx({ bytes: bytes.subarray(0, 40), network: program, run, seed: 1 })).rejects.toThrow(
      OnnxRuntimeError,
    );
    dispose();
  });
});

describe("a network run on plain arrays", () => {
  const copy = network({
    x: ["Input", { type: "image", shape: [2, 2, 3] }],
    y: ["Output", {}, "x"],
    flat: ["Flatten", {}, "x"],
    v: ["Output", {}, "flat"],
  });
  const feeds = { x: { dims: [2, 2, 2, 3], data: Float32Array.from({ length: 24 }, (_, index) => index) } };

  it("takes and gives channels first", async () => {
    const { run, dispose } = inTfjs(copy, new Map());
    expect(await run(feeds)).toEqual({ y: feeds.x, v: { dims: [2, 12], data: feeds.x.data } });
    dispose();
  });

  it("leaves no tensor behind, also where it fails", async () => {
    const { compiled, dispose } = inTfjs(program, weights);
    const before = tf.memory().numTensors;
    const z = { dims: [2, 4], data: new Float32Array(8) };
    const picture = { dims: [2, 2, 3, 5], data: new Float32Array(60) };
    await runNchw(tf, compiled, { z, picture });
    await expect(runNchw(tf, compiled, { z })).rejects.toThrow('model needs the input "picture"');
    await expect(runNchw(tf, compiled, { z, picture: { ...picture, dims: [2, 3, 2, 7] } })).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
    dispose();
  });
});
