/** What samples are drawn from: noise and rows of data as a seed gives them, a pure function of seed and source. */
import type { Sampling, TrainingProgram } from "../core/program/types.ts";
import { isImageSet, type DataSet } from "../datasets/types.ts";
import { kindOf, sources as sourceKinds } from "../kinds/index.ts";
import type { DataReader, Drawn } from "../kinds/lowering.ts";
import { draw } from "../runtime/philox.ts";
import { createReader } from "./sources.ts";

export interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  /** Redraws noise that lies further than this from 0; it is ψ where a network keeps the mean of its styles (TrackMean). */
  readonly truncation?: number;
  /** Goes from each latent to the next in so many steps instead of drawing each anew. */
  readonly interpolate?: number;
}

/** What each source gives, by source id. */
export type Latents = ReadonlyMap<string, readonly Drawn[]>;

export function drawLatents(
  { sources }: TrainingProgram,
  { instructions }: Sampling,
  dataSets: ReadonlyMap<string, DataSet>,
  { count, seed, truncation, interpolate = 1 }: SampleOptions,
): Latents {
  const batch = interpolate > 1 ? Math.ceil(count / interpolate) + 1 : count;
  const latents = new Map<string, readonly Drawn[]>();
  for (const instruction of instructions) {
    if (instruction.op !== "draw") continue;
    const { id, kind, params } = sources.find((source) => source.id === instruction.source)!;
    const outputs = instruction.outputs.map((output) => output.type);
    const random = draw(seed, `sample/${id}`, { iteration: 0 });
    const dataSet = dataSets.get(id);
    const data = dataSet ? readerOf(dataSet, id, seed, batch) : null;
    const drawn = kindOf(sourceKinds, kind).lowering.draw(
      { batch, outputs, random, data, sampling: true, truncation: truncation ?? null },
      params,
    );
    latents.set(id, interpolate > 1 ? drawn.map((each) => between(each, interpolate, count)) : drawn);
  }
  return latents;
}

/** Some rows of what a source gave. */
export function rowsOf({ shape: [, ...item], data }: Drawn, start: number, rows: number): Drawn {
  const size = item.reduce((a, b) => a * b, 1);
  return { shape: [rows, ...item], data: data.slice(start * size, (start + rows) * size) };
}

/** What samples begin with: images that training has not seen, where there are some. */
const samplesFrom = (dataSet: DataSet): DataSet => (isImageSet(dataSet) && dataSet.heldOut) || dataSet;

/** So many rows in the seed's order, from its start again where there are not enough. */
function readerOf(dataSet: DataSet, id: string, seed: number, batch: number): DataReader {
  const set = samplesFrom(dataSet);
  const order = draw(seed, `sample/order/${id}`, { iteration: 0 }).permutation(set.count);
  const rows = Uint32Array.from({ length: batch }, (_, index) => order[index % order.length]);
  return createReader(set, () => rows);
}

/** Straight lines from each row to the next, `steps` rows on each; labels stay what they are until the next. */
function between({ shape: [, ...item], data }: Drawn, steps: number, count: number): Drawn {
  const size = item.reduce((a, b) => a * b, 1);
  const whole = data instanceof Int32Array;
  const rows = new (whole ? Int32Array : Float32Array)(count * size).map((_, index) => {
    const [row, at] = [Math.floor(index / size), index % size];
    const [knot, part] = [Math.floor(row / steps), whole ? 0 : (row % steps) / steps];
    return data[knot * size + at] * (1 - part) + data[(knot + 1) * size + at] * part;
  });
  return { shape: [count, ...item], data: rows };
}
