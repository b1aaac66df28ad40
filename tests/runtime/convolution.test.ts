import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { convolutionCases } from "./convolution-cases.ts";
import { secondOrderError } from "./finite-differences.ts";
import { openTraining, tf } from "./wasm-backend.ts";

beforeAll(openTraining);

describe("convolutions equal PyTorch's, with all their gradients", () => {
  for (const { name, f, inputs, dy, expected } of convolutionCases)
    it(name, () => {
      tf.tidy(() => {
        const [x, weight, bias] = inputs.map((input) => input());
        const sum = (...tensors: Tensor[]) => tf.sum(tf.mul(f(tensors[0], tensors[1], tensors[2]), dy()));
        const found = [f(x, weight, bias), ...tf.grads(sum)([x, weight, bias])];
        ["output", "gradient of x", "gradient of the weight", "gradient of the bias"].forEach((what, i) =>
          expect(relativeError(found[i], expected[i]), what).toBeLessThan(1e-5),
        );
      });
    });
});

describe("convolutions differentiate twice", () => {
  for (const { name, f, inputs } of [0, 1, 5, 6, 12, 13].map((i) => convolutionCases[i]))
    it(name, () => {
      const tensors = inputs.map((input) => input());
      expect(secondOrderError(tf, (x, weight, bias) => f(x, weight, bias), tensors)).toBeLessThan(2e-3);
    });
});

/** The largest difference relative to the largest value. */
function relativeError(found: Tensor, expected: Float32Array): number {
  const values = found.dataSync();
  if (values.length !== expected.length) return Infinity;
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
  return Math.max(...expected.map((value, i) => Math.abs(values[i] - value))) / scale;
}
