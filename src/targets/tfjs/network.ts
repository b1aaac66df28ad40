/**
 * A NetworkProgram as a tfjs model: its instructions run over the network's variables. It implements tf.InferenceModel, so
 * that it serves wherever a tfjs model does (images NHWC there), and it is evaluated in training by the session.
 */
import type { InferenceModel, ModelPredictConfig, NamedTensorMap, Tensor } from "@tensorflow/tfjs";
import type { Instruction, NetworkProgram, Operand } from "../../core/program/types.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { kindOf, layers } from "../../kinds/index.ts";
import { foldable, takenIn } from "./folding.ts";
import { drawNumbers, eagerFeeds, type Feeds } from "../../runtime/feeds.ts";
import type { Ops } from "../../runtime/ops.ts";
import type { RandomStream } from "../../runtime/philox.ts";
import type { Tf } from "../../runtime/tf.ts";

export interface Evaluation {
  readonly training: boolean;
  readonly ops: Ops;
  /** The random numbers of one layer in this evaluation, or of a name that no layer has ("shared:NAME"), from their beginning. */
  random(layer: string): RandomStream;
  /** Left out where no evaluation is ever repeated without running its code. */
  readonly feeds?: Feeds;
  /** Images that training has shown before; left out outside of training. */
  shown?(): number;
  /** StyleGAN's ψ, where sampling says one. */
  readonly truncation?: number;
  /** Wraps the computation of every layer, to tell where something failed. */
  enter?<T>(instruction: Instruction, compute: () => T): T;
  /** Sees every layer's outputs, in order, before they are disposed: then no layer takes in another. */
  observe?(instruction: Instruction, outputs: readonly Tensor[]): void;
}

/** Weights by path: the variables, or averages of them. */
export type WeightTensors = (path: string) => Tensor;

export interface CompiledNetwork extends InferenceModel {
  readonly program: NetworkProgram;
  /**
   * One forward pass. Inputs by port name, images NHWC; gives the outputs by name, which the caller owns. In training
   * mode buffers are replaced at the end, through `setBuffer`.
   */
  evaluate(inputs: Readonly<Record<string, Tensor>>, evaluation: Evaluation): NamedTensorMap;
}

export interface Compilation {
  readonly weights: WeightTensors;
  setBuffer(path: string, value: Tensor): void;
  /** What predict and execute compute with, in inference mode. */
  readonly ops: Ops;
  random(layer: string): RandomStream;
}

