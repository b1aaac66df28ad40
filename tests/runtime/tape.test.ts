import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ops, createOps } from "../../src/runtime/ops.ts";
import { optimizers } from "../../src/runtime/optimizers.ts";
import { createTape, gradientsWithin } from "../../src/runtime/tape.ts";
import { directionalError, normalTensor } from "./finite-differences.ts";
import { openTraining, tf } from "./wasm-backend.ts";

let ops: Ops;
beforeAll(async () => {
  await openTraining();
  ops = createOps(tf, { secondOrder: true });
});

/** A small GAN: two variables in each network, and a count of G's evaluations. */
function gan() {
  const variable = (name: string, ...shape: number[]) => tf.variable(tf.mul(normalTensor(tf, name, shape), 0.5));
  const G = [variable("G0", 3, 8), variable("G1", 8, 4)];
  const D = [variable("D0", 4, 8), variable("D1", 8, 1)];
  const z = tf.keep(normalTensor(tf, "z", [5, 3])) as Tensor2D;
  const real = tf.keep(normalTensor(tf, "real", [5, 4]));
  const model = {
    G,
    D,
    evaluations: 0,
    generate(): Tensor {
      model.evaluations++;
      return ops.tanh(tf.matMul(ops.leakyRelu(tf.matMul(z, G[0] as Tensor2D), 0.2), G[1] as Tensor2D));
    },
    judge: (x: Tensor): Tensor =>
      tf.matMul(ops.leakyRelu(tf.matMul(x as Tensor2D, D[0] as Tensor2D), 0.2), D[1] as Tensor2D),
    lossD: (fake: Tensor): Scalar =>
      tf.add(ops.bceWithLogits(model.judge(real), 1), ops.bceWithLogits(model.judge(fake), 0)),
    lossG: (fake: Tensor): Scalar => ops.bceWithLogits(model.judge(fake), 1),
    values: () => [...G, ...D].map((variable) => [...variable.dataSync()]),
    dispose: () => tf.dispose([...G, ...D, z, real]),
  };
  return model;
}
type Gan = ReturnType<typeof gan>;

function descend(variables: Variable[], gradients: (Tensor | null)[]): void {
  variables.forEach((variable, i) => variable.assign(tf.sub(variable, tf.mul(gradients[i] ?? 0, 0.1))));
}

/** D's step, then G's, each differentiating its own closure. */
function closures(model: Gan): void {
  const fake = model.generate();
  const d = tf.variableGrads(() => model.lossD(fake), model.D).grads;
  descend(
    model.D,
    model.D.map((variable) => d[variable.name]),
  );
  const g = tf.variableGrads(() => model.lossG(model.generate()), model.G).grads;
  descend(
    model.G,
    model.G.map((variable) => g[variable.name]),
  );
}

/** The same in a straight line: G evaluated once, on G's tape; D's step in between, on D's tape. */
function tapes(model: Gan): void {
  const [tapeG, tapeD] = [createTape(tf), createTape(tf)];
  const fake = tapeG.record(() => model.generate());
  const lossD = tapeD.record(() => model.lossD(fake));
  descend(model.D, tapeD.gradients(lossD, model.D));
  const lossG = tapeG.record(() => model.lossG(fake));
  descend(model.G, tapeG.gradients(lossG, model.G));
}

