/**
 * Does a program's iterations, many in a row or one optimizer step at a time, reads what they measured, and goes back to where
 * all was well when one fails.
 */
import type { Scalar } from "@tensorflow/tfjs";
import type { UserError } from "../core/analysis/diagnostics.ts";
import type { Slice } from "../core/program/types.ts";
import { aheadOf } from "../core/program/virtual.ts";
import { tune } from "../runtime/webgpu/tuning.ts";
import { firstNotFinite, notFinite, withinMemory, type Witness } from "./failure.ts";
import { beginIteration, type Clock, type Iteration, type Machine } from "./iteration.ts";
import { measuredTensors, readAsNumbers, type Measured } from "./measured.ts";
import type { OptimizerStep } from "./protocol.ts";
import { createReplayer, type Execution } from "./replay.ts";
import type { Moment, Snapshot, State } from "./state.ts";

/** What one iteration measured, read back. */
export interface Report {
  /** Iterations done. */
  readonly iteration: number;
  /** By the node that computed them. */
  readonly losses: Readonly<Record<string, number>>;
  /**
   * ‖∇‖₂ over all weights that an optimizer trains, before clipping, of its last step in the iteration, by optimizer; empty
   * where gradients are not measured.
   */
  readonly gradients: Readonly<Record<string, number>>;
}

/** What one optimizer step did; its gradient's norm is null where gradients are not measured. */
export type SliceReport = OptimizerStep;

export interface RunOptions {
  /** Iterations in all. */
  readonly until: number;
  /** Stops after the iteration that is running. */
  readonly signal?: AbortSignal;
  /** In order, one for each iteration; may wait, and training waits with it. */
  report(report: Report): void | Promise<void>;
}

export interface Trainer {
  run(options: RunOptions): Promise<void>;
  stepOptimizer(): Promise<SliceReport>;
  /** The state between two iterations: now, or as it was when the iteration that is begun was not. */
  settled(): Moment;
  /** Forgets the iteration that is begun, if one is. The state stays as it is unless it is to go `back` to before it. */
  drop(options: { readonly back: boolean }): void;
  readonly execution: Execution;
  /** Frees what captured iterations hold, after the state. */
  dispose(): void;
}

export interface TrainerOptions {
  /** Iterations between two readings of the losses. */
  readonly readEvery: number;
  /** Whether iterations are captured and replayed where the backend allows it. */
  readonly capture: boolean;
  notice(text: string): void;
  /** Begins an iteration, where this machine does not do it alone; `whole` says that all its slices follow. */
  readonly begin?: (clock: Clock, whole: boolean) => Iteration;
}

