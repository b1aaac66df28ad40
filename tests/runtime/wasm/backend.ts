// tfjs on its wasm backend in Node, with freshly built kernels, for the tests beside this file.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import tf from "@tensorflow/tfjs";
import wasm from "@tensorflow/tfjs-backend-wasm";
import { afterAll, beforeAll, describe } from "vitest";
import { buildKernels } from "../../../scripts/build-kernels.mjs";
import { installKernels, useSingleThread, type InstalledKernels } from "../../../src/runtime/wasm/install.ts";
import type { Tensor, TensorInfo } from "../../../src/runtime/tf.ts";

export { tf };

export async function startWasm(): Promise<void> {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(path.dirname(main) + path.sep);
  useSingleThread(tf);
  await tf.setBackend("wasm");
}

export async function kernelBytes(): Promise<{ simd: Uint8Array; relaxed: Uint8Array }> {
  await buildKernels();
  const read = (name: string) => readFileSync(new URL(`../../../src/runtime/wasm/${name}`, import.meta.url));
  return { simd: read("kernels-simd.wasm"), relaxed: read("kernels-relaxed.wasm") };
}

/** The same tests for both variants, installed for their duration. */
export function describeVariants(name: string, tests: () => void): void {
  describe.each(["simd", "relaxed"] as const)(`${name}, %s`, (variant) => {
    let installed: InstalledKernels;
    beforeAll(async () => {
      await startWasm();
      installed = await installKernels(tf, await kernelBytes(), { variant });
    });
    afterAll(() => installed.uninstall());
    tests();
  });
}

/** Runs a kernel by name, as the operations built on the kernels do. */
export function run<T extends Tensor | Tensor[] = Tensor>(
  name: string,
  inputs: Record<string, TensorInfo>,
  attributes: object = {},
): T {
  return tf.engine().runKernel(name, inputs as never, attributes as never) as unknown as T;
}

/** Standard normal values, the same in every run. */
export function normal(shape: number[], seed: number): Tensor {
  return tf.randomNormal(shape, 0, 1, "float32", seed);
}

/** Largest difference over the largest magnitude of `expected`; infinite where lengths differ or a NaN appears. */
export function relativeError(got: Tensor, expected: ArrayLike<number>): number {
  const values = got.dataSync();
  if (values.length !== expected.length) return Infinity;
  let difference = 0;
  let magnitude = Number.MIN_VALUE;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(values[i] - expected[i]);
    if (Number.isNaN(distance)) return Infinity;
    difference = Math.max(difference, distance);
    magnitude = Math.max(magnitude, Math.abs(expected[i]));
  }
  return difference / magnitude;
}

/** What every kernel keeps to. */
export const tolerance = 2e-6;
