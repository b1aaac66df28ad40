/**
 * One iteration of a training program, slice by slice in the order of the text. Every value stays until the iteration is
 * finished, so it may stop after any slice and be looked at.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { Place } from "../core/analysis/diagnostics.ts";
import type { Compute, Draw, Evaluate, Gradient, Instruction, Slice, TrainingProgram } from "../core/program/types.ts";
import { aheadOf } from "../core/program/virtual.ts";
import type { Drawn, Progress } from "../kinds/lowering.ts";
import type { Feeds } from "../runtime/feeds.ts";
import type { Storage } from "../runtime/half-storage.ts";
import { rowsOfPart, type Parts } from "../runtime/parts.ts";
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
import { createUpdates } from "./updates.ts";
import { createValues } from "./values.ts";
import type { VirtualState } from "./virtual.ts";

export interface Machine {
  readonly tf: Tf;
  readonly training: TrainingProgram;
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  readonly optimizers: ReadonlyMap<string, OptimizerState>;
  readonly functionState: FunctionState;
  readonly virtual: VirtualState;
  readonly sources: Sources;
  /** How numbers and decisions that change from iteration to iteration come in. */
  readonly feeds: Feeds;
  readonly seed: number;
  readonly batch: number;
  /** Whether the length of every gradient is kept. */
  readonly measureGradients: boolean;
  /** How what gradients need of forward passes is kept until then. */
  readonly storage: Storage;
  /** Where this machine computes a part of every batch: what it does with the others. */
  readonly parts?: Parts;
}

export interface Iteration {
  perform(slice: Slice): void;
  /** The loss scalars so far by the node that computed them, the last of each, means over micro-batches; they stay the iteration's. */
  readonly losses: ReadonlyMap<string, Scalar>;
  /** ‖∇‖₂ of each optimizer's last step so far, where measured; they stay the iteration's. */
  readonly gradients: ReadonlyMap<string, Scalar>;
  /** Disposes every value and tape. */
  finish(): void;
}

/** Which iteration it is, 0 first. Feeds ask anew: who repeats a step moves the clock on. */
export interface Clock {
  readonly iteration: number;
}

/** @param witness where given, gets a copy of everything that is computed. */
export function beginIteration(machine: Machine, clock: Clock, witness?: (witness: Witness) => void): Iteration {
  const { tf, networks, optimizers, functionState, virtual, sources, seed, batch, measureGradients, storage, parts } = machine; // prettier-ignore
  const feeds = parts ? { ...machine.feeds, part: parts } : machine.feeds;
  const values = createValues(tf);
  const tapes = new Map<string, GradientTape>();
  const losses = new Map<string, Scalar>();
  const at: Progress = {
    get iteration() {
      return clock.iteration;
    },
    get epoch() {
      return sources.epoch(clock.iteration);
    },
  };
  const opsFor = (secondOrder: boolean) => createOps(tf, { secondOrder, ...(parts && { parts }) });
  const ops: Record<1 | 2, Ops> = { 1: opsFor(false), 2: opsFor(true) };
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
    feeds,
    drawn: (instruction) =>
      sources.draw(instruction, clock.iteration).map((drawn) => (parts ? rowsIn(parts, drawn) : drawn)),
    evaluation: ({ id, node, network, mode, virtual: ahead, gradient }) => ({
      training: mode === "train",
      ops: opsOf(gradient),
      shown: () => sources.shown(clock.iteration),
      random: (layer) => draw(seed, `${id}/${layer}`, { iteration: clock.iteration, step }),
      ...(witness && {
        observe: (layer: Instruction, outputs: readonly Tensor[]) =>
          outputs.forEach((output) =>
            watch(
              { graph: `networks.${network}`, node: layer.id },
              `the output of ${layer.id}, evaluated at ${node}${ahead ? ` after ${ahead.step} virtual steps of ${ahead.optimizer}` : ""}`,
              output,
            ),
          ),
      }),
    }),
    ops: opsOf,
    record: (gradient, compute) =>
      gradient
        ? tapeOf(gradient.slice).record(compute, { halves: storage === "float16" && gradient.order === 1 })
        : compute(),
    random: (id) => draw(seed, id, { iteration: clock.iteration, step }),
    state: functionState.of,
    setState: functionState.set,
    sampling: false,
    watch,
  });

  const updates = createUpdates({ tf, optimizers, virtual, batch, values, at, feeds, measureGradients, parts, tapeOf, watch }); // prettier-ignore

  /** Over virtual weights, where it says so; the state that this changes is virtual too. */
  const stageFor = (stage: Stage, instruction: Draw | Evaluate | Compute): Stage =>
    instruction.op !== "draw" && instruction.virtual
      ? { ...stage, networks: virtual.networks, state: virtual.of, setState: virtual.set }
      : stage;

  return {
    perform(slice) {
      const stage = stageOf(slice);
      const ahead = aheadOf(slice);
      const computed = new Map<string, Scalar[]>(); // its losses by node, one for each micro-batch
      let micro = 0;
      for (const instruction of slice.instructions) {
        if (instruction.op === "reuse") continue; // the value is there already
        if (instruction.op === "virtual-update" || instruction.op === "accumulate" || instruction.op === "update") {
          updates.perform(slice, instruction);
          if (instruction.op === "accumulate") micro++;
          continue;
        }
        perform(stageFor(stage, instruction), instruction);
        if (instruction.op !== "compute" || ahead.has(instruction.id)) continue;
        const [output] = instruction.outputs;
        if (output.type.type !== "loss") continue;
        const own = computed.get(instruction.node) ?? [];
        own[micro] = values.get(output) as Scalar;
        computed.set(instruction.node, own);
      }
      for (const [node, own] of computed) losses.set(node, meanOf(slice, node, Object.values(own)));
    },
    losses,
    gradients: updates.gradients,
    finish() {
      values.dispose();
      for (const tape of tapes.values()) tape.dispose();
      updates.dispose();
    },
  };

  /** The loss of all of a slice's micro-batches. */
  function meanOf({ id }: Slice, node: string, own: readonly Scalar[]): Scalar {
    if (own.length === 1 && !parts) return own[0];
    const local = withinMemory({ graph: "training", node }, batch, () =>
      tf.tidy(() => tf.div<Scalar>(tf.addN([...own]), own.length)),
    );
    const mean = parts ? parts.mean(local) : local;
    if (parts) local.dispose();
    values.set(`the mean of ${node} in ${id}`, mean);
    return mean;
  }
}

/** A part's rows of what a source drew for the batch. */
function rowsIn(parts: Parts, { shape: [rows, ...item], data }: Drawn): Drawn {
  if (rows !== parts.batch) throw new Error(`a source drew ${rows} rows for a batch of ${parts.batch}`);
  return { shape: [parts.rows, ...item], data: rowsOfPart(parts, data) };
}
