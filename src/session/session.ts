/**
 * A training session: a Program with its tensors, trained an iteration at a time. The same code runs in Node and in a
 * browser's worker; files, pages and messages are its caller's. What it is given is a Program, parsed from text or fresh.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { printProgram } from "../core/program/print.ts";
import type { Program, TrainingProgram } from "../core/program/types.ts";
import type { WeightStore } from "../core/program/weights.ts";
import type { DataSet } from "../datasets/types.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import { compileNetwork, type CompiledNetwork } from "../targets/tfjs/network.ts";
import { createVariables, readWeights } from "../targets/tfjs/variables.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { firstNotFinite, requireFinite, withinMemory, type Witness } from "./failure.ts";
import { initialWeights } from "./initialize.ts";
import { beginIteration, type Iteration, type Machine } from "./iteration.ts";
import { createOptimizer } from "./optimizer.ts";
import { drawSamples, type SampleOptions, type Samples } from "./sampling.ts";
import { createSources } from "./sources.ts";
import { readCells, takeSnapshot, weightCells, writeCells, type Snapshot, type TrainedNetwork } from "./state.ts";

export interface SessionOptions {
  readonly tf: Tf;
  readonly program: Program;
  /** By the id of the source that reads it. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
  /** Taken from the program's settings where left out. */
  readonly seed?: number;
  readonly batch?: number;
  /** Names the arithmetic for checkpoints: the backend's variant. */
  readonly variant: string;
  /** Iterations between two readings of the losses; 1 where reading costs nothing. */
  readonly readEvery: number;
}

/** One iteration's losses, read back. */
export interface Report {
  /** Iterations done. */
  readonly iteration: number;
  /** By the node that computed them. */
  readonly losses: Readonly<Record<string, number>>;
}

export interface RunOptions {
  /** Iterations in all. */
  readonly until: number;
  /** Stops after the iteration that is running. */
  readonly signal?: AbortSignal;
  /** In order, one for each iteration; may wait, and training waits with it. */
  report(report: Report): void | Promise<void>;
}

export interface Session {
  readonly program: Program;
  readonly seed: number;
  readonly batch: number;
  /** Iterations done. */
  readonly iteration: number;
  /**
   * Trains on. Throws a UserError where numbers stop being finite or memory runs out; the session is then back at an
   * iteration before that.
   */
  run(options: RunOptions): Promise<void>;
  sample(options: SampleOptions): Promise<Samples>;
  /** Weights and buffers; the averaged ones where an optimizer averages, unless `raw`. */
  weights(network: string, options?: { readonly raw?: boolean }): Promise<WeightStore>;
  setWeights(network: string, weights: WeightStore): void;
  /** All state. Throws a UserError where a number in it is not finite: such a run cannot go on. */
  checkpoint(): Promise<Checkpoint>;
  /** Takes up where a checkpoint of the same program, seed and batch left off. Throws a UserError where they differ. */
  restore(checkpoint: Checkpoint): void;
  dispose(): void;
}

