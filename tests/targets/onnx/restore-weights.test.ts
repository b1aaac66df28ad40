/** A file whose weights were computed at export gives its network the same outputs again, and training goes on from them. */
import { describe, expect, it } from "vitest";
import { weightsOf } from "../../../src/core/program/weights.ts";
import { decodeModel } from "../../../src/targets/onnx/model.ts";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { weightsIn } from "../../../src/targets/onnx/read-weights.ts";
import { restoredWeights } from "../../../src/targets/onnx/restore-weights.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";
import { inTfjs, network, randomWeights } from "./networks.ts";

const options = { spectral_norm: true };
const normalized = network({
  x: ["Input", { type: "image", shape: [3, 6, 5] }],
  conv: ["Conv2d", { out_channels: 6, groups: 3, kernel_size: 3, ...options }, "x"],
  attention: ["SelfAttention", { reduction: 2, ...options }, "conv"],
  up: ["ConvTranspose2d", { out_channels: 4, groups: 2, ...options }, "attention"],
  flat: ["Flatten", {}, "up"],
  fc: ["Linear", { out_features: 7, ...options }, "flat"],
  y: ["Output", {}, "fc"],
});

describe("weights under spectral norm", () => {
  const weights = randomWeights(normalized);
  const bytes = writeOnnx(normalized, weights, { opset: 17, producerVersion: "0.0.0" });
  const stored = weightsIn(decodeModel(bytes));

  it("are stored as one weight each, divided by σ", () => {
    expect([...stored.keys()].filter((path) => /_(orig|u|v)$/.test(path))).toEqual([]);
    expect(stored.get("fc.weight")!.shape).toEqual(weights.get("fc.weight_orig")!.shape);
  });

  it("come back as all that the network keeps, with the outputs of the file", async () => {
    const restored = restoredWeights(normalized, stored);
    expect([...restored.keys()].sort()).toEqual(weightsOf(normalized).map(({ path }) => path).sort()); // prettier-ignore
    const again = inTfjs(normalized, restored);
    const proof = await proveOnnx({ bytes, network: normalized, run: again.run, batches: [1, 3], seed: 5 });
    again.dispose();
    expect(proof.relative).toBeLessThanOrEqual(1e-5);
  });

  it("have the direction in which the weight stretches most", () => {
    const restored = restoredWeights(normalized, stored);
    const [w, u] = [restored.get("fc.weight_orig")!, restored.get("fc.weight_u")!];
    const [rows, columns] = w.shape;
    const back = Array.from({ length: columns }, (_, column) =>
      u.data.reduce((sum, value, row) => sum + value * w.data[row * columns + column], 0),
    );
    const again = Array.from({ length: rows }, (_, row) =>
      back.reduce((sum, value, column) => sum + value * w.data[row * columns + column], 0),
    );
    const length = Math.hypot(...again);
    const cosine = again.reduce((sum, value, row) => sum + (value / length) * u.data[row], 0);
    expect(Math.hypot(...u.data)).toBeCloseTo(1, 5);
    expect(cosine).toBeGreaterThan(0.99);
  });

  it("are left alone where the file holds them as they are", () => {
    expect(restoredWeights(normalized, weights)).toEqual(weights);
  });
});
