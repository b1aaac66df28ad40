import { readFileSync } from "node:fs";
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ops, createOps } from "../../src/runtime/ops.ts";
import { gradientError, normalTensor, secondOrderError } from "./finite-differences.ts";
import { openTraining, tf } from "./wasm-backend.ts";

interface Normalized {
  shape: number[];
  epsilon: number;
  training: boolean;
  [values: string]: unknown;
}
interface Elementwise {
  name: "relu" | "leakyRelu" | "tanh" | "sigmoid" | "softplus";
  target: number;
  x: number[];
  y: number[];
  dx: number[];
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/ops.json", import.meta.url), "utf8")) as {
  batchNorm: Normalized[];
  activations: Elementwise[];
  bceWithLogits: Elementwise[];
  bce: Elementwise[];
};

beforeAll(openTraining);

for (const secondOrder of [false, true])
  describe(secondOrder ? "composed operations" : "fused operations", () => {
    let ops: Ops;
    beforeAll(() => {
      ops = createOps(tf, { secondOrder });
    });

    for (const c of fixture.batchNorm)
      it(`${c.training ? "batchNormTrain" : "batchNormInference"} of [${c.shape}] equals PyTorch's`, () => {
        tf.tidy(() => {
          const vector = (name: string) => tf.tensor1d(c[name] as number[]);
          const x = tf.tensor(c.x as number[], c.shape);
          const dy = tf.tensor(c.dy as number[], c.shape);
          const f = (x: Tensor, gamma: Tensor, beta: Tensor) =>
            c.training
              ? ops.batchNormTrain(x, gamma as Tensor1D, beta as Tensor1D, c.epsilon)
              : {
                  y: ops.batchNormInference(
                    x,
                    gamma as Tensor1D,
                    beta as Tensor1D,
                    vector("mean"),
                    vector("variance"),
                    c.epsilon,
                  ),
                  mean: vector("mean"),
                  variance: vector("variance"),
                };
          const inputs = [x, vector("gamma"), vector("beta")];
          const { y, mean, variance } = f(inputs[0], inputs[1], inputs[2]);
          const gradients = tf.grads((x, gamma, beta) => tf.sum(tf.mul(f(x, gamma, beta).y, dy)))(inputs);
          expectClose(y, c.y as number[]);
          expectClose(mean, c.mean as number[]);
          expectClose(variance, c.variance as number[]);
          ["dx", "dgamma", "dbeta"].forEach((name, i) => expectClose(gradients[i], c[name] as number[], 1e-5));
        });
      });

    for (const c of fixture.activations)
      it(`${c.name} and its derivative equal PyTorch's from −200 to 150`, () => {
        const f = (x: Tensor) => (c.name === "leakyRelu" ? ops.leakyRelu(x, 0.2) : ops[c.name](x));
        const x = tf.tensor1d(c.x);
        expectClose(f(x), c.y);
        expectClose(tf.grad((x) => tf.sum(f(x)))(x), c.dx);
      });

    for (const name of ["bceWithLogits", "bce"] as const)
      for (const c of fixture[name])
        it(`${name} against ${c.target} equals PyTorch's, extremes included`, () => {
          const x = tf.tensor1d(c.x);
          const f = (x: Tensor) => ops[name](x, c.target);
          expectClose(f(x), c.y);
          const slope = tf.grad(f)(x);
          if (name === "bceWithLogits") expectClose(slope, c.dx);
          else
            slope
              .dataSync()
              .forEach((value, i) => expect(Math.abs(value - c.dx[i])).toBeLessThanOrEqual(1e-5 * Math.abs(c.dx[i])));
        });

    it("linear multiplies by the transposed weight", () => {
      const y = ops.linear(tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4], [5, 6], [7, 8]]), tf.tensor1d([10, 20, 30])); // prettier-ignore
      expect(y.arraySync()).toEqual([[21, 37, 53]]);
    });

    it("runs in a tidy without leaking, gradients too", () => {
      const x = tf.keep(normalTensor(tf, "x", [2, 4, 4, 8]));
      const [gamma, beta] = ["gamma", "beta"].map((name) => tf.variable(normalTensor(tf, name, [8]) as Tensor1D));
      const counts = [0, 1, 2].map(() => {
        tf.tidy(() => void tf.variableGrads(() => networkOf(ops, x, gamma, beta), [gamma, beta]));
        return tf.memory().numTensors;
      });
      expect(new Set(counts).size).toBe(1);
      tf.dispose([x, gamma, beta]);
    });

    it(secondOrder ? "uses no kernel for one order alone" : "uses the fused kernels, both ways", async () => {
      const [x, gamma] = [normalTensor(tf, "x", [2, 4, 4, 8]), normalTensor(tf, "gamma", [8])];
      const profile = await tf.profile(() => tf.tidy(() => tf.grads((x, g) => networkOf(ops, x, g, g))([x, gamma])));
      const fused = ["BatchNormTrain", "BatchNormTrainGrad", "LeakyReluGrad", "TanhGrad", "SigmoidGrad"];
      const used = fused.filter((name) => profile.kernelNames.includes(name));
      expect(used).toEqual(secondOrder ? ["LeakyReluGrad"] : fused);
    });
  });

