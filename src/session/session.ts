/**
 * A training session: a Program with its tensors, trained an iteration at a time. The same code runs in Node and in a
 * browser's worker; files, pages and messages are its caller's. What it is given is a Program, parsed from text or fresh.
 */
import type { Scalar } from "@tensorflow/tfjs";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { printProgram } from "../core/program/print.ts";
import type { NetworkProgram, Program, TrainingProgram } from "../core/program/types.ts";
import { weightAt, weightsOf, type Weight, type WeightStore } from "../core/program/weights.ts";
import type { DataSet } from "../datasets/types.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import { compileNetwork, type CompiledNetwork } from "../targets/tfjs/network.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../targets/tfjs/layout.ts";
import { createVariables, readWeights } from "../targets/tfjs/variables.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { firstNotFinite, type Witness } from "./failure.ts";
import { initialWeights } from "./initialize.ts";
import { beginIteration, type Machine } from "./iteration.ts";
import { createOptimizer, type Trained } from "./optimizer.ts";
import { drawSamples, type SampleOptions, type Samples } from "./sampling.ts";
import { createSources } from "./sources.ts";

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
  /** Trains on. Throws a UserError where numbers stop being finite or memory runs out. */
  run(options: RunOptions): Promise<void>;
  sample(options: SampleOptions): Promise<Samples>;
  /** Weights and buffers; the averaged ones where an optimizer averages, unless `raw`. */
  weights(network: string, options?: { readonly raw?: boolean }): Promise<WeightStore>;
  setWeights(network: string, weights: WeightStore): void;
  checkpoint(): Promise<Checkpoint>;
  /** Takes up where a checkpoint of the same program, seed and batch left off. Throws a UserError where they differ. */
  restore(checkpoint: Checkpoint): void;
  dispose(): void;
}

