/** TensorFlow.js on wasm for the tests of the runtime: as shipped, or with the project's kernels. */
import { readFileSync } from "node:fs";
import tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { buildKernels } from "../../scripts/build-kernels.mjs";
import { openBackend } from "../../src/cli/backend.ts";
import { installKernels, useSingleThread } from "../../src/runtime/wasm/install.ts";

export { tf };

/** As shipped: no kernels, no mended gradients. */
export async function openWasm(): Promise<void> {
  useSingleThread(tf);
  if (!(await tf.setBackend("wasm"))) throw new Error("The wasm backend did not start.");
}

/** As programs run: with the project's kernels, built where they are stale, and mended gradients. */
export async function openTraining(): Promise<void> {
  await buildKernels();
  await openBackend("wasm");
}

/** Adds the project's kernels to the wasm backend as shipped, gradients not mended. */
export async function installTrainingKernels(): Promise<void> {
  await buildKernels();
  const read = (name: string) => readFileSync(new URL(`../../src/runtime/wasm/${name}`, import.meta.url));
  await installKernels(tf, { simd: read("kernels-simd.wasm"), relaxed: read("kernels-relaxed.wasm") });
}
