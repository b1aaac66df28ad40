/**
 * One iteration of a training program, instruction by instruction in the order of the text. Every value stays until the
 * iteration is finished, so it may stop anywhere between two instructions and be looked at.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { Slice, TrainingInstruction, TrainingProgram } from "../core/program/types.ts";
import { functions, kindOf } from "../kinds/index.ts";
import type { Progress } from "../kinds/lowering.ts";
import { createOps, type Ops } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import { createTape, type GradientTape } from "../runtime/tape.ts";
import type { Tf } from "../runtime/tf.ts";
import type { CompiledNetwork } from "../targets/tfjs/network.ts";
import type { Sources } from "./sources.ts";
import { withinMemory, type Witness } from "./failure.ts";
import type { OptimizerState } from "./optimizer.ts";
import { createValues, toTensor } from "./values.ts";

export interface Machine {
  readonly tf: Tf;
  readonly training: TrainingProgram;
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  readonly optimizers: ReadonlyMap<string, OptimizerState>;
  readonly sources: Sources;
  readonly seed: number;
  readonly batch: number;
}

export interface Iteration {
  perform(slice: Slice, instruction: TrainingInstruction): void;
  /** The loss scalars so far by the node that computed them, the last of each; they stay the iteration's. */
  readonly losses: ReadonlyMap<string, Scalar>;
  /** Disposes every value and tape. */
  finish(): void;
}

/** @param witness where given, gets a copy of everything that is computed. */
export function beginIteration(machine: Machine, iteration: number, witness?: (witness: Witness) => void): Iteration {
  const { tf, networks, optimizers, sources, seed, batch } = machine;
  const values = createValues(tf);
  const tapes = new Map<string, GradientTape>();
  const losses = new Map<string, Scalar>();
  const at: Progress = { iteration, epoch: sources.epoch(iteration) };
  const ops: Record<1 | 2, Ops> = { 1: createOps(tf, { secondOrder: false }), 2: createOps(tf, { secondOrder: true }) };
  const watch = (graph: string, node: string, what: string, tensor: Tensor) =>
    witness?.({ place: { graph, node }, what, tensor: tf.keep(tf.clone(tensor)) });

  const tapeOf = (slice: string): GradientTape => {
    if (!tapes.has(slice)) tapes.set(slice, createTape(tf));
    return tapes.get(slice)!;
  };

  function perform(slice: Slice, instruction: TrainingInstruction): void {
    switch (instruction.op) {
      case "draw": {
        const drawn = sources.draw(instruction, iteration);
        const place = { graph: "training", node: instruction.source };
        instruction.outputs.forEach(({ value, type }, port) => {
          const tensor = withinMemory(place, batch, () => toTensor(tf, drawn[port], type));
          values.set(value, tensor);
          watch("training", instruction.source, `what ${instruction.source} drew`, tensor);
        });
        return;
      }
      case "evaluate": {
        const { id, node, network, mode, gradient } = instruction;
        const compiled = networks.get(network)!;
        const inputs = Object.fromEntries(instruction.inputs.map((input) => [input.port, values.get(input)]));
        const evaluate = () =>
          compiled.evaluate(inputs, {
            training: mode === "train",
            ops: ops[gradient?.order ?? 1],
            random: (layer) => draw(seed, `${id}/${layer}`, { iteration, step: slice.step }),
            enter: (layer, compute) => withinMemory({ graph: `networks.${network}`, node: layer.id }, batch, compute),
            observe: (layer, outputs) =>
              witness &&
              outputs.forEach((output) =>
                watch(`networks.${network}`, layer.id, `the output of ${layer.id}, evaluated at ${node}`, output),
              ),
          });
        const outputs = gradient ? tapeOf(gradient.slice).record(evaluate) : evaluate();
        instruction.outputs.forEach(({ value }, port) =>
          values.set(value, outputs[compiled.program.outputs[port].name]),
        );
        return;
      }
      case "compute": {
        const { node, gradient } = instruction;
        const { tfjs } = kindOf(functions, instruction.kind).lowering;
        const inputs = instruction.inputs.map((input) => input && values.get(input));
        const compute = () => tf.tidy(() => tfjs({ tf, ops: ops[gradient?.order ?? 1] }, instruction.params, inputs));
        const result = withinMemory({ graph: "training", node }, batch, () =>
          gradient ? tapeOf(gradient.slice).record(compute) : compute(),
        );
        const [{ value, type }] = instruction.outputs;
        values.set(value, result);
        watch("training", node, node, result);
        if (type.type === "loss") losses.set(node, result as Scalar);
        return;
      }
      case "reuse":
        return; // the value is there already
      case "update": {
        const loss = values.get({ value: instruction.loss }) as Scalar;
        const optimizer = optimizers.get(instruction.optimizer)!;
        withinMemory({ graph: "training", node: instruction.optimizer }, batch, () =>
          optimizer.step(tapeOf(slice.id), loss, at, (what, { network, path }, tensor) =>
            watch(`networks.${network}`, path.slice(0, path.lastIndexOf(".")), `${what} ${path}`, tensor),
          ),
        );
        return;
      }
    }
  }

  return {
    perform,
    losses,
    finish() {
      values.dispose();
      for (const tape of tapes.values()) tape.dispose();
    },
  };
}
