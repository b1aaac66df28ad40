// StyleGAN2 in small: trained, stopped and taken up again, sampled with truncation, exported.

import { beforeAll, describe, expect, it } from "vitest";
import { draw } from "../../src/runtime/philox.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/session/checkpoint.ts";
import { opsets } from "../../src/targets/onnx/build.ts";
import { proveOnnx } from "../../src/targets/onnx/prove.ts";
import { writeOnnx } from "../../src/targets/onnx/write.ts";
import { squares, styleGan } from "../helpers/style-gan.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const features = 12;
const dataSets = { squares: squares() };
const program = programOf(styleGan(features), dataSets);

describe("a small StyleGAN2", () => {
  it("trains all of its weights", async () => {
    const session = sessionOf(program, dataSets);
    const before = await stateOf(session);
    const reports = await train(session, 2);
    for (const { losses } of reports) for (const loss of Object.values(losses)) expect(loss).toBeGreaterThan(0);
    const after = await stateOf(session);
    const still = Object.keys(before).filter((name) => name.startsWith("weights/") && String(before[name]) === String(after[name])); // prettier-ignore
    // the noise of samples is fixed
    expect(still).toEqual([4, 8, 16].map((size) => `weights/synthesis/noise${size}.noise`));
    session.dispose();
  });

  it("goes on from a checkpoint to the bit, its noise and mixing too", async () => {
    const whole = sessionOf(program, dataSets);
    const reports = await train(whole, 3);
    const first = sessionOf(program, dataSets);
    await train(first, 1);
    const bytes = encodeCheckpoint(await first.checkpoint());
    first.dispose();
    const second = sessionOf(program, dataSets);
    second.restore(decodeCheckpoint(bytes, "state.safetensors"));
    expect(await train(second, 3)).toEqual(reports.slice(1));
    expect(await stateOf(second)).toEqual(await stateOf(whole));
    whole.dispose();
    second.dispose();
  });

  it("is the same in ONNX Runtime", async () => {
    const session = sessionOf(program, dataSets);
    await train(session, 2);
    for (const name of ["mapping", "synthesis", "critic"]) {
      const network = program.networks.find((each) => each.name === name)!;
      for (const opset of [opsets[0], 17, opsets[opsets.length - 1]] as const) {
        const bytes = writeOnnx(network, await session.weights(name), { opset, producerVersion: "test" });
        const run = (feeds: Parameters<typeof session.evaluate>[1]) => session.evaluate(name, feeds);
        const { largest } = await proveOnnx({ bytes, network, run, batches: [1, 3], seed: 1 });
        expect(largest, `${name}, opset ${opset}`).toBeLessThan(1e-4);
      }
    }
    session.dispose();
  });
});

describe("truncation with a tracked mean", () => {
  it("pulls styles towards it and leaves noise as it is drawn", async () => {
    const session = sessionOf(program, dataSets);
    await train(session, 2);
    const [count, psi] = [3, 0.4];
    const [z1, z2] = ["z1", "z2"].map((source) => ({
      dims: [count, features],
      data: draw(9, `sample/${source}`, { iteration: 0 }).normal(count * features),
    }));
    const mean = (await session.weights("mapping")).get("m5.mean")!.data;
    expect(Math.max(...mean.map(Math.abs))).toBeGreaterThan(0);
    const styled = async (z: typeof z1, part: number) => {
      const { w } = await session.evaluate("mapping", { z });
      return {
        dims: w.dims,
        data: w.data.map((value, at) => mean[at % features] + part * (value - mean[at % features])),
      };
    };
    const imageAt = async (part: number) => {
      const { image } = await session.evaluate("synthesis", { w1: await styled(z1, part), w2: await styled(z2, part) });
      return image.data;
    };
    const largest = (a: Float32Array, b: Float32Array) => a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0); // prettier-ignore
    const whole = await session.sample({ count, seed: 9 });
    const pulled = await session.sample({ count, seed: 9, truncation: psi });
    expect(largest(whole.data, await imageAt(1))).toBeLessThan(1e-5);
    expect(largest(pulled.data, await imageAt(psi))).toBeLessThan(1e-5);
    expect(largest(pulled.data, whole.data)).toBeGreaterThan(1e-3);
    session.dispose();
  });
});
