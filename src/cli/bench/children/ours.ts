/** A process that trains a document's session and answers for its steps. Its argument is an `OursRequest` as JSON. */
import { BackendUnavailableError, prepareBackend } from "../../../runtime/backend.ts";
import { repairGradients } from "../../../runtime/gradients.ts";
import { weightsOf, elements } from "../../../core/program/weights.ts";
import { createSession } from "../../../session/session.ts";
import { installFromDisk, nodeHost } from "../../backend.ts";
import { openHands } from "../../crew.ts";
import { tf } from "../../tfjs.ts";
import { openCase } from "../cases.ts";
import { registerComposedFilterGradient } from "./composed.ts";
import { measuring } from "./measured.ts";
import { serve, type OursRequest } from "./protocol.ts";

const request = JSON.parse(process.argv[2]) as OursRequest;
const { backend, batch } = request;
const { program, dataSets } = openCase(request.case, request);
const variant = await openBackend(request);
const capture = backend === "webgpu" && request.capture !== false;
const hands = request.hands ? await openHands(request.hands, variant) : [];
if (!hands) throw new Error("A thread computes with another build of the kernels.");
const session = createSession({
  ...{ tf, program, dataSets, batch, variant, capture, hands },
  readEvery: backend === "wasm" ? 1 : 2 ** 30, // as `train` does, and not within what is measured
});

/** Steps in which a session captures an iteration and tests what it captured. */
const capturing = 8;
const mode = () =>
  session.execution.mode === "captured" || !capture ? session.execution.mode : `eager: ${session.execution.reason}`;

let losses: Readonly<Record<string, number>> = {};
const train = async (steps: number) => {
  const report = (told: { readonly losses: Readonly<Record<string, number>> }) => void (losses = told.losses);
  await session.run({ until: session.iteration + steps, report });
  return Object.values(losses);
};
await train(1);
const first = losses;
if (capture) await train(capturing);
const parameters = program.networks
  .flatMap(weightsOf)
  .reduce((sum, { trainable, shape }) => sum + (trainable ? elements(shape) : 0), 0);
await serve(
  { versions: { tfjs: tf.version_core, variant }, losses: first, parameters },
  measuring(tf, backend, { train, mode }),
);
process.exit(); // Dawn would keep Node alive

/** Starts the backend in the form that is asked for, and names it. */
async function openBackend({ backend, form }: OursRequest): Promise<string> {
  if (backend === "webgpu" && form === "composed") {
    repairGradients(tf);
    if (!(await nodeHost.gpu(false))) throw new BackendUnavailableError("There is no WebGPU here.");
    await nodeHost.registerWebGPU();
    await tf.setBackend("webgpu");
    return "webgpu, composed";
  }
  const build = form === "simd" || form === "relaxed" ? form : "auto";
  const installKernels = async () => {
    if (form !== "composed") return installFromDisk(build);
    registerComposedFilterGradient(tf);
    return "composed";
  };
  return (await prepareBackend(tf, backend, { ...nodeHost, installKernels })).variant;
}
