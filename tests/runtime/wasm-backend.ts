/** TensorFlow.js on wasm for the tests of the runtime: as shipped, or with the project's kernels. */
import tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { buildKernels } from "../../scripts/build-kernels.mjs";
import { openBackend } from "../../src/cli/backend.ts";
import { useSingleThread } from "../../src/runtime/wasm/install.ts";

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