export function createTrainer(
  machine: Machine,
  state: State,
  { readEvery, capture, notice, begin = (clock) => beginIteration(machine, clock) }: TrainerOptions,
): Trainer {
  const { tf, training, optimizers } = machine;
  const slices = training.iteration;
  let begun: Begun | null = null;
  let warm = false; // whether an iteration has run through: pipelines are compiled then, and slots there
  const replayer = capture ? createReplayer({ machine, state, eagerly: iterate, notice }) : "it was not asked for";

  return {
    run,
    stepOptimizer,
    settled: () => begun?.before ?? state,
    drop,
    get execution(): Execution {
      return typeof replayer === "string" ? { mode: "eager", reason: replayer } : replayer.execution;
    },
    dispose: () => typeof replayer === "string" || replayer.dispose(),
  };

  async function run({ until, signal, report }: RunOptions): Promise<void> {
    if (state.iteration >= until || signal?.aborted) return;
    // two: the losses that show an overflow in the last update are those of the next reading
    let latest = begun?.before ?? state.remember();
    let earlier = latest;
    const unread: Measured[] = [];
    let rested = performance.now();
    try {
      while (state.iteration < until && !signal?.aborted) {
        unread.push(...(await proceed(latest, until - state.iteration)));
        if (unread.length < readEvery && state.iteration < until) continue;
        if (!(await readAll(unread.splice(0), report))) throw await blame(earlier, state.iteration * slices.length);
        if (earlier !== latest) earlier.dispose();
        [earlier, latest] = [latest, state.remember()];
        if (performance.now() - rested < restEvery) continue;
        await new Promise((resolve) => setTimeout(resolve)); // a signal or message waits for a turn of the event loop
        rested = performance.now();
      }
    } finally {
      for (const each of unread) each.dispose();
      earlier.dispose();
      latest.dispose();
    }
  }

  /** The next iteration, by replay where it is captured; several where it is captured now. */
  async function proceed(before: Snapshot, left: number): Promise<readonly Measured[]> {
    if (warm && !begun) await tune(tf); // what was met for the first time, before it is captured
    if (begun || !warm || typeof replayer === "string") return [iterate(before)];
    const replayed = replayer.replay();
    if (replayed) return [replayed];
    return replayer.learns(left) ? replayer.learn(left) : [iterate(before)];
  }

  /** One iteration, or the rest of one; gives copies of what it measured. Where it fails, all is as in the snapshot. */
  function iterate(before: Snapshot): Measured {
    const { work, done } = begun ?? { work: begin({ iteration: state.iteration }, true), done: 0 };
    begun = null;
    try {
      for (const slice of slices.slice(done)) work.perform(slice);
      state.iteration++;
      warm = true;
      return measuredTensors(tf, state.iteration, work.losses, work.gradients);
    } catch (error) {
      before.restore();
      throw error;
    } finally {
      work.finish();
    }
  }

  async function stepOptimizer(): Promise<SliceReport> {
    const current = (begun ??= {
      work: begin({ iteration: state.iteration }, false),
      before: state.remember(),
      done: 0,
    });
    const { work, before } = current;
    const slice = slices[current.done];
    const measured = await attempt(work, slice);
    if (![measured.sound, ...Object.values(measured.losses)].every(Number.isFinite)) {
      work.finish();
      begun = null;
      const reason = await blame(before, state.iteration * slices.length + current.done + 1);
      before.dispose();
      throw reason;
    }
    current.done++;
    const last = current.done === slices.length;
    if (last) {
      drop({ back: false });
      state.iteration++;
    }
    const { losses, gradientNorm } = measured;
    return { optimizer: slice.optimizer, step: slice.step, ...tellOf(slice), losses, gradientNorm, last };
  }

  /** Performs a slice and reads what it measured; `sound` is 0 where all weights that it changed are finite, else NaN. */
  async function attempt(work: Iteration, slice: Slice) {
    let sound: Scalar | null = null;
    try {
      work.perform(slice);
      sound = soundnessOf(slice.optimizer);
      const told = lossesOf(slice);
      const losses = new Map([...work.losses].filter(([node]) => told.has(node)));
      const norm = work.gradients.get(slice.optimizer);
      const [read, length, zero] = await Promise.all([readAsNumbers(losses), norm?.data(), sound.data()]);
      return { losses: read, gradientNorm: length?.[0] ?? null, sound: zero[0] };
    } catch (error) {
      drop({ back: true });
      throw error;
    } finally {
      sound?.dispose();
    }
  }

  function soundnessOf(optimizer: string): Scalar {
    const { trained } = optimizers.get(optimizer)!;
    const zeros = () => trained.reduce((sum, { variable }) => tf.add(sum, tf.sum(tf.mul(variable, 0))), tf.scalar(0));
    return withinMemory({ graph: "training", node: optimizer }, machine.batch, () => tf.tidy(zeros));
  }

  function drop({ back }: { readonly back: boolean }): void {
    if (!begun) return;
    begun.work.finish();
    if (back) begun.before.restore();
    begun.before.dispose();
    begun = null;
  }

  /** Reads and reports; false at the first iteration of which a loss is not finite. */
  async function readAll(unread: readonly Measured[], report: RunOptions["report"]): Promise<boolean> {
    const read = async (each: Measured): Promise<Report> => ({ iteration: each.iteration, ...(await each.read()) });
    const reports = await Promise.all(unread.map(read));
    for (const each of unread) each.dispose();
    for (const each of reports) {
      if (!Object.values(each.losses).every(Number.isFinite)) return false;
      await report(each);
    }
    return true;
  }

  /**
   * Goes back to where all was finite and repeats what followed, looking at every number: a run is a function of its seed.
   * The session stays back there.
   * @param until slices done since the run's beginning when the number was found.
   */
  async function blame(good: Snapshot, until: number): Promise<UserError> {
    let found: UserError | null = null;
    for (good.restore(); state.iteration * slices.length < until && !found; state.iteration++) {
      const witnesses: Witness[] = [];
      const work = beginIteration(machine, { iteration: state.iteration }, (witness) => witnesses.push(witness));
      try {
        for (const slice of slices.slice(0, until - state.iteration * slices.length)) work.perform(slice);
      } finally {
        work.finish();
        found = await firstNotFinite(witnesses, state.iteration + 1);
      }
    }
    good.restore();
    return found ?? notFinite("a loss", Math.ceil(until / slices.length));
  }
}

/** An iteration that is done slice by slice: what it holds, how all was before it, and the slices done. */
interface Begun {
  readonly work: Iteration;
  readonly before: Snapshot;
  done: number;
}

/** Milliseconds of training between two turns of the event loop: reading losses on WebAssembly gives it none. */
const restEvery = 50;

/** The training nodes whose losses a slice tells: not those that virtual steps alone compute. */
function lossesOf(slice: Slice): ReadonlySet<string> {
  const ahead = aheadOf(slice);
  const computed = slice.instructions.filter((each) => each.op === "compute").filter(({ id }) => !ahead.has(id));
  return new Set(computed.map(({ node }) => node));
}

/** The training nodes whose values a slice computes, and the networks that it changes. */
function tellOf({ instructions }: Slice): Pick<SliceReport, "evaluated" | "updated"> {
  const evaluated = instructions.flatMap((instruction) => {
    if (instruction.op === "draw") return instruction.source;
    return instruction.op === "evaluate" || instruction.op === "compute" ? instruction.node : [];
  });
  const updated = instructions.flatMap((instruction) => (instruction.op === "update" ? instruction.trains : []));
  return { evaluated: [...new Set(evaluated)], updated };
}
