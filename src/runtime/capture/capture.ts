/**
 * Capture and replay of a step on WebGPU. A steady step gives the device the same few hundred commands every time; only the
 * numbers that it is fed with change. So it is recorded on paper, and from then on a step is a walk over a list of ready
 * commands in one submission, without TensorFlow.js. Whatever cannot be repeated so is refused, with the reason.
 */
import type { Feeds } from "../feeds.ts";
import type { Tensor, Tf } from "../tf.ts";
import { build, type BuiltStep } from "./build.ts";
import { firstDifference } from "./compare.ts";
import type { Homes } from "./homes.ts";
import { bufferOf, flush, freeUnused, type Internals } from "./internals.ts";
import { PaperBuffer, record, type Command } from "./paper.ts";
import { listQuestions, type Moment, type Questions } from "./questions.ts";
import { createReadbacks, type Readback } from "./readbacks.ts";

export interface Step {
  /**
   * The step's code. It gives what it measured (scalars by name) before it disposes them, and leaves no tensor behind but
   * those that it sets cells to. With `ahead` 1 it runs as the step after would: what depends on that and is neither fed nor
   * decided then shows.
   */
  run(feeds: Feeds, ahead: 0 | 1, results: (measured: ReadonlyMap<string, Tensor>) => void): void;
  /** Where JavaScript's counters stand within the step, to be put there again in any step that is repeated. */
  mark(): Moment;
}

export interface Captured {
  readonly dispatches: number;
  readonly copies: number;
  /** Bytes of GPU memory, without the homes of the state. */
  readonly bytes: number;
  /** Names of what a replay reads back, in order. */
  readonly results: readonly string[];
  /** Whether the step, as JavaScript's counters stand, would decide as the recorded one did. */
  fits(): boolean;
  /** Does the step; all state must be at home. Null where nothing is measured. */
  replay(): Readback | null;
  dispose(): void;
}

/** The step cannot be repeated; the message says why, as the end of a sentence. */
export class CaptureRefused extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "CaptureRefused";
  }
}

/**
 * Records the step, which must have run once as it is: pipelines are then compiled and slots made. State is where it was
 * afterwards. Throws CaptureRefused.
 */
export async function capture(tf: Tf, backend: Internals, homes: Homes, step: Step): Promise<Captured> {
  const { device } = backend;
  homes.settle();
  const recording = refusing(() => recordOnce(tf, backend, homes, step, 0));
  const trial = refusing(() => recordOnce(tf, backend, homes, step, 1, recording.questions.answers));
  const difference = firstDifference(recording.commands, trial.commands);
  if (difference) throw new CaptureRefused(`two recordings differ in ${difference}`);
  freeUnused(backend);

  const { commands, questions, results, names } = recording;
  const { fed } = questions;
  const kept = results ? [results] : [];
  const built = await sound(device, () => build(device, commands, fed.map(({ bytes }) => bytes), kept)); // prettier-ignore
  return replayable(backend, built, questions, results && built.real(results), names);
}

interface Recording {
  readonly commands: readonly Command[];
  readonly questions: Questions;
  /** The measured numbers one after the other; null where there are none. */
  readonly results: PaperBuffer | null;
  readonly names: readonly string[];
}

function recordOnce(
  tf: Tf,
  backend: Internals,
  homes: Homes,
  step: Step,
  ahead: 0 | 1,
  answers?: Questions["answers"],
): Recording {
  const questions = listQuestions(tf, backend, () => step.mark(), answers);
  let results: PaperBuffer | null = null;
  let names: readonly string[] = [];
  const { commands } = record(backend, (list) => {
    const before = tf.memory().numTensors;
    try {
      step.run(questions.feeds, ahead, (measured) => {
        names = [...measured.keys()];
        const scalars = [...measured.values()].map((scalar) => bufferOf(backend, scalar));
        flush(backend);
        const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
        const all = names.length > 0 ? new PaperBuffer(4 * names.length, usage) : null;
        scalars.forEach((from, index) =>
          list.push({ do: "copy", from, fromOffset: 0, to: all!, toOffset: 4 * index, size: 4 }),
        );
        results = all;
      });
      homes.collect(list);
    } finally {
      homes.putBack();
    }
    const left = tf.memory().numTensors - before;
    if (left !== 0) throw new Error(`it leaves ${left} tensors behind`);
  });
  return { commands, questions, results, names };
}

function refusing<T>(f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw new CaptureRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Runs f and waits for what the device says of it. */
export async function sound<T>(device: GPUDevice, f: () => T): Promise<T> {
  const filters = ["validation", "out-of-memory", "internal"] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  const result = refusing(f);
  const errors = await Promise.all(filters.map(() => device.popErrorScope()));
  const error = errors.find((each) => each !== null);
  if (error) throw new CaptureRefused(error.message);
  return result;
}

function replayable(
  backend: Internals,
  built: BuiltStep,
  { fed, same }: Questions,
  results: GPUBuffer | null,
  names: readonly string[],
): Captured {
  const { device, queue } = backend;
  const readbacks = createReadbacks(device, names.length);
  return {
    dispatches: built.dispatches,
    copies: built.copies,
    bytes: built.bytes,
    results: names,
    fits: same,
    replay() {
      flush(backend); // what tfjs has encoded comes before
      fed.forEach(({ moment, make, dtype, bytes }, index) => {
        moment();
        queue.writeBuffer(built.feeds.buffer, built.feeds.offsets[index], numbersOf(make(), dtype, bytes));
      });
      const encoder = device.createCommandEncoder();
      built.encode(encoder);
      const readback = results && readbacks.copy(encoder, results);
      queue.submit([encoder.finish()]);
      return readback;
    },
    dispose() {
      built.destroy();
      readbacks.destroy();
    },
  };
}

/** As the GPU takes them. */
function numbersOf(
  given: ArrayLike<number>,
  dtype: "float32" | "int32",
  bytes: number,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (given.length * 4 !== bytes) throw new Error(`a feed of ${bytes / 4} numbers was given ${given.length}`);
  const wanted = dtype === "float32" ? Float32Array : Int32Array;
  return (given instanceof wanted ? given : wanted.from(given)) as Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
}