describe("a gradient tape", () => {
  it("gives the gradients of closures, to the bit, with G evaluated once an iteration", () => {
    const [expected, found] = [gan(), gan()];
    for (let i = 0; i < 5; i++) tf.tidy(() => closures(expected));
    for (let i = 0; i < 5; i++) tf.tidy(() => tapes(found));
    expect(found.values()).toEqual(expected.values());
    expect([expected.evaluations, found.evaluations]).toEqual([10, 5]);
    expected.dispose();
    found.dispose();
  });

  it("leaks no tensor", () => {
    const model = gan();
    const counts = [0, 1, 2, 3].map(() => {
      tf.tidy(() => tapes(model));
      return tf.memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
    model.dispose();
  });

  it("frees what it holds when it is disposed undifferentiated, or when differentiation throws", () => {
    const model = gan();
    const before = tf.memory().numTensors;
    const tape = createTape(tf);
    tf.tidy(() => void tape.record(() => model.lossG(model.generate())));
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    tape.dispose();
    expect(tf.memory().numTensors).toBe(before);

    tf.tidy(() => {
      const loss = tape.record(() => tf.sum<Scalar>(tf.cumprod(model.G[0], 0)));
      expect(() => tape.gradients(loss, model.G)).toThrow("gradient function not found for Cumprod");
    });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it("records nothing outside of record, and an inner record on the inner tape alone", () => {
    tf.tidy(() => {
      const [x, y] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(5))];
      const [outer, inner] = [createTape(tf), createTape(tf)];
      const unrecorded = tf.square(x);
      let innerLoss = tf.scalar(0);
      const outerLoss = outer.record(() => {
        innerLoss = inner.record(() => tf.mul(x, y));
        return tf.add<Scalar>(tf.mul(innerLoss, y), unrecorded);
      });
      const read = (gradients: (Tensor | null)[]) => gradients.map((g) => g && g.dataSync()[0]);
      expect(read(outer.gradients(outerLoss, [x, y]))).toEqual([null, 15]);
      expect(read(inner.gradients(innerLoss, [x, y]))).toEqual([5, 3]);
      tf.dispose([x, y]);
    });
  });

  it("differentiates with the value that a variable had when it was recorded, and records anew afterwards", () => {
    tf.tidy(() => {
      const x = tf.variable(tf.scalar(3));
      const tape = createTape(tf);
      for (const value of [3, 7]) {
        x.assign(tf.scalar(value));
        const loss = tape.record(() => tf.square<Scalar>(x));
        x.assign(tf.scalar(100));
        expect(tape.gradients(loss, [x])[0]?.dataSync()[0]).toBe(2 * value);
      }
      x.dispose();
    });
  });

  it("passes updates of weights when it is differentiated, and not in gradients within: there new weights are constants", () => {
    tf.tidy(() => {
      const x = tf.variable(tf.scalar(3));
      const tape = createTape(tf);
      const w = tape.recordUpdate(() => tf.mul<Scalar>(x, 2)); // 2x
      const slope = tape.record(() => {
        const y = tf.mul(w, tf.square(x)); // 2x·x², of which 2x is a constant within
        return gradientsWithin(tf, y, [x, w]) as [Scalar, Scalar];
      });
      expect(slope.map((each) => each.dataSync()[0])).toEqual([36, 9]); // 2·w·x and x²
      const loss = tape.record(() => tf.add<Scalar>(...slope)); // 4x² + x²
      expect(tape.gradients(loss, [x])[0]?.dataSync()[0]).toBe(30);
      x.dispose();
    });
  });

  it("tells of a gradient within what does not depend", () => {
    tf.tidy(() => {
      const [x, y] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(5))];
      const tape = createTape(tf);
      const [own, other] = tape.record(() => gradientsWithin(tf, tf.square(x), [x, y]));
      expect([own?.dataSync()[0], other]).toEqual([6, null]);
      tape.dispose();
      tf.dispose([x, y]);
    });
  });

  it("is not disturbed by gradients taken on it while another tape records", () => {
    tf.tidy(() => {
      const x = tf.variable(tf.scalar(2));
      const [a, b] = [createTape(tf), createTape(tf)];
      const cube = a.record(() => tf.mul<Scalar>(x, tf.square(x)));
      const loss = b.record(() => {
        const [slope] = a.gradients(cube, [x]);
        return tf.mul<Scalar>(x, slope ?? 0);
      });
      expect(b.gradients(loss, [x])[0]?.dataSync()[0]).toBe(12);
      x.dispose();
    });
  });
});

