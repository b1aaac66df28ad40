/** Steps of anything that trains on tfjs, measured the same way whoever wrote it. */
import type { Tf } from "../../../runtime/tf.ts";
import type { BenchBackend } from "../suite.ts";
import { gpuMeter, type GpuMeter } from "./gpu-meter.ts";
import { profileKernels, type Profile } from "./profile.ts";
import type { AdapterFacts, Steps, StepsRequest } from "./protocol.ts";
import { recordingCost } from "./recording.ts";
import type { ThreadTimes } from "./thread-account.ts";

export interface Trainee {
  /** Trains so many steps, and comes back when they are done; the last step's losses. */
  train(steps: number): Promise<readonly number[]>;
  /** How the last steps ran: "captured", "eager", or why they were not replayed. */
  mode?(): string;
}

/** Answers requests for steps. */
export function measuring(tf: Tf, backend: BenchBackend, trainee: Trainee): (request: StepsRequest) => Promise<Steps> {
  let [meter, profile]: [GpuMeter | null, Profile | null] = [null, null];
  return async ({ steps, kernels = false, profile: profiled = false, held = false, calls = false }) => {
    const device = backend === "webgpu" ? (tf.backend() as unknown as { device: GPUDevice }).device : null;
    if (device) meter ??= gpuMeter(device);
    if (profiled && backend === "wasm") profile ??= profileKernels(tf);
    let losses: readonly number[] = [];
    const began = performance.now();
    const work = async () => {
      losses = await trainee.train(steps);
    };
    const count = meter ? await meter.count(work, kernels) : (await work(), null);
    const ms = performance.now() - began;
    return {
      ms: ms / steps,
      ...(count && {
        thread: perStep(count.thread, steps),
        dispatches: count.dispatches / steps,
        submits: count.submits / steps,
        ...(count.kernelMs === null ? {} : { kernelMs: count.kernelMs / steps }),
      }),
      ...(device && { adapter: adapterOf(device) }),
      ...(device && calls && { callsUs: recordingCost(device) }),
      peakMB: process.resourceUsage().maxRSS / 1024,
      tensors: tf.memory().numTensors,
      ...(held ? { held: heldBy(tf) } : {}),
      mode: trainee.mode?.() ?? "eager",
      finite: losses.every(Number.isFinite),
      ...(profiled && profile ? { profile: profile.take(steps) } : {}),
    };
  };
}

const perStep = ({ script, before, submit, waiting }: ThreadTimes, steps: number): ThreadTimes => ({
  script: script === null ? null : script / steps,
  ...{ before: before / steps, submit: submit / steps, waiting: waiting / steps },
});

/** As plain data. */
function adapterOf({ adapterInfo }: GPUDevice): AdapterFacts {
  const { vendor, architecture, device, description, isFallbackAdapter = false } = adapterInfo;
  return { vendor, architecture, device, description, isFallbackAdapter };
}

/** Node must have been started with --expose-gc: what is garbage and not yet collected says nothing. */
function heldBy(tf: Tf): NonNullable<Steps["held"]> {
  if (!globalThis.gc) throw new Error("Memory is asked for in a process that cannot collect its garbage.");
  globalThis.gc();
  const backend = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  const { numBytesInGPUAllocated = 0 } = tf.memory() as unknown as { numBytesInGPUAllocated?: number };
  const device = backend.wasm?.HEAPU8.buffer.byteLength ?? numBytesInGPUAllocated;
  return { objects: process.memoryUsage().heapUsed / 2 ** 20, backend: device / 2 ** 20 };
}