export function createSession(options: SessionOptions): Session {
  const { tf, program, dataSets, variant, readEvery } = options;
  const training = trainingOf(program);
  const { seed, batch } = { seed: options.seed ?? training.settings.seed, batch: options.batch ?? training.settings.batch };
  requireRows(training, dataSets, batch);

  const variables = createVariables(tf, program.networks);
  for (const network of program.networks) variables.networks.get(network.name)!.set(initialWeights(network, seed));
  const optimizers = new Map(training.optimizers.map((each) => [each.id, createOptimizer(tf, each, variables.networks)]));
  const networks = compileAll((network, path) => variables.networks.get(network)!.all.get(path)!);
  const averaged = compileAll((network, path) => averageOf(network, path) ?? variables.networks.get(network)!.all.get(path)!);
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
      return drawSamples(tf, program, averaged, sampleOptions);
    },
    weights: (network, { raw = false } = {}) => {
      const all = variables.networks.get(network)!.all;
      return readWeights(networkOf(network), (path) => (raw ? undefined : averageOf(network, path)) ?? all.get(path)!);
    },
    setWeights: (network, weights) => variables.networks.get(network)!.set(weights),
    checkpoint,
    restore,
    dispose() {
      for (const optimizer of optimizers.values()) optimizer.dispose();
      variables.dispose();
    },
  };

  async function run({ until, signal, report }: RunOptions): Promise<void> {
    let good = takeSnapshot();
    const unread: { iteration: number; losses: Map<string, Scalar> }[] = [];
    try {
      while (iteration < until && !signal?.aborted) {
        unread.push({ iteration, losses: iterate() });
        iteration++;
        if (unread.length < readEvery && iteration < until) continue;
        const finite = await readLosses(unread.splice(0), report);
        const next = finite ? takeSnapshot() : null;
        if (!next) throw await blame(good);
        good.dispose();
        good = next;
      }
      if (unread.length > 0 && !(await readLosses(unread.splice(0), report))) throw await blame(good);
    } finally {
      for (const { losses } of unread) tf.dispose([...losses.values()]);
      good.dispose();
    }
  }

  /** One iteration; gives copies of its losses. */
  function iterate(): Map<string, Scalar> {
    const begun = beginIteration(machine, iteration);
    try {
      for (const slice of training.iteration) for (const instruction of slice.instructions) begun.perform(slice, instruction);
      return new Map([...begun.losses].map(([node, loss]) => [node, tf.keep(tf.clone(loss))]));
    } finally {
      begun.finish();
    }
  }

  /** Reads and reports; false at the first that is not finite. */
  async function readLosses(read: readonly { iteration: number; losses: Map<string, Scalar> }[], report: RunOptions["report"]): Promise<boolean> {
    let finite = true;
    for (const each of read) {
      const losses: Record<string, number> = {};
      for (const [node, loss] of each.losses) {
        losses[node] = (await loss.data())[0];
        loss.dispose();
      }
      finite &&= Object.values(losses).every(Number.isFinite);
      if (finite) await report({ iteration: each.iteration + 1, losses });
    }
    return finite;
  }

  /** Goes back to where all was finite and repeats what followed, looking at every number: a run is a function of its seed. */
  async function blame(good: Snapshot): Promise<UserError> {
    const last = iteration;
    good.restore();
    for (; iteration < last; iteration++) {
      const witnesses: Witness[] = [];
      const begun = beginIteration(machine, iteration, (witness) => witnesses.push(witness));
      for (const slice of training.iteration) for (const instruction of slice.instructions) begun.perform(slice, instruction);
      begun.finish();
      const found = await firstNotFinite(witnesses, iteration + 1);
      if (found) return found;
    }
    return new UserError(diagnose("not-finite", { graph: "training" }, { value: "NaN", what: "a loss", iteration: last }));
  }

  interface Snapshot {
    restore(): void;
    dispose(): void;
  }
  /** References to all state as it is now; updates replace tensors and never write into them. */
  function takeSnapshot(): Snapshot {
    const at = iteration;
    const hold = <T extends Parameters<typeof tf.keep>[0]>(tensor: T): T => tf.keep(tf.clone(tensor) as T);
    const weights = [...variables.networks.values()].flatMap(({ all }) => [...all.values()].map((variable) => ({ variable, value: hold(variable as Scalar) })));
    const states = [...optimizers.values()].map((optimizer) => ({
      optimizer,
      steps: optimizer.steps,
      slots: [...optimizer.slots].map(([weight, slots]) => [weight, Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, hold(slot)]))] as const),
      averages: [...optimizer.averages].map(([weight, average]) => [weight, hold(average)] as const),
    }));
    return {
      restore() {
        iteration = at;
        for (const { variable, value } of weights) variable.assign(value);
        for (const { optimizer, steps, slots, averages } of states) {
          optimizer.dispose();
          optimizer.steps = steps;
          optimizer.averages.clear();
          for (const [weight, held] of slots) optimizer.slots.set(weight, Object.fromEntries(Object.entries(held).map(([name, slot]) => [name, hold(slot)])));
          for (const [weight, held] of averages) optimizer.averages.set(weight, hold(held));
        }
      },
      dispose() {
        for (const { value } of weights) value.dispose();
        for (const { slots, averages } of states) tf.dispose([slots.map(([, held]) => held), averages.map(([, held]) => held)]);
      },
    };
  }

  async function checkpoint(): Promise<Checkpoint> {
    const tensors = new Map<string, Weight>();
    for (const network of program.networks)
      for (const [path, weight] of await readWeights(network, (path) => variables.networks.get(network.name)!.all.get(path)!))
        tensors.set(`weights/${network.name}/${path}`, weight);
    for (const [name, tensor] of stateTensors()) {
      const { shape, tfjs } = name.weight;
      const data = (await tensor.data()) as Float32Array;
      tensors.set(name.key, { shape, data: fromTfjs(data.slice(), shape, tfjs) });
    }
    const steps = Object.fromEntries([...optimizers].map(([id, optimizer]) => [id, optimizer.steps]));
    return { iteration, seed, batch, variant, program: printProgram(program), steps, tensors };
  }

  function restore(saved: Checkpoint): void {
    const differs = (what: string, found: unknown, wanted: unknown) => new UserError(diagnose("run-differs", {}, { what, found: String(found), wanted: String(wanted) }));
    if (saved.program !== printProgram(program)) throw differs("another document", "changed", "the one in its folder");
    if (saved.seed !== seed) throw differs("seed", seed, saved.seed);
    if (saved.batch !== batch) throw differs("batch", batch, saved.batch);
    const stored = (prefix: string): WeightStore =>
      new Map([...saved.tensors].flatMap(([key, tensor]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [])));
    for (const network of program.networks) variables.networks.get(network.name)!.set(stored(`weights/${network.name}/`));
    for (const optimizer of optimizers.values()) {
      const { id } = optimizer.declaration;
      optimizer.steps = saved.steps[id] ?? 0;
      for (const weight of optimizer.trained) {
        const declaration = declarationOf(weight);
        const tensorAt = (key: string) => {
          const { data } = weightAt(stored(key), { ...declaration, path: "" }, weight.network);
          return tf.keep(tf.tensor(toTfjs(data, declaration.shape, declaration.tfjs).slice(), tfjsShape(declaration.shape, declaration.tfjs)));
        };
        const slots = optimizer.slots.get(weight)!;
        optimizer.slots.set(weight, Object.fromEntries(Object.keys(slots).map((name) => [name, tensorAt(slotKey(id, weight, name))])));
        tf.dispose(slots);
        optimizer.averages.get(weight)?.dispose();
        optimizer.averages.delete(weight);
        if (saved.tensors.has(averageKey(id, weight))) optimizer.averages.set(weight, tensorAt(averageKey(id, weight)));
      }
    }
    iteration = saved.iteration;
  }

  /** Slots and averages with the names that checkpoints give them. */
  function stateTensors() {
    return [...optimizers.values()].flatMap((optimizer) => {
      const { id } = optimizer.declaration;
      const named = (key: string, weight: Trained) => ({ key, weight: declarationOf(weight) });
      return [
        ...[...optimizer.slots].flatMap(([weight, slots]) => Object.entries(slots).map(([name, slot]) => [named(slotKey(id, weight, name), weight), slot] as const)),
        ...[...optimizer.averages].map(([weight, average]) => [named(averageKey(id, weight), weight), average] as const),
      ];
    });
  }

  function compileAll(weights: (network: string, path: string) => ReturnType<Parameters<typeof readWeights>[1]>): Map<string, CompiledNetwork> {
    const ops = createOps(tf, { secondOrder: false });
    return new Map(
      program.networks.map((network) => [
        network.name,
        compileNetwork(tf, network, {
          weights: (path) => weights(network.name, path),
          setBuffer: (path, value) => variables.networks.get(network.name)!.all.get(path)!.assign(value),
          ops,
          random: (layer) => draw(seed, `predict/${layer}`, { iteration: 0 }),
        }),
      ]),
    );
  }

  function averageOf(network: string, path: string) {
    for (const { averages } of optimizers.values())
      for (const [weight, average] of averages) if (weight.network === network && weight.path === path) return average;
    return undefined;
  }

  function networkOf(name: string): NetworkProgram {
    return program.networks.find((network) => network.name === name)!;
  }

  function declarationOf({ network, path }: Trained) {
    return weightsOf(networkOf(network)).find((weight) => weight.path === path)!;
  }
}

function trainingOf({ training }: Program): TrainingProgram {
  if (!training || training.optimizers.length === 0) throw new UserError(diagnose("nothing-to-train", { graph: "training" }, {}));
  return training;
}

/** Where the last, smaller batch is dropped, a data set must fill at least one. */
function requireRows({ sources }: TrainingProgram, dataSets: ReadonlyMap<string, DataSet>, batch: number): void {
  for (const { id, params } of sources) {
    const dataSet = dataSets.get(id);
    if (!dataSet || dataSet.count >= batch || params.drop_last !== true) continue;
    const fix = { title: "Set batch to the number of rows", edits: [] };
    throw new UserError(diagnose("batch-too-large", { graph: "training", node: id }, { batch, count: dataSet.count, name: dataSet.name }, fix));
  }
}

const slotKey = (optimizer: string, { network, path }: Trained, slot: string): string => `slots/${optimizer}/${network}/${path}/${slot}`;
const averageKey = (optimizer: string, { network, path }: Trained): string => `averages/${optimizer}/${network}/${path}`;
