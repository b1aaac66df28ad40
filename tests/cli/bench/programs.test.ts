/**
 * Every program of plain tfjs and every document trains a step on wasm, in tfjs as it is shipped and with the one kernel that it
 * lacks composed; and both train as many numbers.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import tf, { type Rank, type Scalar, type Tensor4D, type Variable } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { nodeHost } from "../../../src/cli/backend.ts";
import { caseNames, openCase } from "../../../src/cli/bench/cases.ts";
import { registerComposedFilterGradient } from "../../../src/cli/bench/children/composed.ts";
import { profileKernels } from "../../../src/cli/bench/children/profile.ts";
import { elements, weightsOf } from "../../../src/core/program/weights.ts";

interface PlainProgram {
  createTraining(
    tf: object,
    batch: number,
    size?: number,
  ): { readonly variables: readonly Variable[]; step(): Scalar[] };
}
const folder = path.resolve(import.meta.dirname, "../../../bench/plain");
const open = async (name: string) =>
  (await import(/* @vite-ignore */ pathToFileURL(path.join(folder, `${name}.mjs`)).href)) as PlainProgram;

beforeAll(async () => {
  await nodeHost.registerWasm();
  registerComposedFilterGradient(tf);
  await tf.setBackend("wasm");
});

it("there is a program for every document and the other way round", () => {
  const programs = readdirSync(folder).flatMap((file) => (file === "data.mjs" ? [] : [path.basename(file, ".mjs")]));
  expect(programs.sort()).toEqual(caseNames());
});

describe.each(caseNames())("%s in plain tfjs", (name) => {
  it("trains as many numbers as the document, and a step changes all of them", async () => {
    const { createTraining } = await open(name);
    const before = tf.memory().numTensors;
    const training = createTraining(tf, 1, 16); // the size where a program can be had at several
    const declared = openCase(name)
      .program.networks.flatMap(weightsOf)
      .reduce((sum, { trainable, shape }) => sum + (trainable ? elements(shape) : 0), 0);
    expect(training.variables.reduce((sum, { size }) => sum + size, 0)).toBe(declared);
    const first = training.variables.map((each) => each.dataSync().slice());
    const losses = tf.tidy(() => training.step());
    for (const loss of losses) expect(Number.isFinite((await loss.data())[0])).toBe(true);
    const moved = training.variables.filter((each, at) => each.dataSync().some((value, i) => value !== first[at][i]));
    expect(moved.length / first.length).toBeGreaterThan(0.9); // a bias in front of a norm has no gradient but rounding
    expect(tf.memory().numTensors).toBeGreaterThan(before);
  });
});

it("the composed filter gradient is what finite differences say, where the last window reaches the border or does not", async () => {
  const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);
  for (const [size, kernel, stride, pad] of [
    [5, 3, 2, "valid"],
    [6, 3, 2, "valid"],
    [5, 4, 2, "same"],
    [4, 3, 1, "same"],
  ] as const) {
    const x = random([2, size, size, 3], 1) as Tensor4D;
    const filter = random([kernel, kernel, 3, 2], 2) as Tensor4D;
    const y = (weights: Tensor4D) => tf.conv2d(x, weights, stride, pad);
    const dy = random(y(filter).shape, 3) as Tensor4D;
    const gradient = tf.grad((weights) => tf.sum(tf.mul(y(weights as Tensor4D), dy)))(filter);
    const direction = random(filter.shape, 4) as Tensor4D;
    const moved = tf.sum(tf.mul(y(direction), dy)); // y is linear in the filter: its slope in a direction is y there
    const [found, wanted] = [(await tf.sum(tf.mul(gradient, direction)).data())[0], (await moved.data())[0]];
    expect(Math.abs(found - wanted)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted)));
  }
});

it("a profile has every kernel with its calls, and the multiplications of products", () => {
  const profile = profileKernels(tf);
  profile.take(1);
  const [a, b] = [tf.ones<Rank.R2>([3, 5]), tf.ones<Rank.R2>([5, 7])];
  for (let call = 0; call < 4; call++) tf.matMul(a, b);
  const product = profile.take(2).find(({ kernel }) => kernel === "BatchMatMul")!;
  expect(product).toMatchObject({ calls: 2, flops: 2 * (2 * 3 * 5 * 7) });
  expect(product.ms).toBeGreaterThan(0);
  expect(profile.take(1)).toEqual([]);
});
