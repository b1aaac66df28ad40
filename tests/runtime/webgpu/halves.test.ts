// Tensors that lie in halves: what is rounded, who reads them, and what gradients make of it.

import type { NamedAttrMap, Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { readingHalves } from "../../../src/runtime/webgpu/reading.ts";
import { forgetWide, halve, largestHalf } from "../../../src/runtime/webgpu/halves.ts";
import { fromHalfBits, toHalfBits } from "../../../src/targets/onnx/float16.ts";
import { normalTensor } from "../finite-differences.ts";
import { driver, openWebGPU, tf } from "./software-webgpu.ts";

it("writes every reading of an input as a call, those within an index too", () => {
  const code = readingHalves("let a = x[i] + matrix[x[2 * j]] + box.x[k];", "x", "f32");
  expect(code).toContain("let a = x_at(i32(i)) + matrix[x_at(i32(2 * j))] + box.x[k];");
  expect(readingHalves("y = x[x[0]];", "x", "vec4<f32>")).toContain("y = x_at(i32(x_at(i32(0))));");
  expect(() => readingHalves("x[0]", "x", "i32")).toThrow("i32 does not lie in halves");
});

describe.runIf(driver)("on WebGPU", () => {
  beforeAll(openWebGPU);

  it.each([1, 2, 3, 7, 1001, 70_001])("%d normal numbers come back as the nearest halves", async (count) => {
    const x = normalTensor(tf, "x", [count]);
    expect(await backAndForth(x)).toEqual(fromHalfBits(toHalfBits(await x.data<"float32">())));
  });

  it("keeps subnormal numbers, zeros and signs, and takes what is too large for the largest half", async () => {
    const given = [0, -0, 2 ** -14, 2 ** -15, -(2 ** -24), 3 * 2 ** -20, 2 ** -26, 65504, -65505, 1e9, -Infinity];
    const found = await backAndForth(tf.tensor1d(given));
    const wanted = fromHalfBits(toHalfBits(Float32Array.from(given).map((value) => Math.max(-largestHalf, Math.min(value, largestHalf))))); // prettier-ignore
    expect(found).toEqual(wanted);
  });

  it("keeps every value on its side of where an activation behind a batch normalization steps", async () => {
    const [rows, columns] = [4000, 17];
    const x = normalTensor(tf, "x", [rows, columns]);
    const kept = normalTensor(tf, "kept", [4, columns]);
    const [values, [means, rstds, gammas, betas]] = await Promise.all([x.data(), kept.array() as Promise<number[][]>]);
    const normal = (value: number, column: number) =>
      (value - means[column]) * gammas[column] * rstds[column] + betas[column];
    const crossings = async (sides?: Tensor) => {
      const { tensor, words } = halve(tf, x, sides);
      const found = await tf.reverse(tf.reverse(tensor)).data();
      tf.dispose([tensor, words]);
      expect(found.every((value, i) => Math.abs(value - values[i]) <= 2 ** -10 * Math.abs(values[i]) + 2 ** -24)).toBe(true); // prettier-ignore
      return found.filter((value, i) => {
        const [before, after] = [values[i], value].map((each) => normal(each, i % columns));
        return before > 0 !== after > 0 && Math.min(Math.abs(before), Math.abs(after)) > 1e-6; // float32 rounds too
      }).length;
    };
    expect(await crossings()).toBeGreaterThan(0);
    expect(await crossings(kept)).toBe(0);
  });

  const kernels: [string, number[], Record<string, number[]>, NamedAttrMap][] = [
    ["BatchNormTrainGrad", [5, 9, 7, 37], { dy: [5, 9, 7, 37], kept: [4, 37] }, { leak: 0.2 }],
    ["BatchNormTrainGrad", [3, 70, 41, 1], { dy: [3, 70, 41, 1], kept: [4, 1] }, { leak: 1 }],
    ["LeakyReluGrad", [1025], { dy: [1025] }, { alpha: 0.2 }],
    ...[3, 8, 24].map((channels): (typeof kernels)[number] => [
      "Conv2DBackpropFilter",
      [2, 9, 7, channels],
      { dy: [2, 5, 4, 5] },
      { strides: [2, 2], pad: [[0, 0], [1, 1], [1, 1], [0, 0]], dataFormat: "NHWC", dimRoundingMode: "floor", filterShape: [3, 3, channels, 5] }, // prettier-ignore
    ]),
    ["BatchMatMul", [1, 33, 65], { b: [1, 33, 7] }, { transposeA: true, transposeB: false }],
  ];
  it.each(kernels)("%s of %j reads words as it reads a copy, to the bit", async (name, shape, others, attributes) => {
    const first = name === "BatchMatMul" ? "a" : "x";
    const rest = Object.fromEntries(Object.entries(others).map(([each, extents]) => [each, normalTensor(tf, each, extents)])); // prettier-ignore
    const { tensor } = halve(tf, normalTensor(tf, "x", shape));
    const copy = tf.tensor(await tf.reverse(tf.reverse(tensor)).data(), shape);
    const run = async (x: Tensor) => {
      const results = tf.engine().runKernel<Tensor | Tensor[]>(name, { [first]: x, ...rest }, attributes);
      return Promise.all([results].flat().map((result) => result.data()));
    };
    forgetWide(tf);
    expect(await run(tensor)).toEqual(await run(copy));
    forgetWide(tf);
  });

  /** Read by a program of ours that reads words, and by tfjs's, which gets a copy. */
  async function backAndForth(x: Tensor): Promise<Float32Array> {
    const { tensor, words } = halve(tf, x);
    const copied = tf.reverse(tf.reverse(tensor));
    const values = await copied.data<"float32">();
    forgetWide(tf);
    expect(await tf.reverse(tf.reverse(tensor)).data()).toEqual(values);
    forgetWide(tf);
    tf.dispose([tensor, words]);
    return values;
  }
});