describe("an unrolled step on a tape", () => {
  it("carries the gradient of G's loss through D's update", () => {
    const model = gan();
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const lossAfterStep = (G: Tensor[]): Scalar => {
        const fake = ops.tanh(
          tf.matMul(normalTensor(tf, "z", [5, 3]) as Tensor2D, tf.matMul(G[0] as Tensor2D, G[1] as Tensor2D)),
        );
        const judge = (x: Tensor, D: Tensor[]) =>
          tf.matMul(ops.tanh(tf.matMul(x as Tensor2D, D[0] as Tensor2D)), D[1] as Tensor2D);
        const slopes = tf.grads((...D) => ops.bceWithLogits(judge(fake, D), 0))(model.D);
        const D = model.D.map((param, i) => {
          const slots = { exp_avg: tf.zeros(param.shape), exp_avg_sq: tf.zeros(param.shape) };
          const hyper = { lr: 0.3, eps: 0.05 };
          return optimizers.Adam.update(tf, { param, grad: slopes[i], slots, hyper, step: 1, differentiable: true })
            .param;
        });
        return ops.bceWithLogits(judge(fake, D), 1);
      };
      const tape = createTape(tf);
      const loss = tape.record(() => lossAfterStep(model.G));
      const gradients = tape.gradients(loss, model.G);
      const value = (G: Tensor[]) => tf.tidy(() => lossAfterStep(G).dataSync()[0]);
      gradients.forEach((gradient, i) => {
        expect(gradient).not.toBeNull();
        if (gradient) expect(directionalError(tf, value, model.G, i, gradient)).toBeLessThan(2e-3);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe("a gradient penalty on a tape", () => {
  const critics: Record<string, { weights: number[][]; image: number[]; critic(x: Tensor, w: Tensor[]): Tensor }> = {
    "an MLP critic": {
      weights: [[6, 10], [10], [10, 1]],
      image: [4, 6],
      critic: (x, [a, b, c]) =>
        tf.matMul(ops.leakyRelu(tf.add(tf.matMul(x as Tensor2D, a as Tensor2D), b), 0.2), c as Tensor2D),
    },
    "a smooth MLP critic": {
      weights: [[6, 10], [10], [10, 1]],
      image: [4, 6],
      critic: (x, [a, b, c]) => tf.matMul(ops.tanh(tf.add(tf.matMul(x as Tensor2D, a as Tensor2D), b)), c as Tensor2D),
    },
    "a strided convolutional critic": {
      weights: [[4, 4, 2, 5], [5], [80, 1]],
      image: [3, 8, 8, 2],
      critic: (x, [a, b, c]) => {
        const geometry = { stride: [2, 2], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 } as const;
        const y = ops.conv2d(x as Tensor4D, a as Tensor4D, b as never, geometry);
        return tf.matMul(ops.flattenChannelsFirst(ops.sigmoid(y)), c as Tensor2D);
      },
    },
  };
  for (const [name, { weights, image, critic }] of Object.entries(critics))
    it(`agrees with finite differences for ${name}`, () => {
      const inputs = weights.map((shape, i) => tf.keep(tf.mul(normalTensor(tf, `w${i}`, shape), 0.6)));
      const x = tf.keep(normalTensor(tf, "x", image));
      const penalty = (w: Tensor[]): Scalar => {
        const slope = tf.grad((point) => tf.sum(critic(point, w)))(x);
        const norms = tf.sqrt(tf.sum(tf.square(tf.reshape(slope, [image[0], -1])), 1));
        return tf.mean<Scalar>(tf.square(tf.sub(norms, 1)));
      };
      const variables = inputs.map((input) => tf.variable(input));
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const tape = createTape(tf);
        const loss = tape.record(() => penalty(variables));
        const gradients = tape.gradients(loss, variables);
        const value = (w: Tensor[]) => tf.tidy(() => penalty(w).dataSync()[0]);
        gradients.forEach((gradient, i) => {
          if (gradient) expect(directionalError(tf, value, inputs, i, gradient)).toBeLessThan(2e-3);
        });
        expect(gradients.filter((gradient) => gradient !== null).length).toBeGreaterThanOrEqual(2);
      });
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([...inputs, ...variables, x]);
    });
});
