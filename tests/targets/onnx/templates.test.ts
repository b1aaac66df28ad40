/** Every template's networks, in ONNX Runtime as in tfjs, and read back. */
import { describe, expect, it } from "vitest";
import type { NetworkProgram } from "../../../src/core/program/types.ts";
import type { WeightStore } from "../../../src/core/program/weights.ts";
import { opsets } from "../../../src/targets/onnx/build.ts";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { readOnnx } from "../../../src/targets/onnx/read.ts";
import type { WeightStorage } from "../../../src/targets/onnx/write-weights.ts";
import { writeOnnx, type OnnxOptions } from "../../../src/targets/onnx/write.ts";
import type { PlainTensors } from "../../../src/targets/tfjs/nchw.ts";
import { inTfjs, programOf, randomWeights, sameWeights, template, templates } from "./networks.ts";

const producerVersion = "0.0.0";
const seed = 7;

const flopsOf = ({ instructions }: NetworkProgram): number => instructions.reduce((sum, { flops }) => sum + flops, 0);
const all = templates.flatMap((name) => template(name).networks.map((network) => ({ name, network })));
const quick = ({ network }: { readonly network: NetworkProgram }): boolean => flopsOf(network) < 1e9;
const cases = all.filter(quick).map(({ name, network }) => ({
  title: `${name}/${network.name}`,
  network,
  // 64 samples of a large network would take as long as all else together
  batches: flopsOf(network) > 1e8 ? [1, 7] : [1, 7, 64],
}));

it("leaves the largest networks to tests/session/papers.test.ts, where each is tried once", () => {
  const left = new Set(all.filter((each) => !quick(each)).map(({ name }) => name));
  expect([...left].sort()).toEqual(["cyclegan-paper", "pix2pix-paper"]);
});

/** What a rounded weight shifts, a norm over each image by itself enlarges again. */
const enlarges = ({ instructions }: NetworkProgram): boolean =>
  instructions.some(({ kind }) => kind === "InstanceNorm2d");

describe.each(cases)("$title", ({ network, batches }) => {
  const weights = randomWeights(network);
  const wanted = expectation(network, weights);
  const prove = (options: Partial<OnnxOptions>, some = batches) =>
    proveOnnx({
      bytes: writeOnnx(network, weights, { producerVersion, ...options }),
      network,
      run: wanted,
      batches: some,
      seed,
    });

  it("is the same in ONNX Runtime, whatever the batch", async () => {
    const proof = await prove({});
    expect(proof.largest).toBeLessThanOrEqual(1e-4);
    expect(proof.relative).toBeLessThanOrEqual(1e-4);
    expect(proof.samples).toBe(batches.reduce((a, b) => a + b));
    expect(Object.keys(proof.perOutput)).toEqual(network.outputs.map(({ name }) => name));
  });

  it("is the same at every opset", async () => {
    for (const opset of opsets)
      expect((await prove({ opset }, [1, 7])).largest, `opset ${opset}`).toBeLessThanOrEqual(1e-4);
  });

  it.each<[WeightStorage, number]>([
    ["float16", 5e-3],
    ["int8", 3e-2],
  ])("differs a little with its weights as %s", async (storage, tolerance) => {
    const { largest } = await prove({ weights: storage }, [7]);
    expect(largest).toBeLessThanOrEqual(enlarges(network) ? 5 * tolerance : tolerance);
  });

  it("reads back as a document that computes the same, its weights where they were", async () => {
    const bytes = writeOnnx(network, weights, { producerVersion });
    const read = readOnnx(bytes, "models/a.onnx");
    expect(sameWeights(read.weights, weights)).toBe(true);
    const again = programOf(read.document).networks[0];
    const { run, dispose } = inTfjs(again, read.weights);
    expect((await proveOnnx({ bytes, network, run, batches: [7], seed })).largest).toBeLessThanOrEqual(1e-4);
    dispose();
  });
});

/** tfjs's answer to the same feeds is the same: it is computed once for all opsets. */
function expectation(network: NetworkProgram, weights: WeightStore): (feeds: PlainTensors) => Promise<PlainTensors> {
  const known = new Map<number, Promise<PlainTensors>>();
  return (feeds) => {
    const batch = Object.values(feeds)[0].dims[0];
    if (!known.has(batch)) {
      const { run, dispose } = inTfjs(network, weights);
      known.set(batch, run(feeds).finally(dispose));
    }
    return known.get(batch)!;
  };
}