export function createSession(options: SessionOptions): Session {
  const { tf, program, dataSets, variant, readEvery } = options;
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
  for (const network of networkOf.values()) network.variables.set(initialWeights(network.program, seed));
  const optimizers = new Map(training.optimizers.map((each) => [each.id, createOptimizer(tf, each, networkOf)]));
  const weightAt = (network: string, path: string): Tensor => networkOf.get(network)!.variables.all.get(path)!;
  const averageAt = (network: string, path: string): Tensor => {
    for (const optimizer of optimizers.values()) {
      const average = optimizer.average(network, path);
      if (average) return average;
    }
    return weightAt(network, path);
  };
  const networks = compileAll(weightAt);
  const averaged = compileAll(averageAt);
  const cells = [
    ...weightCells(networkOf.values()),
    ...[...optimizers.values()].flatMap((optimizer) => optimizer.cells),
  ];
  const sources = createSources(training, { seed, batch, dataSets });
  const machine: Machine = { tf, training, networks, optimizers, sources, seed, batch };
  let iteration = 0;

  return {
    program,
    seed,
    batch,
    get iteration() {
      return iteration;
    },
    run,
    sample: (sampleOptions) => {
      if (!training.sampling) throw new UserError(diagnose("nothing-to-sample", { graph: "training" }, {}));
      return drawSamples(tf, training, training.sampling, { networks: averaged, dataSets }, sampleOptions);
    },
    weights: (network, { raw = false } = {}) =>
      readWeights(networkOf.get(network)!.program, (path) => (raw ? weightAt : averageAt)(network, path)),
    setWeights: (network, weights) => networkOf.get(network)!.variables.set(weights),
    checkpoint,
    restore,
    dispose() {
      for (const optimizer of optimizers.values()) optimizer.dispose();
      variables.dispose();
    },
  };

  async function run({ until, signal, report }: RunOptions): Promise<void> {
    // two: the losses that show an overflow in the last update are those of the next reading
    let [earlier, latest] = [remember(), remember()];
    const unread: Unread[] = [];
    let rested = performance.now();
    try {
      while (iteration < until && !signal?.aborted) {
        unread.push({ iteration: iteration + 1, losses: iterate(latest) });
        iteration++;
        if (unread.length < readEvery && iteration < until) continue;
        if (!(await readLosses(unread.splice(0), report))) throw await blame(earlier);
        earlier.dispose();
        [earlier, latest] = [latest, remember()];
        if (performance.now() - rested < restEvery) continue;
        await new Promise((resolve) => setTimeout(resolve)); // a signal or message waits for a turn of the event loop
        rested = performance.now();
      }
    } finally {
      for (const { losses } of unread) tf.dispose([...losses.values()]);
      earlier.dispose();
      latest.dispose();
    }
  }

  /** One iteration; gives copies of its losses. Where it fails, the session is back at the snapshot. */
  function iterate(latest: Snapshot): Map<string, Scalar> {
    const begun = beginIteration(machine, iteration);
    try {
      performAll(begun);
      return new Map([...begun.losses].map(([node, loss]) => [node, tf.keep(tf.clone(loss))]));
    } catch (error) {
      latest.restore();
      throw error;
    } finally {
      begun.finish();
    }
  }

  function performAll(begun: Iteration): void {
    for (const slice of training.iteration)
      for (const instruction of slice.instructions) begun.perform(slice, instruction);
  }

  /** Reads and reports; false at the first that is not finite. */
  async function readLosses(unread: readonly Unread[], report: RunOptions["report"]): Promise<boolean> {
    const reports: Report[] = [];
    for (const { iteration: done, losses } of unread) {
      const read = [...losses].map(async ([node, loss]) => [node, (await loss.data())[0]] as const);
      reports.push({ iteration: done, losses: Object.fromEntries(await Promise.all(read)) });
      tf.dispose([...losses.values()]);
    }
    for (const each of reports) {
      if (!Object.values(each.losses).every(Number.isFinite)) return false;
      await report(each);
    }
    return true;
  }

  /**
   * Goes back to where all was finite and repeats what followed, looking at every number: a run is a function of its seed.
   * The session stays back there.
   */
  async function blame(good: Snapshot): Promise<UserError> {
    const last = iteration;
    let found: UserError | null = null;
    for (good.restore(); iteration < last && !found; iteration++) {
      const witnesses: Witness[] = [];
      const begun = beginIteration(machine, iteration, (witness) => witnesses.push(witness));
      try {
        performAll(begun);
      } finally {
        begun.finish();
        found = await firstNotFinite(witnesses, iteration + 1);
      }
    }
    good.restore();
    const unnamed = { value: "A number that is not finite", what: "a loss", iteration: last };
    return found ?? new UserError(diagnose("not-finite", { graph: "training" }, unnamed));
  }

  /** All state as it is now, the counters too. */
  function remember(): Snapshot {
    const at = iteration;
    const steps = [...optimizers.values()].map((optimizer) => [optimizer, optimizer.steps] as const);
    const { restore: restoreCells, dispose } = takeSnapshot(tf, cells);
    const restore = () => {
      iteration = at;
      for (const [optimizer, done] of steps) optimizer.steps = done;
      restoreCells();
    };
    return { restore, dispose };
  }

  async function checkpoint(): Promise<Checkpoint> {
    const steps = Object.fromEntries([...optimizers].map(([id, optimizer]) => [id, optimizer.steps]));
    const tensors = await readCells(cells);
    requireFinite(cells, tensors, iteration);
    return { iteration, seed, batch, variant, program: meaningOf(program), steps, tensors };
  }

  function restore(saved: Checkpoint): void {
    const differs = (what: string, found: unknown, wanted: unknown) =>
      new UserError(diagnose("run-differs", {}, { what, found: String(found), wanted: String(wanted) }));
    if (saved.program !== meaningOf(program)) throw new UserError(diagnose("run-document", {}, {}));
    if (saved.seed !== seed) throw differs("the seed", seed, saved.seed);
    if (saved.batch !== batch) throw differs("the batch", batch, saved.batch);
    writeCells(tf, cells, saved.tensors);
    for (const [id, optimizer] of optimizers) optimizer.steps = saved.steps[id] ?? 0;
    iteration = saved.iteration;
  }

  function compileAll(weights: (network: string, path: string) => Tensor): Map<string, CompiledNetwork> {
    const ops = createOps(tf, { secondOrder: false });
    const compile = ({ program: network, variables: own }: TrainedNetwork) =>
      compileNetwork(tf, network, {
        weights: (path) => weights(network.name, path),
        setBuffer: (path, value) => own.all.get(path)!.assign(value),
        ops,
        random: (layer) => draw(seed, `predict/${layer}`, { iteration: 0 }),
      });
    return new Map([...networkOf].map(([name, network]) => [name, compile(network)]));
  }
}

/** Losses still on the device, by the iterations done then. */
interface Unread {
  readonly iteration: number;
  readonly losses: ReadonlyMap<string, Scalar>;
}

/** Milliseconds of training between two turns of the event loop: reading losses on WebAssembly gives it none. */
const restEvery = 50;

/** What training computes, as text: without the title, how long it runs, and how samples are drawn. */
function meaningOf(program: Program): string {
  const settings = { batch: 0, iterations: 0, seed: 0 };
  return printProgram({ ...program, name: "", training: { ...trainingOf(program), settings, sampling: null } });
}

function trainingOf({ training }: Program): TrainingProgram {
  if (!training || training.optimizers.length === 0)
    throw new UserError(diagnose("nothing-to-train", { graph: "training" }, {}));
  return training;
}

/** Where the last, smaller batch is dropped, a data set must fill at least one. */
function requireRows({ sources }: TrainingProgram, dataSets: ReadonlyMap<string, DataSet>, batch: number): void {
  for (const { id, params } of sources) {
    const dataSet = dataSets.get(id);
    if (!dataSet || dataSet.count >= batch || params.drop_last !== true) continue;
    const edit = { do: "set-param", graph: "training", node: id, param: "drop_last", value: false } as const;
    const fix = { title: "Keep the last, smaller batch", edits: [edit] };
    throw new UserError(
      diagnose(
        "batch-too-large",
        { graph: "training", node: id },
        { batch, count: dataSet.count, name: dataSet.name },
        fix,
      ),
    );
  }
}
