// Tensors that lie in halves: what is rounded, who reads them, and what gradients make of it.

import type { Tensor } from "@tensorflow/tfjs";
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
