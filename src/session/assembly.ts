/**
 * What a program's training is made of, put together: variables, compiled networks, optimizers, sources, and all of its state
 * as named cells. Whoever trains (session.ts) or computes parts of batches for another (hand.ts) begins with this.
 */
import type { Tensor, Variable } from "@tensorflow/tfjs";
import type { Program } from "../core/program/types.ts";
import type { WeightStore } from "../core/program/weights.ts";
import type { DataSet } from "../datasets/types.ts";
import { eagerFeeds } from "../runtime/feeds.ts";
import type { Storage } from "../runtime/half-storage.ts";
import { createOps } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";
import { compileNetwork, type CompiledNetwork } from "../targets/tfjs/network.ts";
import { createVariables } from "../targets/tfjs/variables.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { requireRows, trainingOf } from "./demands.ts";
import { withinMemory } from "./failure.ts";
import { createFunctionState } from "./function-state.ts";
import { initialState, startingWeights } from "./initialize.ts";
import type { Machine } from "./iteration.ts";
import { createOptimizer } from "./optimizer.ts";
import { createSources } from "./sources.ts";
import { createState, weightCells, writeCells, type State, type TrainedNetwork } from "./state.ts";
import { createVirtualState } from "./virtual.ts";

export interface AssemblyOptions {
  readonly tf: Tf;
  readonly program: Program;
  /** By the id of the source that reads it. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
  /** What networks start from in place of their initializers. */
  readonly weights?: ReadonlyMap<string, WeightStore>;
  readonly seed: number;
  readonly batch: number;
  readonly measureGradients: boolean;
  /** float32 where it is left out. */
  readonly storage?: Storage;
}

export interface Assembly {
  readonly machine: Machine;
  readonly state: State;
  readonly networkOf: ReadonlyMap<string, TrainedNetwork>;
  /** The networks over averaged weights, where an optimizer averages. */
  readonly averaged: ReadonlyMap<string, CompiledNetwork>;
  weightAt(network: string, path: string): Tensor;
  /** The averaged weight where there is one, else the weight. */
  averageAt(network: string, path: string): Tensor;
  /** What a fresh run begins with. */
  initial(): { readonly weights: ReadonlyMap<string, WeightStore>; readonly state: WeightStore };
  /** Puts a checkpoint's numbers in the place of all state. Throws a UserError where one is missing or has another shape. */
  takeOver(checkpoint: Pick<Checkpoint, "iteration" | "steps" | "began" | "tensors">): void;
  dispose(): void;
}

/** Throws a UserError where nothing is trained, a data set has too few rows for a batch, or memory does not suffice. */
export function assemble(options: AssemblyOptions): Assembly {
  const { tf, program, dataSets, weights, seed, batch, measureGradients, storage = "float32" } = options;
  const training = trainingOf(program);
  requireRows(training, dataSets, batch);
  const variables = withinMemory({ graph: "training" }, batch, () => createVariables(tf, program.networks));
  const networkOf = new Map<string, TrainedNetwork>(
    program.networks.map((network) => [
      network.name,
      { program: network, variables: variables.networks.get(network.name)! },
    ]),
  );
  const initial = () => ({
    weights: startingWeights(program.networks, seed, weights),
    state: initialState(training.state, seed),
  });
  const start = initial();
  for (const [network, values] of start.weights) networkOf.get(network)!.variables.set(values);
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
  const functionState = createFunctionState(tf, training.state, start.state);
  const machine = {
    tf,
    training,
    networks: compileAll(weightAt),
    optimizers,
    functionState,
    virtual: createVirtualState(tf, compileOver, functionState),
    sources: createSources(training, { seed, batch, dataSets }),
    feeds: eagerFeeds(tf),
    seed,
    batch,
    measureGradients,
    storage,
  };
  const cells = [
    ...weightCells(networkOf.values()),
    ...functionState.cells,
    ...[...optimizers.values()].flatMap((optimizer) => optimizer.cells),
  ];
  const state = createState(tf, cells, optimizers);

  return {
    machine,
    state,
    networkOf,
    averaged: compileAll(averageAt),
    weightAt,
    averageAt,
    initial,
    takeOver({ iteration, steps, began = {}, tensors }) {
      writeCells(tf, cells, tensors);
      for (const [id, optimizer] of optimizers) {
        optimizer.steps = steps[id] ?? 0;
        const own = Object.entries(began).filter(([name]) => name.startsWith(`${id}/`));
        optimizer.began = new Map(own.map(([name, at]) => [name.slice(id.length + 1), at]));
      }
      state.iteration = iteration;
    },
    dispose() {
      for (const optimizer of optimizers.values()) optimizer.dispose();
      functionState.dispose();
      variables.dispose();
    },
  };

  function compileOver(tensorOf: (variable: Variable) => Tensor, setBuffer: SetBuffer): Map<string, CompiledNetwork> {
    return compileAll((network, path) => tensorOf(variableAt(network, path)), setBuffer);
  }

  function compileAll(
    tensorAt: (network: string, path: string) => Tensor,
    setBuffer: SetBuffer = (variable, value) => void variable.assign(value),
  ): Map<string, CompiledNetwork> {
    const ops = createOps(tf, { secondOrder: false });
    const compile = ({ program: network, variables: own }: TrainedNetwork) =>
      compileNetwork(tf, network, {
        weights: (path) => tensorAt(network.name, path),
        setBuffer: (path, value) => setBuffer(own.all.get(path)!, value),
        ops,
        random: (layer) => draw(seed, `predict/${layer}`, { iteration: 0 }),
      });
    return new Map([...networkOf].map(([name, network]) => [name, compile(network)]));
  }
}

type SetBuffer = (variable: Variable, value: Tensor) => void;
