/** What a function of the training graph is handed where it is computed by itself, outside of a session. */
import type { Tensor } from "@tensorflow/tfjs";
import type { PortType } from "../../src/core/kind/ports.ts";
import type { FunctionContext } from "../../src/kinds/lowering.ts";
import { drawNumbers, eagerFeeds } from "../../src/runtime/feeds.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { gradientWithin } from "../../src/runtime/tape.ts";
import type { Tf } from "../../src/runtime/tf.ts";

export interface FunctionSetting {
  readonly secondOrder?: boolean;
  readonly inputs?: readonly (PortType | null)[];
  readonly outputs?: readonly PortType[];
  readonly seed?: number;
  readonly sampling?: boolean;
  /** Replaced by what the function keeps; such tensors are the caller's. */
  readonly state?: Record<string, Tensor>;
}

export const functionContext = (
  tf: Tf,
  { secondOrder = false, inputs = [], outputs = [], seed = 0, sampling = false, state = {} }: FunctionSetting = {},
): FunctionContext => ({
  tf,
  ops: createOps(tf, { secondOrder }),
  inputs,
  outputs,
  sampling,
  feeds: eagerFeeds(tf),
  drawn: drawNumbers(eagerFeeds(tf), () => draw(seed, "function", { iteration: 0 })),
  state,
  setState: (name, value) => void (state[name] = tf.keep(value)),
  gradient: (y, x) => gradientWithin(tf, y, x),
});
