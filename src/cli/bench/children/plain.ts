/**
 * A process that trains a program of bench/plain: tfjs as it is shipped, without the project's kernels and mended gradients, but
 * for the one kernel without which its wasm backend cannot train convolutions. Nor does it read any of the project's code for
 * training, which it would hold in memory. Its argument is a `PlainRequest` as JSON.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import tf, { type Scalar, type Variable } from "@tensorflow/tfjs";
import type { Tf } from "../../../runtime/tf.ts";
import { openDawn } from "../../dawn.ts";
import { packageRoot } from "../../files.ts";
import { registerComposedFilterGradient } from "./composed.ts";
import { measuring } from "./measured.ts";
import { serve, type PlainRequest } from "./protocol.ts";

interface PlainProgram {
  /** Its `step` trains one iteration and gives its losses; whoever calls it tidies up. */
  createTraining(tf: Tf, batch: number): { readonly variables: readonly Variable[]; step(): Scalar[] };
}

const request = JSON.parse(process.argv[2]) as PlainRequest;
await openBackend();
const file = path.join(packageRoot, "bench/plain", `${request.case}.mjs`);
const { createTraining } = (await import(pathToFileURL(file).href)) as PlainProgram;
const training = createTraining(tf, request.batch);
const train = async (steps: number) => {
  let losses: Scalar[] = [];
  for (let step = 0; step < steps; step++) {
    tf.dispose(losses);
    losses = tf.tidy(() => training.step());
  }
  const values = await Promise.all(losses.map(async (loss) => (await loss.data())[0]));
  tf.dispose(losses);
  return values;
};
const losses = Object.fromEntries((await train(1)).map((loss, at) => [String(at), loss]));
const parameters = training.variables.reduce((sum, { size }) => sum + size, 0);
await serve({ versions: { tfjs: tf.version.tfjs }, losses, parameters }, measuring(tf, request.backend, { train }));
process.exit(); // Dawn would keep Node alive

async function openBackend(): Promise<void> {
  if (request.backend === "wasm") {
    await import("@tensorflow/tfjs-backend-wasm");
    registerComposedFilterGradient(tf);
  } else {
    await openDawn();
    await import("@tensorflow/tfjs-backend-webgpu");
  }
  if (!(await tf.setBackend(request.backend))) throw new Error(`${request.backend} does not start.`);
}
