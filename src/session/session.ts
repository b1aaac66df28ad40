/**
 * A training session: a Program with its tensors, trained an iteration at a time. The same code runs in Node and in a
 * browser's worker; files, pages and messages are its caller's. What it is given is a Program, parsed from text or fresh.
 */
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import type { Program } from "../core/program/types.ts";
import type { WeightStore } from "../core/program/weights.ts";
import type { DataSet } from "../datasets/types.ts";
import type { Storage } from "../runtime/half-storage.ts";
import type { Tf } from "../runtime/tf.ts";
import { runNchw, type PlainTensors } from "../targets/tfjs/nchw.ts";
import { readWeights } from "../targets/tfjs/variables.ts";
import { assemble } from "./assembly.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { createCrew } from "./crew.ts";
import { requireStorage, trainingOf } from "./demands.ts";
import { finishWithinMemory, requireFinite } from "./failure.ts";
import { meaningOf } from "./live.ts";
import type { Hand, Standing } from "./orders.ts";
import type { Transplant } from "./protocol.ts";
import {
  drawSamples,
  sampleLayer,
  type LayerOutput,
  type SampledFrom,
  type SampleOptions,
  type Samples,
} from "./sampling.ts";
import type { Execution } from "./replay.ts";
import { readCells } from "./state.ts";
import { createTrainer, type RunOptions, type SliceReport } from "./trainer.ts";
import { otherFiles, transplanted } from "./transplant.ts";

export type { Execution } from "./replay.ts";
export type { Report, RunOptions, SliceReport } from "./trainer.ts";

export interface SessionOptions {
  readonly tf: Tf;
  readonly program: Program;
  /** By the id of the source that reads it. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
  /**
   * What networks start from in place of their initializers, in full, by network. One that names a file of weights and has none
   * here cannot be trained until a checkpoint brings them.
   */
  readonly weights?: ReadonlyMap<string, WeightStore>;
  /** Taken from the program's settings where left out. */
  readonly seed?: number;
  readonly batch?: number;
  /** Names the arithmetic for checkpoints: the backend's variant. */
  readonly variant: string;
  /** Iterations between two readings of the losses; 1 where reading costs nothing. */
  readonly readEvery: number;
  /** Whether reports tell the length of every optimizer's gradient. Default false. */
  readonly measureGradients?: boolean;
  /** Whether iterations are captured and replayed where the backend allows it. Default true. */
  readonly capture?: boolean;
  /**
   * How what gradients need of forward passes is kept until then: float32 where it is left out, float16 on WebGPU alone. State,
   * losses and all arithmetic are float32 in either case.
   */
  readonly storage?: Storage;
  /** Hears what a person should know while it trains. */
  notice?(text: string): void;
  /**
   * Threads that compute parts of every batch beside this one: fewer than a batch has rows. For programs that can be divided
   * (divisible.ts), on the wasm backend.
   */
  readonly hands?: readonly Hand[];
}

export interface Session {
  readonly program: Program;
  readonly seed: number;
  readonly batch: number;
  /** Iterations done. */
  readonly iteration: number;
  /** Networks that name a file of weights which have not come yet. */
  readonly awaited: readonly string[];
  /** Whether iterations are replayed, and why not where they are not. */
  readonly execution: Execution;
  /**
   * Trains on, with what is left of the iteration first where one is begun. Throws a UserError where numbers stop being finite
   * or memory runs out; the session is then back at an iteration before that.
   */
  run(options: RunOptions): Promise<void>;
  /**
   * Does the next slice of an iteration, one step of one optimizer, and keeps what the iteration holds for the next one. With
   * the last slice the iteration counts as done. Throws as `run` does; the session is then back before this iteration.
   */
  stepOptimizer(): Promise<SliceReport>;
  sample(options: SampleOptions): Promise<Samples>;
  /**
   * What a layer ("main.3.conv1") gives at each of its ports while samples are drawn and scored; null where that does not
   * evaluate it. Needs memory for `count` outputs.
   */
  layerOutputs(
    network: string,
    layer: string,
    options: Pick<SampleOptions, "count" | "seed">,
  ): Promise<readonly LayerOutput[] | null>;
  /**
   * One forward pass in inference mode, with the averaged weights where there are some, unless told otherwise. Feeds and
   * results by port name: images [N, C, H, W], vectors [N, F], labels [N]. Throws a RangeError for a missing input, and a
   * UserError where memory runs out.
   */
  evaluate(network: string, feeds: PlainTensors, options?: { readonly averaged?: boolean }): Promise<PlainTensors>;
  /** Weights and buffers; the averaged ones where an optimizer averages, unless `raw`. */
  weights(network: string, options?: { readonly raw?: boolean }): Promise<WeightStore>;
  /** Sets weights and buffers, and moving averages to the same. A begun iteration is dropped: its changes are undone. */
  setWeights(network: string, weights: WeightStore): void;
  /**
   * All state, as it was before the iteration that is begun, if one is. Throws a UserError where a number in it is not finite:
   * such a run cannot go on.
   */
  checkpoint(): Promise<Checkpoint>;
  /**
   * Takes up where a checkpoint of the same program, seed and batch left off, and drops a begun iteration. Throws a UserError
   * where they differ.
   */
  restore(checkpoint: Checkpoint): void;
  /**
   * Takes from another program's checkpoint the weights, buffers, slots and averages that have the same name and shape here;
   * all else starts as in a new session, as does a network that names another file of weights than the checkpoint's program.
   * Counters go on, an optimizer that was not there starts at 0. Drops a begun iteration.
   * From an equal program's checkpoint it is the same as `restore`.
   */
  transplant(checkpoint: Checkpoint): Transplant;
  dispose(): void;
}

