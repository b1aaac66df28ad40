/**
 * Draws samples from a program's sampling part: fixed latents (and rows of data) for a seed, inference mode, averaged weights
 * where there are some. Also shows what a single layer gives while samples are drawn.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { Draw, Instruction, Operand, Sampling, TrainingProgram } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { kindOf, layers } from "../kinds/index.ts";
import { eagerFeeds } from "../runtime/feeds.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import { permute } from "../targets/tfjs/layout.ts";
import type { CompiledNetwork } from "../targets/tfjs/network.ts";
import { OutOfMemory } from "./failure.ts";
import type { FunctionState } from "./function-state.ts";
import { drawLatents, rowsOf, type Latents, type SampleOptions } from "./latents.ts";
import { evaluate, perform, type Pass, type Stage } from "./perform.ts";
import { drawSequentially } from "./sequential.ts";
import { createValues, type Values } from "./values.ts";

export type { SampleOptions } from "./latents.ts";

export interface Samples {
  /** [C, H, W] of an image, [F] of a vector. */
  readonly shape: readonly number[];
  readonly type: "image" | "vector";
  /** Images NHWC, one after the other. */
  readonly data: Float32Array;
  /** The discriminator's score of each, where one scores samples alone; patches are averaged. */
  readonly scores: Float32Array | null;
  /** Where samples are made of data's images: what is shown before and after each, in its row. */
  readonly beside: { readonly before: readonly Companion[]; readonly after: readonly Companion[] };
}

/** Images that belong to samples, one to each, in their order. */
export interface Companion {
  /** What a person calls them: the node that draws them, or the port of targets. */
  readonly name: string;
  /** [C, H, W] */
  readonly shape: readonly number[];
  /** NHWC, one after the other. */
  readonly data: Float32Array;
  /** What black and white are in them. */
  readonly range: readonly [number, number];
}

