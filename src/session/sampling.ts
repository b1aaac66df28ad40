/**
 * Draws samples from a program's sampling part: fixed latents (and rows of data) for a seed, inference mode, averaged weights
 * where there are some.
 */
import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs";
import type { Sampling, TrainingProgram } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { functions, kindOf, sources as sourceKinds } from "../kinds/index.ts";
import type { DataReader, Drawn } from "../kinds/lowering.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import type { CompiledNetwork, Evaluation } from "../targets/tfjs/network.ts";
import { OutOfMemory, withinMemory } from "./failure.ts";
import { createReader } from "./sources.ts";
import { createValues, toTensor } from "./values.ts";

export interface SampleOptions {
  readonly count: number;
  readonly seed: number;
  /** Redraws noise that lies further than this from 0. */
  readonly truncation?: number;
  /** Goes from each latent to the next in so many steps instead of drawing each anew. */
  readonly interpolate?: number;
}

export interface Samples {
  /** [C, H, W] of an image, [F] of a vector. */
  readonly shape: readonly number[];
  readonly type: "image" | "vector";
  /** Images NHWC, one after the other. */
  readonly data: Float32Array;
  /** The discriminator's score of each, where one scores samples alone; patches are averaged. */
  readonly scores: Float32Array | null;
}

export interface SampledFrom {
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  /** By the id of the source that reads it. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
}

export async function drawSamples(
  tf: Tf,
  training: TrainingProgram,
  sampling: Sampling,
  { networks, dataSets }: SampledFrom,
  options: SampleOptions,
): Promise<Samples> {
  const latents = drawLatents(training, sampling, dataSets, options);
  const chunks: Chunk[] = [];
  let rows = chunkSize;
  for (let start = 0; start < options.count;) {
    try {
      chunks.push(await evaluateChunk(tf, sampling, networks, latents, start, Math.min(rows, options.count - start)));
      start += rows;
    } catch (error) {
      if (!(error instanceof OutOfMemory) || rows === 1) throw error;
      rows >>= 1; // rows do not depend on each other
    }
  }
  const { type, shape } = sampling.sample.type;
  const scores = chunks.map((chunk) => chunk.scores);
  return {
    shape,
    type: type === "image" ? "image" : "vector",
    data: joined(chunks.map((chunk) => chunk.data)),
    scores: scores.every((some) => some !== null) ? joined(scores) : null,
  };
}

/** Samples at a time: keeps memory small whatever is asked for. */
const chunkSize = 50;

type Chunk = Pick<Samples, "data" | "scores">;
type Latents = ReadonlyMap<string, readonly Drawn[]>;

function drawLatents(
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
      { batch, outputs, random, data, truncation: truncation ?? null },
      params,
    );
    latents.set(id, interpolate > 1 ? drawn.map((each) => between(each, interpolate, count)) : drawn);
  }
  return latents;
}

/** So many rows in the seed's order, from its start again where there are not enough. */
function readerOf(dataSet: DataSet, id: string, seed: number, batch: number): DataReader {
  const order = draw(seed, `sample/order/${id}`, { iteration: 0 }).permutation(dataSet.count);
  const rows = Uint32Array.from({ length: batch }, (_, index) => order[index % order.length]);
  return createReader(dataSet, () => rows);
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

async function evaluateChunk(
  tf: Tf,
  sampling: Sampling,
  networks: ReadonlyMap<string, CompiledNetwork>,
  latents: Latents,
  start: number,
  rows: number,
): Promise<Chunk> {
  const ops = createOps(tf, { secondOrder: false });
  const values = createValues(tf);
  const inference = (graph: string): Evaluation => ({
    training: false,
    ops,
    random: (layer) => draw(0, `sample/${layer}`, { iteration: 0, step: 0 }),
    enter: (layer, compute) => withinMemory({ graph, node: layer.id }, rows, compute),
  });
  const evaluate = (network: string, inputs: Readonly<Record<string, Tensor>>) =>
    networks.get(network)!.evaluate(inputs, inference(`networks.${network}`));

  function perform(instruction: Sampling["instructions"][number]): void {
    if (instruction.op === "draw") {
      const place = { graph: "training", node: instruction.source };
      const drawn = latents.get(instruction.source)!.map((whole) => part(whole, start, rows));
      instruction.outputs.forEach(({ value, type }, port) =>
        values.set(
          value,
          withinMemory(place, rows, () => toTensor(tf, drawn[port], type)),
        ),
      );
    } else if (instruction.op === "evaluate") {
      const inputs = instruction.inputs.map((input) => [input.port, values.get(input)]);
      const outputs = evaluate(instruction.network, Object.fromEntries(inputs));
      const { program } = networks.get(instruction.network)!;
      instruction.outputs.forEach(({ value }, port) => values.set(value, outputs[program.outputs[port].name]));
    } else {
      const inputs = instruction.inputs.map((input) => input && values.get(input));
      const { tfjs } = kindOf(functions, instruction.kind).lowering;
      const place = { graph: "training", node: instruction.node };
      const compute = () => tf.tidy(() => tfjs({ tf, ops }, instruction.params, inputs)) as Tensor;
      values.set(instruction.outputs[0].value, withinMemory(place, rows, compute));
    }
  }

  try {
    sampling.instructions.forEach(perform);
    const sample = values.get(sampling.sample);
    const data = (await sample.data()) as Float32Array;
    const { score } = sampling;
    const scored = score && evaluate(score.network, { [score.input]: sample });
    const scores = scored && (await meansOf(tf, scored, score.output));
    return { data: data.slice(), scores };
  } finally {
    values.dispose();
  }
}

/** The mean of each sample's scores; disposes all outputs. */
async function meansOf(tf: Tf, outputs: NamedTensorMap, name: string): Promise<Float32Array> {
  const means = tf.tidy(() => tf.mean(tf.reshape(outputs[name], [outputs[name].shape[0], -1]), 1));
  const scores = ((await means.data()) as Float32Array).slice();
  tf.dispose([outputs, means]);
  return scores;
}

function part({ shape: [, ...item], data }: Drawn, start: number, rows: number): Drawn {
  const size = item.reduce((a, b) => a * b, 1);
  return { shape: [rows, ...item], data: data.slice(start * size, (start + rows) * size) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((size, each) => size + each.length, 0));
  parts.reduce((at, each) => (whole.set(each, at), at + each.length), 0);
  return whole;
}
