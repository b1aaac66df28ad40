/**
 * What training measured so far, as growing columns beside the store: news is appended in place, and drawings read the rows
 * that are valid. Columns double their room, so appending a row costs the same however long the run is.
 */
import type { Progress } from "../../session/protocol.ts";
import type { Series } from "./training.ts";

export interface GrowingSeries extends Series {
  /** Appends rows. Those that repeat iterations already there take their place: training went back. */
  append(progress: Progress): void;
  /** Forgets what was measured after an iteration. */
  trim(iteration: number): void;
  clear(): void;
}

export function createSeries(): GrowingSeries {
  let length = 0;
  let iterations = new Float64Array(1024);
  const losses = new Map<string, Float32Array>();
  const gradients = new Map<string, Float32Array>();

  function put(columns: Map<string, Float32Array>, added: Readonly<Record<string, Float32Array>>, count: number): void {
    for (const name of new Set([...columns.keys(), ...Object.keys(added)])) {
      let column = columns.get(name);
      if (!column || column.length < length + count) {
        const wider = new Float32Array(roomFor(length + count)).fill(NaN); // what begins late is not measured before
        if (column) wider.set(column.subarray(0, length));
        columns.set(name, (column = wider));
      }
      if (added[name]) column.set(added[name], length);
      else column.fill(NaN, length, length + count);
    }
  }

  function trim(iteration: number): void {
    while (length > 0 && iterations[length - 1] > iteration) length--;
  }

  return {
    get length() {
      return length;
    },
    get iterations() {
      return iterations;
    },
    losses,
    gradients,
    append(progress) {
      const count = progress.iterations.length;
      if (count === 0) return;
      trim(progress.iterations[0] - 1);
      if (iterations.length < length + count) {
        const wider = new Float64Array(roomFor(length + count));
        wider.set(iterations.subarray(0, length));
        iterations = wider;
      }
      iterations.set(progress.iterations, length);
      put(losses, progress.losses, count);
      put(gradients, progress.gradients, count);
      length += count;
    },
    trim,
    clear() {
      length = 0;
      losses.clear();
      gradients.clear();
    },
  };
}

const roomFor = (length: number): number => 2 ** Math.ceil(Math.log2(Math.max(1024, length)));
