/** Draws samples from a program's sampling part: fixed latents for a seed, inference mode, averaged weights where there are some. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Program, Sampling } from "../core/program/types.ts";
import { functions, kindOf, sources as sourceKinds } from "../kinds/index.ts";
import type { Drawn } from "../kinds/lowering.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import type { CompiledNetwork } from "../targets/tfjs/network.ts";
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

export async function drawSamples(
  tf: Tf,
  program: Program,
  networks: ReadonlyMap<string, CompiledNetwork>,
  options: SampleOptions,
): Promise<Samples> {
  const sampling = program.training!.sampling!;
  const latents = drawLatents(program, sampling, options);
  const chunks: Samples[] = [];
  for (let start = 0; start < options.count; start += chunkSize) {
    const rows = Math.min(chunkSize, options.count - start);
    chunks.push(await evaluateChunk(tf, sampling, networks, latents, start, rows));
  }
  const { shape, type } = chunks[0];
  const scores = chunks.map((chunk) => chunk.scores);
  return {
    shape,
    type,
    data: joined(chunks.map((chunk) => chunk.data)),
    scores: scores.every((some) => some !== null) ? joined(scores) : null,
  };
}

/** Samples at a time: keeps memory small whatever is asked for. */
const chunkSize = 50;

type Latents = ReadonlyMap<string, readonly Drawn[]>;

function drawLatents(
  program: Program,
  sampling: Sampling,
  { count, seed, truncation, interpolate = 1 }: SampleOptions,
): Latents {
  const knots = interpolate > 1 ? Math.ceil(count / interpolate) + 1 : count;
  return new Map(
    sampling.instructions.flatMap((instruction) => {
      if (instruction.op !== "draw") return [];
      const source = program.training!.sources.find(({ id }) => id === instruction.source)!;
      const random = draw(seed, `sample/${source.id}`, { iteration: 0 });
      const outputs = instruction.outputs.map((output) => output.type);
      const drawn = kindOf(sourceKinds, source.kind).lowering.draw(
        { batch: knots, outputs, random, data: null, truncation: truncation ?? null },
        source.params,
      );
      return [[source.id, interpolate > 1 ? drawn.map((each) => between(each, interpolate, count)) : drawn] as const];
    }),
  );
}

/** Straight lines from each row to the next, `steps` rows on each. */
function between({ shape: [, ...item], data }: Drawn, steps: number, count: number): Drawn {
  const size = item.reduce((a, b) => a * b, 1);
  const rows = Float32Array.from({ length: count * size }, (_, index) => {
    const [row, at] = [Math.floor(index / size), index % size];
    const [knot, part] = [Math.floor(row / steps), (row % steps) / steps];
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
): Promise<Samples> {
  const ops = createOps(tf, { secondOrder: false });
  const values = createValues(tf);
  const inference = {
    training: false,
    ops,
    random: (layer: string) => draw(0, `sample/${layer}`, { iteration: 0, step: 0 }),
  };
  for (const instruction of sampling.instructions) {
    if (instruction.op === "draw") {
      const drawn = latents.get(instruction.source)!;
      instruction.outputs.forEach(({ value, type }, port) =>
        values.set(value, toTensor(tf, part(drawn[port], start, rows), type)),
      );
    } else if (instruction.op === "evaluate") {
      const network = networks.get(instruction.network)!;
      const outputs = network.evaluate(
        Object.fromEntries(instruction.inputs.map((input) => [input.port, values.get(input)])),
        inference,
      );
      instruction.outputs.forEach(({ value }, port) => values.set(value, outputs[network.program.outputs[port].name]));
    } else {
      const inputs = instruction.inputs.map((input) => input && values.get(input));
      const { tfjs } = kindOf(functions, instruction.kind).lowering;
      values.set(instruction.outputs[0].value, tf.tidy(() => tfjs({ tf, ops }, instruction.params, inputs)) as Tensor);
    }
  }
  const sample = values.get(sampling.sample);
  const data = (await sample.data()) as Float32Array;
  const scores = await score(tf, sampling, networks, sample, inference);
  const { type, shape } = sampling.sample.type;
  values.dispose();
  return { shape, type: type === "image" ? "image" : "vector", data: data.slice(), scores };
}

async function score(
  tf: Tf,
  { score: scorer }: Sampling,
  networks: ReadonlyMap<string, CompiledNetwork>,
  sample: Tensor,
  inference: Parameters<CompiledNetwork["evaluate"]>[1],
): Promise<Float32Array | null> {
  if (!scorer) return null;
  const outputs = networks.get(scorer.network)!.evaluate({ [scorer.input]: sample }, inference);
  const output = outputs[scorer.output];
  const means = tf.tidy(() => tf.mean(tf.reshape(output, [output.shape[0], -1]), 1));
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
