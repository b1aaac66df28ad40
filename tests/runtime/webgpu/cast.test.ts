// Masks and integers that were cast to numbers: read as numbers by tfjs's programs, by the project's, and where they are transposed.

import { beforeAll, describe, expect, it } from "vitest";
import type { Tensor } from "@tensorflow/tfjs";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";

describe.runIf(driver)("Cast to float32 on WebGPU", () => {
  let backend: Awaited<ReturnType<typeof openWebGPU>>;
  beforeAll(async () => {
    backend = await openWebGPU();
  });
  const values = [1, -2, 3, 3, 0, 4, 3, -7, 3];
  const integers = () => tf.tensor(values, [3, 3], "int32");
  const mask = () => tf.equal(integers(), tf.scalar(3, "int32"));
  const ones = values.map((v) => (v === 3 ? 1 : 0));
  const numbers = (make: () => Tensor) => withoutErrors(backend, async () => [...(await tf.tidy(make).data())]);

  it.each([
    ["integers", integers, values],
    ["a mask", mask, ones],
  ])("%s keep their values and may be added over either axis and transposed", async (_, make, expected) => {
    const cast = () => tf.cast(make(), "float32");
    expect(await numbers(cast)).toEqual(expected);
    const added = (axis: 0 | 1) =>
      [0, 1, 2].map((kept) => [0, 1, 2].reduce((sum, k) => sum + expected[axis ? 3 * kept + k : 3 * k + kept], 0));
    for (const axis of [0, 1] as const) expect(await numbers(() => tf.sum(cast(), axis))).toEqual(added(axis));
    const turned = await numbers(() => tf.mul(tf.transpose(cast()), 2));
    expect(turned).toEqual(expected.map((_, i) => 2 * expected[3 * (i % 3) + Math.floor(i / 3)]));
  });

  it("outlives what was cast", async () => {
    const x = integers();
    const y = tf.cast(x, "float32");
    x.dispose();
    expect([...(await tf.relu(y).data())]).toEqual(values.map((v) => Math.max(v, 0)));
    y.dispose();
  });
});
