/**
 * An export's proof: ONNX Runtime and another implementation of the same network get the same numbers, and what comes out
 * is compared. It says how far they differ; what is tolerable, the caller decides.
 */
import type { NetworkProgram } from "../../core/program/types.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { draw } from "../../runtime/philox.ts";
import type { PlainTensor, PlainTensors } from "../tfjs/nchw.ts";
import { rowsFor } from "../../kinds/rows.ts";
import { openRuntime, type Feed, type Runtime } from "./runtime.ts";
import { elementOf } from "./write-graph.ts";
import type { WeightStorage } from "./write-weights.ts";

export interface ProofOptions {
  /** The .onnx file. */
  readonly bytes: Uint8Array;
  readonly network: NetworkProgram;
  /** The network as it is otherwise run: arrays NCHW by port name, in and out. */
  run(feeds: PlainTensors): Promise<PlainTensors>;
  /** Sizes of the batches that are tried. */
  readonly batches?: readonly number[];
  readonly seed: number;
  /** Where ONNX Runtime's WebAssembly lies, where it is not beside the package. */
  readonly wasm?: string;
}

export interface Proof {
  /** The largest absolute difference; Infinity where a shape differs or a number is missing or not finite. */
  readonly largest: number;
  /** The same as a part of the largest magnitude that its output reached. */
  readonly relative: number;
  /** The largest absolute difference of each output. */
  readonly perOutput: Readonly<Record<string, number>>;
  readonly samples: number;
  /** How the differences lie: how many numbers differ by less than each bound, and not less than the one before it. */
  readonly spread: readonly { readonly below: number; readonly count: number }[];
}

/** The largest difference at which a file is accepted: float32's rounding, and what smaller weights cost. */
export const tolerances = { float32: 1e-4, float16: 2e-2, int8: 0.5 } as const satisfies Record<WeightStorage, number>;

/**
 * Vectors are drawn from the normal distribution, images uniformly from −1 … 1, labels uniformly from their classes, tokens
 * from the rows of their tables, each a pure function of seed, input name and size of the batch. Throws
 * OnnxRuntimeError where ONNX Runtime refuses the file.
 */
export async function proveOnnx(options: ProofOptions): Promise<Proof> {
  const { bytes, network, run, batches = [1, 7, 64], seed, wasm } = options;
  const runtime = await openRuntime(bytes, wasm === undefined ? {} : { wasm });
  const compared = new Map(network.outputs.map(({ name }) => [name, { difference: 0, magnitude: 0 }]));
  const counts = spreadBounds.map(() => 0);
  try {
    for (const batch of batches) {
      const feeds = Object.fromEntries(
        network.inputs.map(({ name, type }) => [name, drawn(type, batch, seed, name, rowsFor(network, name))]),
      );
      const wanted = await run(feeds);
      const found = await inRuntime(runtime, network, feeds);
      for (const [name, so] of compared) {
        const { difference, magnitude } = compare(found[name], wanted[name], counts);
        compared.set(name, {
          difference: Math.max(so.difference, difference),
          magnitude: Math.max(so.magnitude, magnitude),
        });
      }
    }
  } finally {
    await runtime.release();
  }
  const outputs = [...compared.values()];
  return {
    largest: Math.max(0, ...outputs.map(({ difference }) => difference)),
    relative: Math.max(
      0,
      ...outputs.map(({ difference, magnitude }) => (difference === 0 ? 0 : difference / magnitude)),
    ),
    perOutput: Object.fromEntries([...compared].map(([name, { difference }]) => [name, difference])),
    samples: batches.reduce((sum, batch) => sum + batch, 0),
    spread: spreadBounds.map((below, index) => ({ below, count: counts[index] })),
  };
}

/** Bounds of differences, a decade from one to the next. The first bound tells equal numbers, which are below any other. */
const spreadBounds = [Number.MIN_VALUE, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, Infinity];

function drawn(type: PortType, batch: number, seed: number, name: string, rows: number): PlainTensor {
  const dims = [batch, ...type.shape];
  const size = dims.reduce((product, extent) => product * extent, 1);
  const stream = draw(seed, `proof/${name}`, { iteration: batch });
  if (type.type === "label") return { dims, data: Float32Array.from(stream.integers(size, type.classes ?? 1)) };
  if (type.type === "tokens") return { dims, data: Float32Array.from(stream.integers(size, Math.min(rows, 2 ** 16))) };
  if (type.type === "image") return { dims, data: stream.uniform(size).map((value) => 2 * value - 1) };
  return { dims, data: stream.normal(size) };
}

async function inRuntime(runtime: Runtime, { inputs }: NetworkProgram, feeds: PlainTensors): Promise<PlainTensors> {
  const given = inputs.map(({ name, type }): [string, Feed] => {
    const { dims, data } = feeds[name];
    return [name, { dims, data: elementOf(type) === "int64" ? BigInt64Array.from(data, BigInt) : data }];
  });
  const results = await runtime.run(Object.fromEntries(given));
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { dims, data: data instanceof Float32Array ? data : Float32Array.from(data as Int32Array, Number) },
    ]),
  );
}

function compare(
  found: PlainTensor | undefined,
  wanted: PlainTensor | undefined,
  counts: number[],
): { difference: number; magnitude: number } {
  if (!found || !wanted || String(found.dims) !== String(wanted.dims)) return { difference: Infinity, magnitude: 0 };
  let [difference, magnitude] = [0, 0];
  for (let index = 0; index < wanted.data.length; index++) {
    const value = wanted.data[index];
    const distance = Math.abs(found.data[index] - value);
    if (!Number.isFinite(distance)) return { difference: Infinity, magnitude: 0 };
    counts[spreadBounds.findIndex((bound) => distance < bound)]++;
    difference = Math.max(difference, distance);
    magnitude = Math.max(magnitude, Math.abs(value));
  }
  return { difference, magnitude };
}
