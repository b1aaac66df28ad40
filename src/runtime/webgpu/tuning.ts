/**
 * Forms of a program measured on the device at hand. A kernel that has several forms for a call says so here and takes the
 * form that was found fastest, or its first while nothing was measured. What it was called with is remembered, and measured
 * later, between two steps and never within one.
 *
 * A form is only taken where it gives the very bits of the first one on this device: choosing never changes a result.
 */
import type { TensorInfo, Tf } from "../tf.ts";
import { release, type WebGPUBackend, webgpuBackend } from "./program.ts";

/** Keeps texts by name beyond this process: a file, a browser's database. */
export interface TuningStore {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/** One call of a kernel that has several forms. */
export interface Trial {
  /** Kernel and sizes. */
  readonly name: string;
  /** What the forms are called; the first is taken unless another was measured to be faster. */
  readonly forms: readonly string[];
  /** Shapes of the float32 inputs. */
  readonly inputs: readonly (readonly number[])[];
  run(form: number, inputs: readonly TensorInfo[]): TensorInfo;
}

export interface TuningOptions {
  /** Names the device: what was found on it holds for it alone. */
  readonly device: string;
  /** Nothing outlives the process where there is none. */
  readonly store?: TuningStore;
}

interface Tuning {
  readonly options: TuningOptions;
  /** The fastest form by the trial's name. */
  readonly chosen: Map<string, string>;
  readonly waiting: Map<string, Trial>;
}

const tunings = new WeakMap<object, Tuning>();

/** From now on calls are noted for `tune`, and what was found earlier on this device is taken. */
export async function openTuning(tf: Tf, options: TuningOptions): Promise<void> {
  const stored = await options.store?.read(keyOf(options)).catch(() => undefined);
  tunings.set(tf.engine(), { options, chosen: new Map(entriesOf(stored)), waiting: new Map() });
}

/** Calls are no longer noted, and every kernel takes its first form. */
export function closeTuning(tf: Tf): void {
  tunings.delete(tf.engine());
}

/** The form to take for this call. */
export function formFor(tf: Tf, trial: Trial): number {
  const tuning = tunings.get(tf.engine());
  if (!tuning) return 0;
  const known = trial.forms.indexOf(tuning.chosen.get(trial.name) ?? "");
  if (known < 0) tuning.waiting.set(trial.name, trial);
  return Math.max(known, 0);
}

/**
 * Measures what was called and not yet measured, and keeps what it finds; gives how many calls that were. Call it between
 * two steps. Nothing is thrown: a call that cannot be measured keeps its first form.
 */
export async function tune(tf: Tf): Promise<number> {
  const tuning = tunings.get(tf.engine());
  if (!tuning || tuning.waiting.size === 0 || tf.getBackend() !== "webgpu") return 0;
  const { options, chosen, waiting } = tuning;
  const trials = [...waiting.values()];
  waiting.clear();
  for (const trial of trials) chosen.set(trial.name, await fastest(tf, trial).catch(() => trial.forms[0]));
  await options.store?.write(keyOf(options), JSON.stringify([...chosen])).catch(() => undefined);
  return trials.length;
}

/** A form must be faster than the first one by this much: less is noise. */
const WORTH = 0.95;
const ROUNDS = 3;
/** A round takes at least so long, in milliseconds, or a hundred calls. */
const ROUND = 2;

async function fastest(tf: Tf, trial: Trial): Promise<string> {
  const backend = webgpuBackend(tf);
  const inputs = trial.inputs.map((shape) => varied(backend, shape));
  try {
    const reference = trial.run(0, inputs);
    const bits = await bitsOf(backend, reference);
    const sound: number[] = [0];
    for (let form = 1; form < trial.forms.length; form++)
      if (await givesBits(backend, bits, () => trial.run(form, inputs))) sound.push(form);

    const once = await duration(backend, 1, () => trial.run(0, inputs));
    const calls = Math.min(100, Math.max(1, Math.ceil(ROUND / Math.max(once, 1e-3))));
    const best = sound.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, form] of sound.entries())
        best[i] = Math.min(best[i], await duration(backend, calls, () => trial.run(form, inputs)));
    const first = best.indexOf(Math.min(...best));
    return trial.forms[best[first] < best[0] * WORTH ? sound[first] : 0];
  } finally {
    for (const input of inputs) release(backend, input);
  }
}

/** Numbers of both signs and many sizes, the same every time. */
function varied(backend: WebGPUBackend, shape: readonly number[]): TensorInfo {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return backend.makeTensorInfo([...shape], "float32", values);
}

/** Whether a form runs at all and gives these bits: what is refused leaves a buffer as it was, with the bits of the form before. */
async function givesBits(backend: WebGPUBackend, bits: Uint32Array, run: () => TensorInfo): Promise<boolean> {
  backend.device.pushErrorScope("validation");
  const found = await bitsOf(backend, run());
  const error = await backend.device.popErrorScope();
  return error === null && found.length === bits.length && found.every((word, i) => word === bits[i]);
}

async function bitsOf(backend: WebGPUBackend, tensor: TensorInfo): Promise<Uint32Array> {
  const { buffer, byteOffset, length } = (await backend.read(tensor.dataId)) as Float32Array;
  release(backend, tensor);
  return new Uint32Array(buffer, byteOffset, length);
}

/** Milliseconds for one of so many calls: the device's own where it tells, else until the queue is empty. */
async function duration(backend: WebGPUBackend, calls: number, run: () => TensorInfo): Promise<number> {
  const all = () => {
    for (let call = 0; call < calls; call++) release(backend, run());
  };
  submit(backend);
  await backend.queue.onSubmittedWorkDone();
  if (backend.device.features.has("timestamp-query")) {
    const { kernelMs } = await backend.time(all);
    if (typeof kernelMs === "number" && kernelMs > 0) return kernelMs / calls;
  }
  const began = performance.now();
  all();
  submit(backend);
  await backend.queue.onSubmittedWorkDone();
  return (performance.now() - began) / calls;
}

function submit(backend: WebGPUBackend): void {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Counts up when forms or their names change. */
const EDITION = 1;

function keyOf({ device }: TuningOptions): string {
  return `webgpu-forms-${EDITION}: ${device}`;
}

/** What a store gave; nothing where it is not what was written. */
function entriesOf(text: string | undefined): [string, string][] {
  try {
    const entries: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}