export interface LayerOutput {
  readonly port: string;
  /** [N, C, H, W] of images, [N, F] of vectors. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface SampledFrom {
  readonly tf: Tf;
  readonly training: TrainingProgram;
  readonly sampling: Sampling;
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  readonly functionState: FunctionState;
  /** By the id of the source that reads it. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
}

export async function drawSamples(from: SampledFrom, options: SampleOptions): Promise<Samples> {
  const { tf, training, sampling, dataSets } = from;
  const psi = tracksMean(from) ? options.truncation : undefined;
  const latents = drawLatents(training, sampling, dataSets, psi === undefined ? options : { ...options, truncation: undefined }); // prettier-ignore
  const chunks = await inChunks(options.count, async (start, rows) => {
    const values = createValues(tf);
    try {
      const { sample, scores } = computeRows({ ...from, psi }, values, latents, options.seed, start, rows);
      const [data, scored] = await Promise.all([sample.data(), scores?.data() ?? null]);
      return { data: data.slice() as Float32Array, scores: scored && (scored.slice() as Float32Array) };
    } finally {
      values.dispose();
    }
  });
  const { type, shape } = sampling.sample.type;
  const scores = chunks.map((chunk) => chunk.scores);
  return {
    shape,
    type: type === "image" ? "image" : "vector",
    data: joined(chunks.map((chunk) => chunk.data)),
    scores: scores.every((some) => some !== null) ? joined(scores) : null,
    beside: companionsOf(from, latents),
  };
}

function companionsOf({ training, sampling }: SampledFrom, latents: Latents): Samples["beside"] {
  const companion = ({ value }: Operand): Companion => {
    const draw = sampling.instructions.find(
      (each): each is Draw => each.op === "draw" && each.outputs.some((output) => output.value === value),
    )!;
    const output = draw.outputs.findIndex((each) => each.value === value);
    const { params, outputs } = training.sources.find(({ id }) => id === draw.source)!;
    const { data } = latents.get(draw.source)![output];
    return {
      name: output === 0 ? draw.source : outputs[output].port,
      shape: outputs[output].type.shape,
      data: data as Float32Array,
      range: params.range as [number, number],
    };
  };
  return { before: sampling.beside.before.map(companion), after: sampling.beside.after.map(companion) };
}

/**
 * What a layer gives at each of its ports while samples are drawn, at the first evaluation of its network; null where drawing
 * and scoring samples does not evaluate it.
 */
export async function sampleLayer(
  from: SampledFrom,
  { network, layer }: { readonly network: string; readonly layer: string },
  options: SampleOptions,
): Promise<readonly LayerOutput[] | null> {
  const { tf, training, sampling, networks, dataSets } = from;
  const declared = networks.get(network)?.program.instructions.find(({ id }) => id === layer);
  if (!declared || !reaches(sampling, network)) return null;
  const latents = drawLatents(training, sampling, dataSets, options);
  const chunks = await inChunks(options.count, async (start, rows) => {
    const values = createValues(tf);
    let seen: readonly Tensor[] = [];
    const observe = (of: string, { id }: Instruction, outputs: readonly Tensor[]) => {
      if (of === network && id === layer && seen.length === 0)
        seen = outputs.map((output) => tf.keep(tf.clone(output)));
    };
    try {
      computeRows(from, values, latents, options.seed, start, rows, observe);
      return await Promise.all(seen.map(asSeen));
    } finally {
      values.dispose();
      tf.dispose([...seen]);
    }
  });
  const ports = kindOf(layers, declared.kind).outputs;
  return declared.outputs.map(({ type }, index) => ({
    port: ports[index].name,
    shape: [options.count, ...type.shape],
    data: joined(chunks.map((chunk) => chunk[index])),
  }));
}

const reaches = ({ instructions, score }: Sampling, network: string): boolean =>
  score?.network === network ||
  instructions.some((instruction) => instruction.op === "evaluate" && instruction.network === network);

/** True where a network keeps the mean of its styles: then truncation is StyleGAN's ψ, and noise stays as it is drawn. */
const tracksMean = ({ sampling, networks }: SampledFrom): boolean =>
  sampling.instructions.some(
    (instruction) =>
      instruction.op === "evaluate" &&
      networks
        .get(instruction.network)!
        .program.instructions.some(({ kind }) => kindOf(layers, kind).lowering.truncates),
  );

/** Samples at a time: keeps memory small whatever is asked for. */
const chunkSize = 50;

/** A chunk of rows after the other, with fewer in each where memory runs out: rows do not depend on each other. */
async function inChunks<T>(count: number, compute: (start: number, rows: number) => Promise<T>): Promise<T[]> {
  const chunks: T[] = [];
  let rows = chunkSize;
  for (let start = 0; start < count;) {
    try {
      chunks.push(await compute(start, Math.min(rows, count - start)));
      start += rows;
    } catch (error) {
      if (!(error instanceof OutOfMemory) || rows === 1) throw error;
      rows >>= 1;
    }
  }
  return chunks;
}

/** Some rows of samples and their scores; all that is computed belongs to `values`. */
function computeRows(
  { tf, sampling, networks, functionState, psi }: SampledFrom & { readonly psi?: number },
  values: Values,
  latents: Latents,
  seed: number,
  start: number,
  rows: number,
  observe?: (network: string, layer: Instruction, outputs: readonly Tensor[]) => void,
): { readonly sample: Tensor; readonly scores: Tensor | null } {
  const ops = createOps(tf, { secondOrder: false });
  // chunks begin at rows of their own, and so do their random numbers
  const random = (id: string) => draw(seed, `sample/${id}`, { iteration: start });
  const passOf = (network: string): Pass => ({
    training: false,
    ops,
    truncation: psi,
    random,
    observe: (layer, outputs) => observe?.(network, layer, outputs),
  });
  const stage: Stage = {
    tf,
    networks,
    batch: rows,
    values,
    feeds: eagerFeeds(tf),
    drawn: ({ source }) => latents.get(source)!.map((whole) => rowsOf(whole, start, rows)),
    evaluation: ({ network }) => passOf(network),
    ops: () => ops,
    record: (_, compute) => compute(),
    random,
    state: (node) => functionState.of(node),
    setState: (_node, _name, value) => value.dispose(), // drawing samples changes nothing
    sampling: true,
  };
  for (const instruction of sampling.instructions)
    if (instruction.op === "evaluate" && instruction.id === sampling.sequential) {
      const randomOf = (row: number) => draw(seed, `sample/${instruction.id}`, { iteration: start + row });
      values.set(sampling.sample.value, drawSequentially(stage, instruction, sampling.sample, randomOf));
    } else perform(stage, instruction);
  const sample = values.get(sampling.sample);
  const { score } = sampling;
  if (!score) return { sample, scores: null };
  const outputs = evaluate(stage, score.network, { [score.input]: sample }, passOf(score.network));
  try {
    const means = tf.tidy(() => tf.mean(tf.reshape(outputs[score.output], [rows, -1]), 1));
    values.set("scores of the samples", means);
    return { sample, scores: means };
  } finally {
    tf.dispose(outputs);
  }
}

/** An output's values, images NCHW. */
async function asSeen(output: Tensor): Promise<Float32Array> {
  const data = (await output.data()) as Float32Array;
  return output.rank === 4 ? permute(data, output.shape, [0, 3, 1, 2]) : data.slice();
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((size, each) => size + each.length, 0));
  parts.reduce((at, each) => (whole.set(each, at), at + each.length), 0);
  return whole;
}
