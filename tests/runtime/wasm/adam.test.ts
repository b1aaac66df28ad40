import { expect, it } from "vitest";
import type { Tensor } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

const settings = { learningRate: 0.01, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };

describeVariants("AdamUpdate", () => {
  it.each([
    ["Adam", settings],
    ["Adam with weight decay", { ...settings, beta1: 0.9, weightDecay: 0.1 }],
    ["AdamW", { ...settings, weightDecay: 0.1, decoupled: true }],
    ["a large epsilon, β1 = 0", { ...settings, beta1: 0, beta2: 0.9, epsilon: 0.1 }],
  ])("follows torch.optim over six steps: %s", (_, hyper) => {
    tf.tidy(() => {
      for (const shape of [[1], [3], [4], [7], [3, 4, 5], [130]]) {
        let state: Tensor[] = [normal(shape, 1), tf.zeros(shape), tf.zeros(shape)];
        const reference = { param: Float64Array.from(state[0].dataSync()), m: new Float64Array(state[0].size) };
        const exact = { ...reference, v: new Float64Array(state[0].size) };
        for (let step = 1; step <= 6; step++) {
          const grad = normal(shape, 10 + step);
          const [param, m, v] = state;
          state = run<Tensor[]>("AdamUpdate", { param, m, v, grad }, { ...hyper, step });
          torchAdam(exact, grad.dataSync(), hyper, step);
        }
        expect(state.map((t) => t.shape)).toEqual([shape, shape, shape]);
        expect(relativeError(state[0], exact.param)).toBeLessThan(tolerance);
        expect(relativeError(state[1], exact.m)).toBeLessThan(tolerance);
        expect(relativeError(state[2], exact.v)).toBeLessThan(tolerance);
      }
    });
  });
});

type State = Record<"param" | "m" | "v", Float64Array>;

/** torch.optim.Adam and AdamW, from their documentation. */
function torchAdam({ param, m, v }: State, grad: ArrayLike<number>, hyper: typeof settings, step: number): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled } = hyper;
  for (let i = 0; i < param.length; i++) {
    if (decoupled) param[i] -= learningRate * weightDecay * param[i];
    const g = grad[i] + (decoupled ? 0 : weightDecay * param[i]);
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    const [mean, variance] = [m[i] / (1 - beta1 ** step), v[i] / (1 - beta2 ** step)];
    param[i] -= (learningRate * mean) / (Math.sqrt(variance) + epsilon);
  }
}