/**
 * A session with fresh weights, at iteration 0; whoever makes it disposes it. Throws a UserError where the program trains nothing,
 * where a data set has too few rows for a batch, where the backend has no such storage, and where memory does not suffice.
 */
export function createSession(options: SessionOptions): Session {
  const { tf, program, dataSets, weights: given, variant, readEvery, hands = [], measureGradients = false, storage = "float32" } = options; // prettier-ignore
  const training = trainingOf(program);
  requireStorage(tf.getBackend(), storage);
  const { seed, batch } = {
    seed: options.seed ?? training.settings.seed,
    batch: options.batch ?? training.settings.batch,
  };
  const assembly = assemble({ tf, program, dataSets, seed, batch, measureGradients, storage, ...(given && { weights: given }) }); // prettier-ignore
  const { machine, state, networkOf, averaged, weightAt, averageAt } = assembly;
  const { networks, optimizers, functionState } = machine;
  const awaited = new Set(
    program.networks.filter(({ name, weights }) => weights && !given?.has(name)).map(({ name }) => name),
  );
  const crew = hands.length > 0 ? createCrew({ machine, program, dataSets, hands }) : null;
  const { capture = crew === null, notice = () => {} } = options;
  const trainer = createTrainer(machine, state, { readEvery, capture, notice, ...(crew && { begin: crew.begin }) });

  return {
    program,
    seed,
    batch,
    get iteration() {
      return state.iteration;
    },
    get awaited() {
      return [...awaited];
    },
    get execution() {
      return trainer.execution;
    },
    async run(runOptions) {
      requireWeights();
      if (state.iteration >= runOptions.until || runOptions.signal?.aborted) return;
      return together(() => trainer.run(runOptions));
    },
    async stepOptimizer() {
      requireWeights();
      return together(() => trainer.stepOptimizer());
    },
    // async: whoever waits for samples hears there that none can be drawn
    sample: async (sampleOptions) => drawSamples(sampledFrom(), sampleOptions),
    layerOutputs: async (network, layer, sampleOptions) =>
      training.sampling && sampleLayer(sampledFrom(), { network, layer }, sampleOptions),
    evaluate(network, feeds, { averaged: average = true } = {}) {
      const compiled = (average ? averaged : networks).get(network)!;
      const rows = Object.values(feeds)[0]?.dims[0] ?? batch;
      return finishWithinMemory({ graph: `networks.${network}` }, rows, () => runNchw(tf, compiled, feeds));
    },
    weights: (network, { raw = false } = {}) =>
      readWeights(networkOf.get(network)!.program, (path) => (raw ? weightAt : averageAt)(network, path)),
    setWeights(network, weights) {
      trainer.drop({ back: true });
      crew?.stray();
      networkOf.get(network)!.variables.set(weights);
      awaited.delete(network);
      for (const optimizer of optimizers.values()) optimizer.restartAverages(network);
    },
    checkpoint,
    restore,
    transplant,
    dispose() {
      trainer.drop({ back: false });
      crew?.dispose();
      assembly.dispose();
      trainer.dispose();
    },
  };

  /** Whoever opens a session sees to it; numbers of a network that should be another's would be wrong in silence. */
  function requireWeights(): void {
    if (awaited.size > 0) throw new Error(`The weights of ${[...awaited].join(", ")} have not come yet.`);
  }

  function sampledFrom(): SampledFrom {
    const { sampling } = training;
    if (!sampling) throw new UserError(diagnose("nothing-to-sample", { graph: "training" }, {}));
    return { tf, training, sampling, networks: averaged, functionState, dataSets };
  }

  /** With the hands, where there are some. */
  async function together<T>(train: () => Promise<T>): Promise<T> {
    await crew?.gather(standing);
    try {
      return await train();
    } catch (error) {
      crew?.stray(); // the state went back
      throw error;
    }
  }

  async function standing(): Promise<Standing> {
    const { iteration, steps, cells } = trainer.settled();
    const late = [...optimizers].flatMap(([id, { began }]) => [...began].map(([path, at]) => [`${id}/${path}`, at]));
    const began = late.length > 0 ? { began: Object.fromEntries(late) as Record<string, number> } : {};
    return { iteration, steps, ...began, tensors: await readCells(cells) };
  }

  async function checkpoint(): Promise<Checkpoint> {
    const { cells } = trainer.settled();
    const { tensors, ...rest } = await standing();
    requireFinite(cells, tensors, rest.iteration);
    return { seed, batch, variant, program: meaningOf(program), ...rest, tensors };
  }

  function restore(saved: Checkpoint): void {
    const differs = (what: string, found: unknown, wanted: unknown) =>
      new UserError(diagnose("run-differs", {}, { what, found: String(found), wanted: String(wanted) }));
    if (saved.program !== meaningOf(program)) throw new UserError(diagnose("run-document", {}, {}));
    if (saved.seed !== seed) throw differs("the seed", seed, saved.seed);
    if (saved.batch !== batch) throw differs("the batch", batch, saved.batch);
    takeOver(saved);
    awaited.clear();
  }

  function transplant(saved: Checkpoint): Transplant {
    const other = otherFiles(program, saved);
    const { tensors, began, kept, fresh } = transplanted(state.cells, saved, assembly.initial(), other);
    takeOver({ ...saved, tensors, began });
    for (const network of [...awaited]) if (!other.has(network)) awaited.delete(network);
    return { kept, fresh };
  }

  function takeOver(saved: Standing): void {
    assembly.takeOver(saved);
    trainer.drop({ back: false });
    crew?.stray();
  }
}
