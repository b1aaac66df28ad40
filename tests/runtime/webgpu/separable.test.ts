// Maps that treat height and width apart, on WebGPU, against products of dense matrices.

import type { Rank, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createOps } from "../../../src/runtime/ops.ts";
import type { AxisTaps } from "../../../src/runtime/separable.ts";
import { normalTensor } from "../finite-differences.ts";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";

const axis = (length: number, taps: (at: number) => [number, number][]): AxisTaps =>
  Array.from({ length }, (_, at) => taps(at));

/** What kinds make, one with nothing regular about it, and one that adds all there is. */
const maps: Record<string, (size: number) => AxisTaps> = {
  "a border that repeats": (size) => axis(size + 3, (at) => [[Math.min(size - 1, Math.max(0, at - 2)), 1]]),
  "a border of zeros": (size) => axis(size + 2, (at) => (at > 0 && at <= size ? [[at - 1, 1]] : [])),
  "each place twice": (size) => axis(2 * size, (at) => [[at >> 1, 1]]),
  "a blur": (size) =>
    axis(size, (at) => [-1, 0, 1, 2].flatMap((tap) => (at + tap < 0 || at + tap >= size ? [] : [[at + tap, tap + 2]]))),
  scattered: (size) => axis(5, (at) => (at === 2 ? [] : [[(at * 7) % size, at - 1.5], [(at * 3 + 1) % size, 0.3]])), // prettier-ignore
  "the mean": (size) => axis(1, () => Array.from({ length: size }, (_, place) => [place, 1 / size])),
};

const shapes: [number, number, number, number][] = [[1, 1, 1, 1], [7, 5, 3, 3], [2, 8, 6, 24], [1, 9, 7, 96], [1, 33, 31, 6]]; // prettier-ignore

describe.runIf(driver)("on WebGPU", () => {
  beforeAll(openWebGPU);

  for (const shape of shapes)
    it.each(Object.keys(maps))(`of [${shape}] equal two products: %s`, async (name) => {
      const ops = createOps(tf, { secondOrder: false });
      const [tall, wide] = [maps[name](shape[1]), maps[name === "scattered" ? "a blur" : name](shape[2])];
      const form = (x: Tensor) => ops.separable(x as Tensor4D, tall, wide, () => expect.fail("the kernel is there"));
      const expected = (x: Tensor) => products(x as Tensor4D, tall, wide);
      const x = normalTensor(tf, "x", shape);
      await withoutErrors(await openWebGPU(), async () => {
        const [y, wanted] = [form(x), expected(x)];
        const dy = normalTensor(tf, "dy", y.shape);
        await expectClose(y, wanted);
        await expectClose(tf.grad(form)(x, dy), tf.grad(expected)(x, dy));
        expect(await form(x).data()).toEqual(await y.data());
      });
    });
});

/** A x Bᵀ by dense matrices. */
function products(x: Tensor4D, tall: AxisTaps, wide: AxisTaps): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const dense = (taps: AxisTaps, size: number) => {
    const rows = taps.map((row) => {
      const line = Array<number>(size).fill(0);
      for (const [place, weight] of row) line[place] += weight;
      return line;
    });
    return tf.tensor2d(rows.flat(), [taps.length, size]);
  };
  const along = (matrix: Tensor, y: Tensor) => tf.matMul(matrix, tf.reshape(y, [y.shape[0], -1]));
  const down = along(dense(tall, height), tf.transpose(x, [1, 0, 2, 3])); // [rows, N·W·C]
  const apart = tf.reshape<Rank.R4>(down, [tall.length, batch, width, channels]);
  const across = along(dense(wide, width), tf.transpose(apart, [2, 1, 0, 3])); // [columns, N·rows·C]
  return tf.transpose(tf.reshape<Rank.R4>(across, [wide.length, batch, tall.length, channels]), [1, 2, 0, 3]);
}

async function expectClose(found: Tensor, wanted: Tensor): Promise<void> {
  expect(found.shape).toEqual(wanted.shape);
  const [a, b] = await Promise.all([found.data<"float32">(), wanted.data<"float32">()]);
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  expect(a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) / scale).toBeLessThan(1e-5);
}
