// The page that bench/page/steps.mjs drives: a session of ours, or a program of bench/plain, trained on WebGPU on the page's own
// thread. Marks tell the trace where a step is given to the device: from its encoder to the end of its submission.
import * as tf from "@tensorflow/tfjs";
import { generatedSet } from "../../../src/cli/bench/generated.ts";
import { createSession } from "../../../src/session/session.ts";
import { openBackend } from "../../../src/worker/backend.ts";

const programs = import.meta.glob("../../plain/*.mjs");
const counts = { dispatches: 0, submits: 0 };

/** Trains so many steps and waits for the device. */
let train;
/** "captured", "eager", or why steps are not replayed. */
let mode = () => "eager";

globalThis.steps = { openOurs, openPlain, run };

async function openOurs({ program, dataSets, batch, capture }) {
  const { variant } = await openBackend("webgpu");
  const session = createSession({
    ...{ tf, program, batch, variant, capture },
    dataSets: new Map(dataSets.map(([id, name]) => [id, generatedSet(name)])),
    readEvery: 2 ** 30, // not within what is measured
  });
  train = (count) => session.run({ until: session.iteration + count, report() {} });
  mode = () => {
    const { execution } = session;
    return execution.mode === "captured" || !capture ? execution.mode : `eager: ${execution.reason}`;
  };
  await train(1);
  if (capture) await train(4); // two that are captured and tested, two that are replayed
  watch();
}

async function openPlain({ name, batch }) {
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) throw new Error("WebGPU does not start.");
  const { createTraining } = await programs[`../../plain/${name}.mjs`]();
  const training = createTraining(tf, batch);
  train = async (count) => {
    let losses = [];
    for (let step = 0; step < count; step++) {
      tf.dispose(losses);
      losses = tf.tidy(() => training.step());
    }
    await Promise.all(losses.map((loss) => loss.data()));
    tf.dispose(losses);
  };
  await train(1);
  watch();
}

async function run(count) {
  Object.assign(counts, { dispatches: 0, submits: 0 });
  await train(count);
  return { dispatches: counts.dispatches / count, submits: counts.submits / count, mode: mode() };
}

function watch() {
  before(GPUDevice.prototype, "createCommandEncoder", () => performance.mark("encoder"));
  before(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => counts.dispatches++);
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (lists) {
    submit.call(this, lists);
    counts.submits++;
    performance.mark("submitted");
  };
}

function before(prototype, name, seen) {
  const own = prototype[name];
  prototype[name] = function (...given) {
    seen();
    return own.apply(this, given);
  };
}
