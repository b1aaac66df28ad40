/**
 * One iteration of a training program, slice by slice in the order of the text. Every value stays until the iteration is
 * finished, so it may stop after any slice and be looked at.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { Place } from "../core/analysis/diagnostics.ts";
import type { Gradient, Slice, TrainingProgram, Update } from "../core/program/types.ts";
import type { Progress } from "../kinds/lowering.ts";
import { createOps, type Ops } from "../runtime/ops.ts";
import { draw } from "../runtime/philox.ts";
import { createTape, type GradientTape } from "../runtime/tape.ts";
import type { Tf } from "../runtime/tf.ts";
import type { CompiledNetwork } from "../targets/tfjs/network.ts";
import { withinMemory, type Witness } from "./failure.ts";
import type { FunctionState } from "./function-state.ts";
import type { OptimizerState } from "./optimizer.ts";
import { perform, type Stage } from "./perform.ts";
import type { Sources } from "./sources.ts";
import { createValues } from "./values.ts";

export interface Machine {
  readonly tf: Tf;
  readonly training: TrainingProgram;
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  readonly optimizers: ReadonlyMap<string, OptimizerState>;
  readonly functionState: FunctionState;
  readonly sources: Sources;
  readonly seed: number;
  readonly batch: number;
  /** Whether the length of every gradient is kept. */
  readonly measureGradients: boolean;
}

export interface Iteration {
  perform(slice: Slice): void;
  /** The loss scalars so far by the node that computed them, the last of each; they stay the iteration's. */
  readonly losses: ReadonlyMap<string, Scalar>;
  /** ‖∇‖₂ of each optimizer's last step so far, where measured; they stay the iteration's. */
  readonly gradients: ReadonlyMap<string, Scalar>;
  /** Disposes every value and tape. */
  finish(): void;
}

/** @param witness where given, gets a copy of everything that is computed. */
export function beginIteration(machine: Machine, iteration: number, witness?: (witness: Witness) => void): Iteration {
  const { tf, networks, optimizers, functionState, sources, seed, batch, measureGradients } = machine;
  const values = createValues(tf);
  const tapes = new Map<string, GradientTape>();
  const losses = new Map<string, Scalar>();
  const gradients = new Map<string, Scalar>();
  const at: Progress = { iteration, epoch: sources.epoch(iteration) };
  const ops: Record<1 | 2, Ops> = { 1: createOps(tf, { secondOrder: false }), 2: createOps(tf, { secondOrder: true }) };
  const opsOf = (gradient: Gradient | null) => ops[gradient?.order ?? 1];
  const watch = (place: Place, what: string, tensor: Tensor) =>
    witness?.({ place, what, tensor: tf.keep(tf.clone(tensor)) });

  const tapeOf = (slice: string): GradientTape => {
    if (!tapes.has(slice)) tapes.set(slice, createTape(tf));
    return tapes.get(slice)!;
  };

  const stageOf = ({ step }: Slice): Stage => ({
    tf,
    networks,
    batch,
    values,
    drawn: (instruction) => sources.draw(instruction, iteration),
    evaluation: ({ id, node, network, mode, gradient }) => ({
      training: mode === "train",
      ops: opsOf(gradient),
      shown: iteration * batch,
      random: (layer) => draw(seed, `${id}/${layer}`, { iteration, step }),
      observe: (layer, outputs) =>
        witness &&
        outputs.forEach((output) =>
          watch(
            { graph: `networks.${network}`, node: layer.id },
            `the output of ${layer.id}, evaluated at ${node}`,
            output,
          ),
        ),
    }),
    ops: opsOf,
    record: (gradient, compute) => (gradient ? tapeOf(gradient.slice).record(compute) : compute()),
    random: (id) => draw(seed, id, { iteration, step }),
    state: functionState.of,
    setState: functionState.set,
    sampling: false,
    watch,
  });

  function update(slice: Slice, instruction: Update): void {
    const loss = values.get({ value: instruction.loss }) as Scalar;
    const optimizer = optimizers.get(instruction.optimizer)!;
    const norm = withinMemory({ graph: "training", node: instruction.optimizer }, batch, () =>
      optimizer.step(tapeOf(slice.id), loss, at, {
        measure: measureGradients,
        observe: (what, { network, path }, tensor) =>
          watch(
            { graph: `networks.${network}`, node: path.slice(0, path.lastIndexOf(".")) },
            `${what} ${path}`,
            tensor,
          ),
      }),
    );
    if (!norm) return;
    gradients.get(instruction.optimizer)?.dispose();
    gradients.set(instruction.optimizer, norm);
  }

  return {
    perform(slice) {
      const stage = stageOf(slice);
      for (const instruction of slice.instructions) {
        if (instruction.op === "reuse") continue; // the value is there already
        if (instruction.op === "update") {
          update(slice, instruction);
          continue;
        }
        perform(stage, instruction);
        if (instruction.op !== "compute") continue;
        const [output] = instruction.outputs;
        if (output.type.type === "loss") losses.set(instruction.node, values.get(output) as Scalar);
      }
    },
    losses,
    gradients,
    finish() {
      values.dispose();
      for (const tape of tapes.values()) tape.dispose();
      tf.dispose([...gradients.values()]);
    },
  };
}
