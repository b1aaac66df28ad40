// WebGPU against wasm at tiny sizes, on SwiftShader: values, gradients and gradients of gradients. Wasm itself is compared
// with finite differences and PyTorch in the tests beside this one. On a machine without
// Chromium's driver there is nothing to compare.

import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { prepareBackend } from "../../src/runtime/backend.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { optimizers } from "../../src/runtime/optimizers.ts";
import { convolutionCases } from "./convolution-cases.ts";
import { normalTensor, secondGradients } from "./finite-differences.ts";
import { type Case, firstOrder, inputsOf, right, secondOrder, secondOrderOnKernels } from "./gradient-cases.ts";
import { softwareDriver } from "./software-gpu.ts";
import { openTraining, tf } from "./wasm-backend.ts";

const driver = softwareDriver();

const ops = createOps(tf, { secondOrder: true });
const operations: Case[] = [
  {
    name: "batchNormTrain",
    f: (x, g, b) => ops.batchNormTrain(x, g as Tensor1D, b as Tensor1D, 1e-5).y,
    inputs: [[4, 3, 3, 5], [5], [5]],
  },
  { name: "bceWithLogits", f: (x) => ops.bceWithLogits(x, 0.9), inputs: [[7, 3]] },
  { name: "bce", f: (x) => ops.bce(tf.sigmoid(x), 0.9), inputs: [[7, 3]] },
  { name: "linear", f: (x, w, b) => ops.linear(x as never, w as never, b as never), inputs: [[3, 4], [5, 4], [5]] },
  {
    name: "Adam's update",
    f: (grad) =>
      optimizers.Adam.update(tf, {
        param: tf.ones([6]),
        grad,
        slots: { exp_avg: tf.fill([6], 0.1), exp_avg_sq: tf.fill([6], 0.3) },
        hyper: { lr: 0.1, weight_decay: 0.1 },
        step: 3,
        differentiable: true,
      }).param,
    inputs: [[6]],
  },
];
const convolutions = convolutionCases
  .filter((_, i) => i % 3 === 0)
  .map((c): Case => ({ ...c, f: (x, w, b) => c.f(x, w, b) }));
const cases = [...operations, ...firstOrder, ...secondOrder, ...secondOrderOnKernels, ...right, ...convolutions];

describe.runIf(driver)("WebGPU on a software adapter", () => {
  const expected = new Map<Case, Float32Array[]>();

  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    for (const c of cases) expected.set(c, await evaluate(c));
    const { backend, device, notices } = await openBackend("webgpu");
    expect(backend).toBe("webgpu");
    expect(device).toMatch(/SwiftShader/i);
    expect(notices).toEqual([expect.stringContaining("is a software adapter")]);
    // Otherwise tiny operations are computed by tfjs's cpu kernels.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  }, 60_000);

  for (const c of cases)
    it(`${c.name} equals wasm, gradient and second gradient too`, async () => {
      const found = await evaluate(c);
      expected.get(c)?.forEach((values, i) => {
        const scale = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
        const worst = Math.max(...values.map((value, k) => Math.abs(found[i][k] - value))) / scale;
        expect(worst, `result ${i}`).toBeLessThan(1e-4);
      });
    });

  it("is not what auto takes", async () => {
    const prepared = await prepareBackend(tf, "auto", {
      gpu: () => Promise.resolve(navigator.gpu),
      registerWebGPU: () => Promise.reject(new Error("auto took a software adapter")),
      registerWasm: () => Promise.resolve(),
      installKernels: () => Promise.resolve("simd"),
    });
    expect(prepared).toEqual({
      name: "wasm",
      device: "WebAssembly, SIMD, one thread",
      variant: "wasm-simd",
      notices: [],
    });
  });
});

/** f, the gradients of Σ w·f and those of Σ v·∇ + ½Σ ∇², for random w and v. */
async function evaluate(c: Case): Promise<Float32Array[]> {
  const results = tf.tidy(() => {
    const inputs = inputsOf(c);
    const y = c.f(...inputs);
    const weights = normalTensor(tf, "weights", y.shape);
    const { grads } = tf
      .engine()
      .gradients<Scalar>(() => tf.sum(tf.mul(c.f(...inputs), weights)), inputs, undefined, true);
    const first = inputs.map((input, i): Tensor => grads[i] ?? tf.zerosLike(input));
    return [y, ...first, ...secondGradients(tf, c.f, inputs)];
  });
  const values = await Promise.all(results.map((tensor) => tensor.data<"float32">()));
  tf.dispose(results);
  return values;
}
