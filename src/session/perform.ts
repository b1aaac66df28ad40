/**
 * An instruction that draws, evaluates or computes, performed over named values: what training and sampling have in common.
 * Where drawn values come from, in which mode networks run and what is recorded for gradients is the caller's to say.
 */
import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs";
import type { Place } from "../core/analysis/diagnostics.ts";
import type { Compute, Draw, Evaluate, Gradient } from "../core/program/types.ts";
import { functions, kindOf } from "../kinds/index.ts";
import type { Drawn } from "../kinds/lowering.ts";
import type { Ops } from "../runtime/ops.ts";
import type { Tf } from "../runtime/tf.ts";
import type { CompiledNetwork, Evaluation } from "../targets/tfjs/network.ts";
import { withinMemory } from "./failure.ts";
import { toTensor, type Values } from "./values.ts";

export interface Stage {
  readonly tf: Tf;
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  /** Rows that are computed at once. */
  readonly batch: number;
  readonly values: Values;
  /** What a source gives, one for each of its outputs. */
  drawn(instruction: Draw): readonly Drawn[];
  evaluation(instruction: Evaluate): Pass;
  /** The operations for values that this update differentiates, or that none does. */
  ops(gradient: Gradient | null): Ops;
  record<T>(gradient: Gradient | null, compute: () => T): T;
  /** Sees every value that a source or function gives. */
  watch?(place: Place, what: string, value: Tensor): void;
}

/** How a network is evaluated; memory is watched in any case. */
export type Pass = Omit<Evaluation, "enter">;

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
  { networks, batch }: Pick<Stage, "networks" | "batch">,
  network: string,
  inputs: Readonly<Record<string, Tensor>>,
  pass: Pass,
): NamedTensorMap {
  return networks.get(network)!.evaluate(inputs, {
    ...pass,
    enter: (layer, compute) => withinMemory({ graph: `networks.${network}`, node: layer.id }, batch, compute),
  });
}

function performDraw({ tf, batch, values, drawn, watch }: Stage, instruction: Draw): void {
  const place = { graph: "training", node: instruction.source };
  const given = drawn(instruction);
  instruction.outputs.forEach(({ value, type }, port) => {
    const tensor = withinMemory(place, batch, () => toTensor(tf, given[port], type));
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

function performCompute({ tf, batch, values, ops, record, watch }: Stage, instruction: Compute): void {
  const { node, params, gradient } = instruction;
  const place = { graph: "training", node };
  const { tfjs } = kindOf(functions, instruction.kind).lowering;
  const inputs = instruction.inputs.map((input) => input && values.get(input));
  const compute = () => tf.tidy(() => tfjs({ tf, ops: ops(gradient) }, params, inputs)) as Tensor;
  const result = withinMemory(place, batch, () => record(gradient, compute));
  values.set(instruction.outputs[0].value, result);
  watch?.(place, node, result);
}
