// What gradients need of the forward pass, stored as halves: how far gradients are then from those of float32. On a machine
// without Chromium's driver there is nothing to run.

import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ConvolutionGeometry } from "../../src/runtime/convolution.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { createTape } from "../../src/runtime/tape.ts";
import { driver, openWebGPU, tf } from "./webgpu/software-webgpu.ts";

/** Relative to the length of a parameter's gradient. */
const tolerance = 2e-3;

interface Case {
  readonly seed: number;
  readonly batch: number;
  /** Of the generator's first image. */
  readonly side: number;
  readonly channels: number;
}

const cases: Case[] = [
  { seed: 1, batch: 3, side: 5, channels: 24 },
  { seed: 2, batch: 7, side: 4, channels: 9 },
  { seed: 3, batch: 2, side: 7, channels: 16 },
  { seed: 4, batch: 1, side: 9, channels: 33 },
];

describe.runIf(driver)("gradients through what is stored as halves", { timeout: 240_000 }, () => {
  beforeAll(openWebGPU, 60_000);

  it.each(cases)("are those of float32 within 0.2 %: $batch images of $channels channels", async (of) => {
    const { weights, loss } = game(of);
    const [wanted, found] = [false, true].map((halves) => {
      const tape = createTape(tf);
      const value = tf.tidy(() => tape.record(loss, { halves }));
      return tape.gradients(value, Object.values(weights)) as Tensor[];
    });
    const errors: Record<string, number> = {};
    for (const [index, name] of Object.keys(weights).entries())
      errors[name] = await relativeError(found[index], wanted[index]);
    expect(Math.max(...Object.values(errors))).toBeLessThan(tolerance);
    expect(Math.min(...["up1", "up2", "conv2"].map((name) => errors[name]))).toBeGreaterThan(1e-6); // halves were at work
    tf.dispose([weights, wanted, found]);
  });

  it("leave nothing behind, and keep half of the memory in between", async () => {
    const { weights, loss } = game({ seed: 1, batch: 8, side: 6, channels: 24 });
    tf.dispose(tf.tidy(loss));
    const before = await held();
    const kept: number[] = [];
    for (const halves of [false, true]) {
      const tape = createTape(tf);
      const value = tf.tidy(() => tape.record(loss, { halves }));
      kept.push((await held()).bytes - before.bytes);
      tf.dispose([value, tape.gradients(value, Object.values(weights)) as Tensor[]]);
      expect(await held()).toEqual(before);
    }
    expect(kept[1] / kept[0]).toBeLessThan(0.5); // shapes that gradients ask for take nothing at all
    tf.dispose(weights);
  });

  /** Tensors, and bytes on the GPU once all that was encoded has run. */
  async function held(): Promise<{ tensors: number; bytes: number }> {
    const last = tf.tidy(() => tf.exp(tf.ones([1])));
    await last.data();
    last.dispose();
    const { numTensors, numBytesInGPU } = tf.memory() as unknown as { numTensors: number; numBytesInGPU: number };
    return { tensors: numTensors, bytes: numBytesInGPU };
  }
});

/** DCGAN in small: a generator of two transposed convolutions, whose images a discriminator of two convolutions scores. */
function game({ seed, batch, side, channels }: Case): { weights: Record<string, Variable>; loss: () => Scalar } {
  const ops = createOps(tf, { secondOrder: false });
  const normal = (name: string, shape: number[]) =>
    tf.tensor(draw(seed, name, { iteration: 0 }).normal(tf.util.sizeFromShape(shape)), shape);
  const given = (name: string, shape: number[], scale: number, mean = 0) =>
    tf.variable(tf.add(tf.mul(normal(name, shape), scale), mean));
  const half = Math.ceil(channels / 2);
  const weights = {
    fc: given("fc", [side * side * channels, 20], 0.2),
    ...{ gamma1: given("gamma1", [channels], 0.2, 1), beta1: given("beta1", [channels], 0.2) },
    up1: given("up1", [4, 4, half, channels], 0.1),
    ...{ gamma2: given("gamma2", [half], 0.2, 1), beta2: given("beta2", [half], 0.2) },
    ...{ up2: given("up2", [4, 4, 1, half], 0.1), bias2: given("bias2", [1], 0.1) },
    ...{ conv1: given("conv1", [4, 4, 1, half], 0.3), bias1: given("bias1", [half], 0.1) },
    conv2: given("conv2", [4, 4, half, channels], 0.1),
    ...{ gamma3: given("gamma3", [channels], 0.2, 1), beta3: given("beta3", [channels], 0.2) },
    score: given("score", [1, side * side * channels], 0.1),
  };
  const w = weights as unknown as Record<string, Tensor1D & Tensor2D & Tensor4D>;
  const halving: ConvolutionGeometry = { stride: [2, 2], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
  const doubling = { ...halving, outputPadding: [0, 0] as const };
  const norm = (x: Tensor4D, n: number, leak: number) => ops.batchNormTrain(x, w[`gamma${n}`], w[`beta${n}`], 1e-5, leak).y; // prettier-ignore

  const z = normal("z", [batch, 20]) as Tensor2D;
  const generated = (): Tensor4D => {
    const x = ops.unflattenChannelsFirst(ops.linear(z, w.fc, null), [channels, side, side]);
    const y = norm(ops.convTranspose2d(norm(x, 1, 0), w.up1, null, doubling), 2, 0);
    return ops.tanh(ops.convTranspose2d(y, w.up2, w.bias2, doubling));
  };
  const scored = (image: Tensor4D): Tensor2D => {
    const x = ops.leakyRelu(ops.conv2d(image, w.conv1, w.bias1, halving), 0.2);
    return ops.linear(ops.flattenChannelsFirst(norm(ops.conv2d(x, w.conv2, null, halving), 3, 0.2)), w.score, null);
  };
  return { weights, loss: () => ops.bceWithLogits(scored(generated()), 1) };
}

async function relativeError(found: Tensor, wanted: Tensor): Promise<number> {
  const [difference, length] = await Promise.all([tf.norm(tf.sub(found, wanted)).data(), tf.norm(wanted).data()]);
  return difference[0] / length[0];
}