export function compileNetwork(tf: Tf, program: NetworkProgram, compilation: Compilation): CompiledNetwork {
  const lastUse = lastUses(program);
  const [learning, sampling] = [true, false].map((training) => foldable(program, { training }));
  const { ops, random } = compilation;
  const eager = eagerFeeds(tf);
  const inference: Evaluation = { training: false, ops, random };

  function evaluate(inputs: Readonly<Record<string, Tensor>>, evaluation: Evaluation): NamedTensorMap {
    const values = new Map<string, Tensor>(program.inputs.map(({ name }) => [name, inputs[name]]));
    const buffers = new Map<string, Tensor>();
    try {
      const outputs = tf.tidy(() => {
        const folded = evaluation.training ? learning : sampling;
        for (const [index, instruction] of program.instructions.entries()) {
          const next = program.instructions[folded.get(index) ?? -1];
          const within = evaluation.observe || !next ? null : next; // who looks wants every layer
          if (instruction.outputs.every(({ value }) => values.has(value))) continue; // the one before gave it
          const run = () => compute(instruction, values, evaluation, buffers, within);
          const results = evaluation.enter ? evaluation.enter(instruction, run) : run();
          evaluation.observe?.(instruction, results);
          (within ?? instruction).outputs.forEach(({ value }, port) => values.set(value, results[port]));
          for (const value of lastUse[index]) values.get(value)?.dispose();
        }
        return Object.fromEntries(program.outputs.map(({ name, value }) => [name, tf.clone(values.get(value)!)]));
      });
      for (const [path, value] of buffers) compilation.setBuffer(path, value);
      return outputs;
    } finally {
      for (const value of buffers.values()) value.dispose();
    }
  }

  function compute(
    instruction: Instruction,
    values: ReadonlyMap<string, Tensor>,
    evaluation: Evaluation,
    buffers: Map<string, Tensor>,
    within: Instruction | null,
  ): readonly Tensor[] {
    const { tfjs } = kindOf(layers, instruction.kind).lowering;
    const weightsOf = (of: Instruction) =>
      Object.fromEntries(of.weights.map(({ name, path }) => [name, buffers.get(path) ?? compilation.weights(path)]));
    const weights = weightsOf(instruction);
    const pathOf = (name: string) => instruction.weights.find((weight) => weight.name === name)!.path;
    const { feeds = eager } = evaluation;
    const context = {
      tf,
      ops: evaluation.ops,
      training: evaluation.training,
      inputs: instruction.inputs.map((input) => input.type),
      outputs: instruction.outputs.map((output) => output.type),
      feeds,
      shown: evaluation.shown ?? null,
      truncation: evaluation.truncation ?? null,
      drawn: drawNumbers(feeds, (shared) =>
        evaluation.random(shared === undefined ? instruction.id : `shared:${shared}`),
      ),
      setBuffer: (name: string, value: Tensor) => {
        buffers.get(pathOf(name))?.dispose(); // a shared layer's second pass goes on from its first
        buffers.set(pathOf(name), tf.keep(value));
      },
    };
    return tf.tidy(() => {
      const inputs = instruction.inputs.map((input) => asTyped(tf, values.get(input.value)!, input));
      const taken = within && takenIn(context, within, () => weightsOf(within));
      const result = tfjs({ ...context, ...taken }, instruction.params, inputs, weights);
      return Array.isArray(result) ? result : [result as Tensor];
    });
  }

  const predict = (inputs: Tensor | Tensor[] | NamedTensorMap): NamedTensorMap =>
    evaluate(named(program, inputs), inference);
  return {
    program,
    inputs: program.inputs.map(({ name, type }) => tensorInfo(name, type)),
    outputs: program.outputs.map(({ name, type }) => tensorInfo(name, type)),
    evaluate,
    predict(inputs: Tensor | Tensor[] | NamedTensorMap, _config?: ModelPredictConfig) {
      const outputs = Object.values(predict(inputs));
      return outputs.length === 1 ? outputs[0] : outputs;
    },
    execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs: string | string[]) {
      const wanted = [outputs].flat();
      const given = predict(inputs);
      for (const name of wanted)
        if (!(name in given))
          throw new RangeError(`${program.name} has no output "${name}", but ${Object.keys(given).join(", ")}`);
      for (const name of Object.keys(given)) if (!wanted.includes(name)) given[name].dispose();
      return Array.isArray(outputs) ? outputs.map((name) => given[name]) : given[outputs];
    },
  };
}

/** For each instruction, the values that nothing needs after it: neither later instructions nor the outputs. */
function lastUses({ instructions, inputs, outputs }: NetworkProgram): readonly (readonly string[])[] {
  const kept = new Set([...inputs.map(({ name }) => name), ...outputs.map(({ value }) => value)]);
  const last = new Map<string, number>();
  for (const [index, instruction] of instructions.entries()) {
    for (const { value } of instruction.outputs) last.set(value, index);
    for (const { value } of instruction.inputs) last.set(value, index);
  }
  const uses: string[][] = instructions.map(() => []);
  for (const [value, index] of last) if (!kept.has(value)) uses[index].push(value);
  return uses;
}

/** A vector that enters an image port becomes [N, 1, 1, F]. */
export const asTyped = (tf: Tf, value: Tensor, { type }: Operand): Tensor =>
  type.type === "image" && value.rank === 2 ? tf.reshape(value, [value.shape[0], 1, 1, value.shape[1]!]) : value;

function tensorInfo(name: string, { type, shape }: PortType): InferenceModel["inputs"][number] {
  const [channels, height, width] = shape;
  return {
    name,
    dtype: type === "label" || type === "tokens" ? "int32" : "float32",
    shape: type === "image" ? [-1, height, width, channels] : [-1, ...shape],
  };
}

function named({ name, inputs }: NetworkProgram, given: Tensor | Tensor[] | NamedTensorMap): Record<string, Tensor> {
  const list = Array.isArray(given) ? given : "dataId" in given ? [given as Tensor] : null;
  const values = list
    ? Object.fromEntries(inputs.map((input, index) => [input.name, list[index]]))
    : (given as NamedTensorMap);
  for (const input of inputs) if (!values[input.name]) throw new RangeError(`${name} needs the input "${input.name}"`);
  return values;
}
