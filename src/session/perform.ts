/**
 * An instruction that draws, evaluates or computes, performed over named values: what training and sampling have in common.
 * Where drawn values come from, in which mode networks run and what is recorded for gradients is the caller's to say.
 */
import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs";
import type { Place } from "../core/analysis/diagnostics.ts";
import type { Compute, Draw, Evaluate, Gradient } from "../core/program/types.ts";
import { functions, kindOf } from "../kinds/index.ts";
import type { Drawn } from "../kinds/lowering.ts";
import { drawNumbers, type Feeds } from "../runtime/feeds.ts";
import type { Ops } from "../runtime/ops.ts";
import type { RandomStream } from "../runtime/philox.ts";
import { gradientWithin } from "../runtime/tape.ts";
import type { Tf } from "../runtime/tf.ts";
import { asTyped, type CompiledNetwork, type Evaluation } from "../targets/tfjs/network.ts";
import { withinMemory } from "./failure.ts";
import { dtypeOf, type Values } from "./values.ts";

export interface Stage {
  readonly tf: Tf;
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  /** Rows that are computed at once. */
  readonly batch: number;
  readonly values: Values;
  readonly feeds: Feeds;
  /** What a source gives, one for each of its outputs. Asked again by whoever repeats the step. */
  drawn(instruction: Draw): readonly Drawn[];
  evaluation(instruction: Evaluate): Pass;
  /** The operations for values that this update differentiates, or that none does. */
  ops(gradient: Gradient | null): Ops;
  record<T>(gradient: Gradient | null, compute: () => T): T;
  /** The random numbers of a function in this computation. */
  random(instruction: string): RandomStream;
  /** What a function keeps, by name. */
  state(node: string): Readonly<Record<string, Tensor>>;
  /** Replaces a part of it; the tensor is taken over. */
  setState(node: string, name: string, value: Tensor): void;
  /** True where samples are drawn. */
  readonly sampling: boolean;
  /** Sees every value that a source or function gives. */
  watch?(place: Place, what: string, value: Tensor): void;
}

/** How a network is evaluated; memory is watched in any case. */
export type Pass = Omit<Evaluation, "enter" | "feeds">;

/** Computes the instruction's values and puts them among the others. */
export function perform(stage: Stage, instruction: Draw | Evaluate | Compute): void {
  switch (instruction.op) {
    case "draw":
      return performDraw(stage, instruction);
    case "evaluate":
      return performEvaluate(stage, instruction);
    case "compute":
      return performCompute(stage, instruction);
  }
}

/** One forward pass. The caller owns the outputs. */
export function evaluate(
  { networks, batch, feeds }: Pick<Stage, "networks" | "batch" | "feeds">,
  network: string,
  inputs: Readonly<Record<string, Tensor>>,
  pass: Pass,
): NamedTensorMap {
  return networks.get(network)!.evaluate(inputs, {
    ...pass,
    feeds,
    enter: (layer, compute) => withinMemory({ graph: `networks.${network}`, node: layer.id }, batch, compute),
  });
}

function performDraw({ batch, values, feeds, drawn, watch }: Stage, instruction: Draw): void {
  const place = { graph: "training", node: instruction.source };
  const given = drawn(instruction);
  instruction.outputs.forEach(({ value, type }, port) => {
    const tensor = withinMemory(place, batch, () =>
      feeds.feed(given[port].shape, dtypeOf(type), () => drawn(instruction)[port].data),
    );
    values.set(value, tensor);
    watch?.(place, `what ${instruction.source} drew`, tensor);
  });
}

function performEvaluate(stage: Stage, instruction: Evaluate): void {
  const { networks, values, record, evaluation } = stage;
  const { network, gradient } = instruction;
  const inputs = Object.fromEntries(instruction.inputs.map((input) => [input.port, values.get(input)]));
  const outputs = record(gradient, () => evaluate(stage, network, inputs, evaluation(instruction)));
  const names = networks.get(network)!.program.outputs.map(({ name }) => name);
  instruction.outputs.forEach(({ value }, port) => values.set(value, outputs[names[port]]));
}

function performCompute(stage: Stage, instruction: Compute): void {
  const { tf, batch, values, feeds, ops, record, random, state, setState, sampling, watch } = stage;
  const { id, node, params, gradient } = instruction;
  const place = { graph: "training", node };
  const { tfjs } = kindOf(functions, instruction.kind).lowering;
  const kept = new Map<string, Tensor>();
  const context = {
    tf,
    ops: ops(gradient),
    inputs: instruction.inputs.map((input) => input && input.type),
    outputs: instruction.outputs.map(({ type }) => type),
    sampling,
    feeds,
    drawn: drawNumbers(feeds, () => random(id)),
    state: state(node),
    setState(name: string, value: Tensor) {
      kept.get(name)?.dispose();
      kept.set(name, tf.keep(value));
    },
    gradient: (y: Tensor, x: Tensor) => gradientWithin(tf, y, x),
  };
  const inputs = () => instruction.inputs.map((input) => input && asTyped(tf, values.get(input), input));
  const compute = () => tf.tidy(() => [tfjs(context, params, inputs())].flat() as Tensor[]);
  try {
    const results = withinMemory(place, batch, () => record(gradient, compute));
    instruction.outputs.forEach(({ value }, port) => values.set(value, results[port]));
    for (const result of results) watch?.(place, node, result);
  } catch (error) {
    tf.dispose([...kept.values()]);
    throw error;
  }
  for (const [name, value] of kept) setState(node, name, value);
}
