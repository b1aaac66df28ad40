/** What training measured, as growing columns: iterations, losses and gradient norms by name. */
import type { Progress } from "../session/protocol.ts";

export interface Measured {
  readonly iteration: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, number>>;
}

export interface History {
  readonly length: number;
  append(measured: Measured): void;
  /** Copies of the rows from this one on. */
  since(row: number, imagesPerSecond: number): Progress;
  /** Forgets what comes after an iteration. */
  trim(iteration: number): void;
}

export function createHistory(start?: Progress): History {
  let length = start?.iterations.length ?? 0;
  let iterations = start?.iterations.slice() ?? new Float64Array(0);
  const losses = new Map(Object.entries(start?.losses ?? {}));
  const gradients = new Map(Object.entries(start?.gradients ?? {}));

  /** Room for one more row; a column that begins late is NaN before. */
  function put(columns: Map<string, Float32Array>, values: Readonly<Record<string, number>>): void {
    for (const name of new Set([...columns.keys(), ...Object.keys(values)])) {
      let column = columns.get(name) ?? new Float32Array(0);
      if (column.length <= length) {
        const wider = new Float32Array(roomFor(length)).fill(NaN);
        wider.set(column);
        columns.set(name, (column = wider));
      }
      column[length] = values[name] ?? NaN;
    }
  }

  const cut = (columns: ReadonlyMap<string, Float32Array>, row: number) =>
    Object.fromEntries([...columns].map(([name, column]) => [name, column.slice(row, length)]));

  return {
    get length() {
      return length;
    },
    append(measured) {
      if (iterations.length <= length) {
        const wider = new Float64Array(roomFor(length));
        wider.set(iterations);
        iterations = wider;
      }
      iterations[length] = measured.iteration;
      put(losses, measured.losses);
      put(gradients, measured.gradients);
      length++;
    },
    since: (row, imagesPerSecond) => ({
      iterations: iterations.slice(row, length),
      losses: cut(losses, row),
      gradients: cut(gradients, row),
      imagesPerSecond,
    }),
    trim(iteration) {
      while (length > 0 && iterations[length - 1] > iteration) length--;
    },
  };
}

const roomFor = (length: number): number => Math.max(256, 2 * length);
