/**
 * What a recorded step asked of JavaScript: the numbers that it was fed with and the decisions that it took, as closures to be
 * asked again before every replay.
 */
import type { Feeds } from "../feeds.ts";
import type { Tf } from "../tf.ts";
import { tensorOver, type Internals } from "./internals.ts";
import { PaperBuffer } from "./paper.ts";

/** Puts JavaScript's counters where they stand at one moment of the step. */
export type Moment = () => void;

export interface FedTensor {
  readonly moment: Moment;
  readonly bytes: number;
  readonly dtype: "float32" | "int32";
  make(): Float32Array | Int32Array;
}

type Answer = string | number | boolean;

export interface Questions {
  readonly feeds: Feeds;
  readonly fed: readonly FedTensor[];
  /** The answers that the recorded step was given, in order. */
  readonly answers: readonly Answer[];
  /** Whether every decision would be the same now. */
  same(): boolean;
}

/**
 * @param mark the moment of the step that is being recorded
 * @param given answers that the step is given in place of its own, in order.
 */
export function listQuestions(tf: Tf, backend: Internals, mark: () => Moment, given?: readonly Answer[]): Questions {
  const fed: FedTensor[] = [];
  const decisions: { readonly moment: Moment; readonly ask: () => Answer; readonly answer: Answer }[] = [];
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return {
    feeds: {
      feed(shape, dtype, make) {
        const bytes = 4 * shape.reduce((product, extent) => product * extent, 1);
        const paper = new PaperBuffer(bytes, usage, false, fed.length);
        fed.push({ moment: mark(), bytes, dtype, make });
        return tensorOver(tf, backend, paper as unknown as GPUBuffer, shape, dtype);
      },
      decide<T extends Answer>(f: () => T): T {
        const answer = given ? (given[decisions.length] as T) : f();
        decisions.push({ moment: mark(), ask: f, answer });
        return answer;
      },
    },
    fed,
    get answers() {
      return decisions.map(({ answer }) => answer);
    },
    same: () =>
      decisions.every(({ moment, ask, answer }) => {
        moment();
        return ask() === answer;
      }),
  };
}
