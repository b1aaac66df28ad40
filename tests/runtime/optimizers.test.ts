import { readFileSync } from "node:fs";
import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Hyperparameters,
  type OptimizerName,
  type Slots,
  clipGradNorm,
  clipWeights,
  optimizers,
  updateAverage,
} from "../../src/runtime/optimizers.ts";
import { gradientError, normalTensor } from "./finite-differences.ts";
import { openWasm, tf } from "./wasm-backend.ts";

interface Update {
  name: OptimizerName;
  hyper: Hyperparameters;
  start: number[];
  grads: number[][];
  params: number[][];
  state: Record<string, number[]>;
}
interface Clip {
  maxNorm: number;
  before: number[][];
  norm: number;
  after: number[][];
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/optimizers.json", import.meta.url), "utf8")) as {
  updates: Update[];
  clips: Clip[];
};

beforeAll(openWasm);

describe("the rules of torch.optim", () => {
  for (const { name, hyper, start, grads, params, state } of fixture.updates)
    for (const differentiable of [false, true])
      it(`${name} ${JSON.stringify(hyper)} follows PyTorch over five steps${differentiable ? ", composed" : ""}`, () => {
        const rule = optimizers[name];
        let param: Tensor = tf.tensor(start);
        let slots: Slots = Object.fromEntries(rule.slots(hyper).map((slot) => [slot, tf.zerosLike(param)]));
        grads.forEach((values, i) => {
          const grad = tf.tensor(values);
          ({ param, slots } = rule.update(tf, { param, grad, slots, hyper, step: i + 1, differentiable }));
          expectClose(param, params[i]);
        });
        expect(Object.keys(slots).sort()).toEqual([...rule.slots(hyper)].sort());
        for (const [slot, values] of Object.entries(state)) expectClose(slots[slot], values);
      });

  it("can be differentiated, and give no NaN where a second moment is 0", () => {
    const param = normalTensor(tf, "param", [6]);
    const old = { exp_avg: tf.zeros([6]), exp_avg_sq: tf.zeros([6]) };
    const updated = (name: OptimizerName, slots: Slots) => (grad: Tensor) =>
      optimizers[name].update(tf, { param, grad, slots, hyper: { lr: 0.1, eps: 0.1 }, step: 1, differentiable: true })
        .param;
    const grad = normalTensor(tf, "grad", [6]);
    expect(gradientError(tf, updated("Adam", old), [grad])).toBeLessThan(1e-3);
    expect(gradientError(tf, updated("RMSprop", { square_avg: tf.zeros([6]) }), [grad])).toBeLessThan(1e-3);
    const atZero = tf.grad((g) => tf.sum(updated("Adam", old)(g)))(tf.zeros([6]));
    expect([...atZero.dataSync()].every(Number.isFinite)).toBe(true);
  });
});

describe("around a step", () => {
  for (const { maxNorm, before, norm, after } of fixture.clips)
    it(`clips gradients of norm ${norm.toFixed(2)} to ${maxNorm} as clip_grad_norm_ does`, () => {
      const clipped = clipGradNorm(
        tf,
        before.map((values) => tf.tensor(values)),
        maxNorm,
      );
      expect(clipped.norm.dataSync()[0]).toBeCloseTo(norm, 5);
      clipped.grads.forEach((grad, i) => expectClose(grad, after[i]));
    });

  it("clips weights and averages them", () => {
    expectClose(clipWeights(tf, tf.tensor([-3, -0.005, 0.5]), 0.01), [-0.01, -0.005, 0.01]);
    expectClose(updateAverage(tf, tf.tensor([1, 2]), tf.tensor([3, -2]), 0.75), [1.5, 1]);
  });
});

function expectClose(tensor: Tensor, values: number[]): void {
  tensor
    .dataSync()
    .forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(1e-6 * (1 + Math.abs(values[i]))));
}
