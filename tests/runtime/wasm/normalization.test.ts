import { expect, it } from "vitest";
import type { Tensor } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

const epsilon = 1e-5;

describeVariants("batch normalization", () => {
  it.each([
    [[64, 7, 7, 128]],
    [[4, 5, 3, 1]],
    [[4, 5, 3, 3]],
    [[4, 5, 3, 5]],
    [[64, 8]],
    [[7, 33]],
    [[2, 3, 3, 96]],
    [[3, 1, 1, 24]],
    [[5, 2]],
    [[1, 1, 67, 2]],
  ])("agrees with float64 loops, with and without an activation: %s", (shape) => {
    for (const leak of [1, 0, 0.2]) expectReference(shape, leak);
  });
});

function expectReference(shape: number[], leak: number): void {
  tf.tidy(() => {
    const C = shape[shape.length - 1];
    // A mean far from zero shows cancellation, were statistics taken in one pass.
    const x = normal(shape, 1)
      .mul(2)
      .add(normal([C], 5).mul(4));
    const [gamma, beta, dy] = [normal([C], 2).add(1), normal([C], 3), normal(shape, 4)];
    const expected = reference(leak, x, gamma, beta, dy);

    const forward = run<Tensor[]>("BatchNormTrain", { x, gamma, beta }, { epsilon, leak });
    expect(forward.map((t) => t.shape)).toEqual([shape, [C], [C], [4, C]]);
    const [y, mean, variance, kept] = forward;
    expect(relativeError(y, expected.y)).toBeLessThan(tolerance);
    expect(relativeError(mean, expected.mean)).toBeLessThan(tolerance);
    expect(relativeError(variance, expected.variance)).toBeLessThan(tolerance);
    expect(relativeError(tf.slice(kept, [1, 0], [1, C]), expected.rstd)).toBeLessThan(tolerance);

    const backward = run<Tensor[]>("BatchNormTrainGrad", { x, dy, kept }, { leak });
    expect(backward.map((t) => t.shape)).toEqual([shape, [C], [C]]);
    const [dx, dgamma, dbeta] = backward;
    expect(relativeError(dgamma, expected.dgamma)).toBeLessThan(tolerance);
    expect(relativeError(dbeta, expected.dbeta)).toBeLessThan(tolerance);
    expect(relativeError(dx, expected.dx)).toBeLessThan(tolerance);
  });
}

/** The definition, in double precision; gradients as in Ioffe and Szegedy (2015), section 3. */
function reference(leak: number, ...tensors: [x: Tensor, gamma: Tensor, beta: Tensor, dy: Tensor]) {
  const [x, gamma, beta, arriving] = tensors.map((t) => t.dataSync());
  const C = gamma.length;
  const n = x.length / C;
  const perChannel = (value: (i: number, c: number) => number) => {
    const sums = new Float64Array(C);
    for (let i = 0; i < x.length; i++) sums[i % C] += value(i, i % C);
    return sums;
  };
  const mean = perChannel((i) => x[i] / n);
  const variance = perChannel((i, c) => (x[i] - mean[c]) ** 2 / n);
  const rstd = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const unit = (i: number) => (x[i] - mean[i % C]) * rstd[i % C];
  const normal = (i: number) => unit(i) * gamma[i % C] + beta[i % C];
  const dy = Float64Array.from(arriving, (value, i) => (normal(i) > 0 ? value : leak * value));
  const dbeta = perChannel((i) => dy[i]);
  const dgamma = perChannel((i) => dy[i] * unit(i));
  return {
    mean,
    variance,
    rstd,
    dgamma,
    dbeta,
    y: Float64Array.from(x, (_, i) => (normal(i) > 0 ? normal(i) : leak * normal(i))),
    dx: Float64Array.from(x, (_, i) => {
      const c = i % C;
      return gamma[c] * rstd[c] * (dy[i] - dbeta[c] / n - (unit(i) * dgamma[c]) / n);
    }),
  };
}
