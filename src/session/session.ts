/**
 * A training session: a Program with its tensors, trained an iteration at a time. The same code runs in Node and in a
 * browser's worker; files, pages and messages are its caller's. What it is given is a Program, parsed from text or fresh.
 */
import type { Tensor, Variable } from "@tensorflow/tfjs";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import type { Program } from "../core/program/types.ts";
import type { WeightStore } from "../core/program/weights.ts";
import type { DataSet } from "../datasets/types.ts";
import { eagerFeeds } from "../runtime/feeds.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import { runNchw, type PlainTensors } from "../targets/tfjs/nchw.ts";
import { compileNetwork, type CompiledNetwork } from "../targets/tfjs/network.ts";
import { createVariables, readWeights } from "../targets/tfjs/variables.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { finishWithinMemory, requireFinite, withinMemory } from "./failure.ts";
import { requireRows, trainingOf } from "./demands.ts";
import { initialState, startingWeights } from "./initialize.ts";
import { meaningOf } from "./live.ts";
import { createFunctionState } from "./function-state.ts";
import { createOptimizer } from "./optimizer.ts";
import type { Transplant } from "./protocol.ts";
import {
  drawSamples,
  sampleLayer,
  type LayerOutput,
  type SampledFrom,
  type SampleOptions,
  type Samples,
} from "./sampling.ts";
import { createSources } from "./sources.ts";
import { createState, readCells, weightCells, writeCells, type TrainedNetwork } from "./state.ts";
import { createTrainer, type RunOptions, type SliceReport } from "./trainer.ts";
import { otherFiles, transplanted } from "./transplant.ts";
import { createVirtualState } from "./virtual.ts";

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
}

export interface Session {
  readonly program: Program;
  readonly seed: number;
  readonly batch: number;
  /** Iterations done. */
  readonly iteration: number;
  /** Networks that name a file of weights which have not come yet. */
  readonly awaited: readonly string[];
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
 * where a data set has too few rows for a batch, and where memory does not suffice.
 */
export function createSession(options: SessionOptions): Session {
  const { tf, program, dataSets, variant, readEvery, measureGradients = false } = options;
  const training = trainingOf(program);
  const { seed, batch } = {
    seed: options.seed ?? training.settings.seed,
    batch: options.batch ?? training.settings.batch,
  };
  requireRows(training, dataSets, batch);

  const variables = withinMemory({ graph: "training" }, batch, () => createVariables(tf, program.networks));
  const networkOf = new Map<string, TrainedNetwork>(
    program.networks.map((network) => [
      network.name,
      { program: network, variables: variables.networks.get(network.name)! },
    ]),
  );
  const starts = () => startingWeights(program.networks, seed, options.weights);
  for (const [network, weights] of starts()) networkOf.get(network)!.variables.set(weights);
  const awaited = new Set(
    program.networks.filter(({ name, weights }) => weights && !options.weights?.has(name)).map(({ name }) => name),
  );
  const optimizers = new Map(training.optimizers.map((each) => [each.id, createOptimizer(tf, each, networkOf)]));
  const variableAt = (network: string, path: string): Variable => networkOf.get(network)!.variables.all.get(path)!;
  const weightAt = (network: string, path: string): Tensor => variableAt(network, path);
  const averageAt = (network: string, path: string): Tensor => {
    for (const optimizer of optimizers.values()) {
      const average = optimizer.average(network, path);
      if (average) return average;
    }
    return weightAt(network, path);
  };
  const networks = compileAll(weightAt);
  const averaged = compileAll(averageAt);
  const functionState = createFunctionState(tf, training.state, initialState(training.state, seed));
  const virtual = createVirtualState(tf, compileOver, functionState);
  const cells = [
    ...weightCells(networkOf.values()),
    ...functionState.cells,
    ...[...optimizers.values()].flatMap((optimizer) => optimizer.cells),
  ];
  const state = createState(tf, cells, optimizers);
  const sources = createSources(training, { seed, batch, dataSets });
  const machine = {
    tf,
    training,
    networks,
    optimizers,
    functionState,
    virtual,
    sources,
    feeds: eagerFeeds(tf),
    seed,
    batch,
    measureGradients,
  };
  const trainer = createTrainer(machine, state, readEvery);

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
    async run(runOptions) {
      requireWeights();
      return trainer.run(runOptions);
    },
    async stepOptimizer() {
      requireWeights();
      return trainer.stepOptimizer();
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
      networkOf.get(network)!.variables.set(weights);
      awaited.delete(network);
      for (const optimizer of optimizers.values()) optimizer.restartAverages(network);
    },
    checkpoint,
    restore,
    transplant,
    dispose() {
      trainer.drop({ back: false });
      for (const optimizer of optimizers.values()) optimizer.dispose();
      functionState.dispose();
      variables.dispose();
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

  async function checkpoint(): Promise<Checkpoint> {
    const { iteration, steps, cells: readable } = trainer.settled();
    const tensors = await readCells(readable);
    requireFinite(readable, tensors, iteration);
    const late = [...optimizers].flatMap(([id, { began }]) => [...began].map(([path, at]) => [`${id}/${path}`, at]));
    const began = late.length > 0 ? { began: Object.fromEntries(late) as Record<string, number> } : {};
    return { iteration, seed, batch, variant, program: meaningOf(program), steps, ...began, tensors };
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
    const initial = { weights: starts(), state: initialState(training.state, seed) };
    const { tensors, began, kept, fresh } = transplanted(cells, saved, initial, other);
    takeOver({ ...saved, tensors, began });
    for (const network of [...awaited]) if (!other.has(network)) awaited.delete(network);
    return { kept, fresh };
  }

  function takeOver({ iteration, steps, began = {}, tensors }: Checkpoint): void {
    writeCells(tf, cells, tensors);
    trainer.drop({ back: false });
    for (const [id, optimizer] of optimizers) {
      optimizer.steps = steps[id] ?? 0;
      const own = Object.entries(began).filter(([name]) => name.startsWith(`${id}/`));
      optimizer.began = new Map(own.map(([name, at]) => [name.slice(id.length + 1), at]));
    }
    state.iteration = iteration;
  }

  function compileOver(tensorOf: (variable: Variable) => Tensor, setBuffer: SetBuffer): Map<string, CompiledNetwork> {
    return compileAll((network, path) => tensorOf(variableAt(network, path)), setBuffer);
  }

  function compileAll(
    weights: (network: string, path: string) => Tensor,
    setBuffer: SetBuffer = (variable, value) => void variable.assign(value),
  ): Map<string, CompiledNetwork> {
    const ops = createOps(tf, { secondOrder: false });
    const compile = ({ program: network, variables: own }: TrainedNetwork) =>
      compileNetwork(tf, network, {
        weights: (path) => weights(network.name, path),
        setBuffer: (path, value) => setBuffer(own.all.get(path)!, value),
        ops,
        random: (layer) => draw(seed, `predict/${layer}`, { iteration: 0 }),
      });
    return new Map([...networkOf].map(([name, network]) => [name, compile(network)]));
  }
}

type SetBuffer = (variable: Variable, value: Tensor) => void;