describe("composed operations differentiate twice", () => {
  let ops: Ops;
  beforeAll(() => {
    ops = createOps(tf, { secondOrder: true });
  });

  const smooth: Record<string, [(...inputs: Tensor[]) => Tensor, number[][]]> = {
    batchNormTrain: [(x, g, b) => ops.batchNormTrain(x, g as Tensor1D, b as Tensor1D, 1e-5).y, [[4, 3, 2], [2], [2]]],
    "its statistics": [(x) => ops.batchNormTrain(x, tf.ones([2]), tf.zeros([2]), 1e-5).variance, [[4, 3, 2]]],
    batchNormInference: [
      (x, g, b, m) => ops.batchNormInference(x, g as Tensor1D, b as Tensor1D, m as Tensor1D, tf.tensor1d([1, 2]), 1e-5),
      [[4, 2], [2], [2], [2]],
    ],
    linear: [(x, w, b) => tf.square(ops.linear(x as Tensor2D, w as Tensor2D, b as Tensor1D)), [[3, 4], [2, 4], [2]]],
    tanh: [(x) => ops.tanh(x), [[5]]],
    softplus: [(x) => ops.softplus(x), [[5]]],
    bceWithLogits: [(x) => ops.bceWithLogits(x, 0.9), [[5]]],
    "bce of a sigmoid": [(x) => ops.bce(ops.sigmoid(x), 0.9), [[5]]],
  };
  for (const [name, [f, shapes]] of Object.entries(smooth))
    it(name, () => {
      const inputs = shapes.map((shape, i) => normalTensor(tf, `${name} ${i}`, shape));
      expect(gradientError(tf, f, inputs)).toBeLessThan(1e-3);
      expect(secondOrderError(tf, f, inputs)).toBeLessThan(2e-3);
    });
});

describe("PyTorch's order of features", () => {
  it("flattens (C, H, W) first and comes back", () => {
    const ops = createOps(tf, { secondOrder: false });
    const nchw = tf.reshape(tf.range(0, 48), [2, 4, 3, 2]) as Tensor4D;
    const x = tf.transpose(nchw, [0, 2, 3, 1]);
    const flat = ops.flattenChannelsFirst(x);
    expect([...flat.dataSync()]).toEqual([...nchw.dataSync()]);
    expect(flat.shape).toEqual([2, 24]);
    const back = ops.unflattenChannelsFirst(flat, [4, 3, 2]);
    expect(back.shape).toEqual(x.shape);
    expect([...back.dataSync()]).toEqual([...x.dataSync()]);
    const vector = ops.unflattenChannelsFirst(flat, [24, 1, 1]);
    expect(ops.flattenChannelsFirst(vector).arraySync()).toEqual(flat.arraySync());
  });
});

/** Batch norm and all three fused activations under one mean. */
function networkOf(ops: Ops, x: Tensor, gamma: Tensor, beta: Tensor): Scalar {
  const { y } = ops.batchNormTrain(x, gamma as Tensor1D, beta as Tensor1D, 1e-5);
  return tf.mean(ops.sigmoid(ops.tanh(ops.leakyRelu(y, 0.2))));
}

/** Within `tolerance` of the largest value. */
function expectClose(found: Tensor, expected: number[], tolerance = 2e-6): void {
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  const values = found.dataSync();
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) =>
    expect(Math.abs(values[i] - value), `[${i}] ${values[i]}`).toBeLessThan(tolerance * scale),
  );
}
