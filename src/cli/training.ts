/** One run in its folder: the session at work, with metrics, pictures and checkpoints as it goes. */
import type { GanDocument } from "../core/document/types.ts";
import type { Program } from "../core/program/types.ts";
import type { WeightStore } from "../core/program/weights.ts";
import type { DataSet } from "../datasets/types.ts";
import { diagnose, printDiagnostic, UserError } from "../core/analysis/diagnostics.ts";
import type { Checkpoint } from "../session/checkpoint.ts";
import { createSession, type Report, type Session } from "../session/session.ts";
import { variantWith, type Storage } from "../runtime/half-storage.ts";
import { bearableLosses, deviceLoss, lossNotice } from "../runtime/device-loss.ts";
import { replaceBackend, type OpenBackend } from "./backend.ts";
import type { CrewedBackend } from "./crew-choice.ts";
import { writeAtomically } from "./files.ts";
import { notice } from "./output.ts";
import { drawBest, drawLosses, drawSampleGrid } from "./pictures.ts";
import { clock, showProgress } from "./progress.ts";
import type { Metrics, RunFolder } from "./run-folder.ts";

export interface TrainingRequest {
  readonly seed: number;
  readonly batch: number;
  /** How what gradients need is kept: float32 where left out, float16 on WebGPU alone. */
  readonly storage?: Storage;
  /** Iterations in all, those before a resume included. */
  readonly steps: number;
  /** A hundredth of the run or so where left out. */
  readonly sampleEvery: number | undefined;
  /** What networks of a new run start from in place of their initializers. */
  weights(seed: number): ReadonlyMap<string, WeightStore>;
  /** Hears what computes from now on, where a device was lost. */
  replaced(backend: OpenBackend): void;
}

export interface Trained {
  readonly folder: string;
  readonly iteration: number;
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly files: readonly { readonly what: string; readonly file: string }[];
}

/** Seconds between two checkpoints, at most. */
const checkpointPause = 30;

export async function trainRun(
  run: RunFolder,
  document: GanDocument,
  program: Program,
  opened: CrewedBackend,
  dataSets: ReadonlyMap<string, DataSet>,
  request: TrainingRequest,
): Promise<Trained> {
  const { seed, batch, steps } = request;
  const checkpoint = run.exists ? run.checkpoint() : null;
  let { storage = "float32" } = request;
  const sessionFrom = (saved: Checkpoint | null, { tf, backend, variant, hands = [] }: CrewedBackend): Session =>
    createSession({
      tf,
      program,
      dataSets,
      seed,
      batch,
      variant: variantWith(variant, storage),
      storage,
      notice,
      hands,
      readEvery: backend === "wasm" ? 1 : 10,
      ...(saved ? {} : { weights: request.weights(seed) }),
    });
  let backend = opened;
  let session = sessionFrom(checkpoint, backend);
  let lost = 0; // devices
  const pending: Metrics[] = [];
  const interruption = interruptible();
  try {
    takeUp(run, checkpoint, session, document, variantWith(backend.variant, storage));
    const start = session.iteration;
    const progress = showProgress(steps, start, "training");
    const meter = createMeter(batch);
    const sampleEvery = request.sampleEvery ?? Math.max(1, Math.min(100, Math.ceil(steps / 10)));
    const scene = { program, dataSets };
    let lastSave = performance.now();
    const save = async () => {
      run.appendMetrics(pending.splice(0)); // before the checkpoint: what it holds has been measured
      run.saveCheckpoint(await session.checkpoint());
      lastSave = performance.now();
    };
    try {
      const report = async ({ iteration, losses }: Report) => {
        const imagesPerSecond = meter.tick();
        pending.push({ iteration, losses, imagesPerSecond: Math.round(imagesPerSecond) });
        if (pending.length >= 100) run.appendMetrics(pending.splice(0));
        const secondsLeft = ((steps - iteration) * batch) / imagesPerSecond;
        progress.update(iteration, describeProgress(losses, imagesPerSecond, secondsLeft));
        const isLatest = iteration === session.iteration; // losses may be read late, when the session is further on
        if (isLatest && performance.now() - lastSave > checkpointPause * 1000) await save();
      };
      while (session.iteration < steps && !interruption.signal.aborted) {
        const until = Math.min(steps, (Math.floor(session.iteration / sampleEvery) + 1) * sampleEvery);
        try {
          await session.run({ until, signal: interruption.signal, report });
          if (session.iteration % sampleEvery === 0) await save();
        } catch (error) {
          const reason = await deviceLoss(backend.tf);
          if (reason === null || ++lost > bearableLosses) throw error;
          await goOnElsewhere(reason);
          continue;
        }
        if (session.iteration % sampleEvery !== 0) continue;
        await picture(() => drawSampleGrid(run.samplePath(session.iteration), session, scene, 64, 8));
      }
    } finally {
      progress.stop();
      run.appendMetrics(pending.splice(0));
    }
    await save();
    return await finish(run, session, program, dataSets, {
      start,
      seconds: meter.seconds(),
      interrupted: session.iteration < steps,
    });
  } finally {
    interruption.dispose();
    session.dispose();
  }

  /** From the last checkpoint, or from the beginning where there is none: what was measured since is void. */
  async function goOnElsewhere(reason: string): Promise<void> {
    session.dispose();
    backend = await replaceBackend();
    request.replaced(backend);
    if (storage === "float16" && backend.backend !== "webgpu") {
      storage = "float32";
      notice("Forward passes are kept as float32 from now on, since float16 is for WebGPU.");
    }
    const saved = run.checkpoint();
    session = sessionFrom(saved, backend);
    if (saved) session.restore(saved);
    pending.length = 0;
    run.trimMetrics(session.iteration);
    notice(lossNotice(reason, backend.device, session.iteration));
  }
}

/** Begins a new run, or goes on where the folder's checkpoint left off. */
function takeUp(
  run: RunFolder,
  checkpoint: Checkpoint | null,
  session: Session,
  document: GanDocument,
  variant: string,
): void {
  if (!checkpoint) {
    run.start(`${JSON.stringify(document, null, 2)}\n`, { seed: session.seed, batch: session.batch });
  } else {
    session.restore(checkpoint);
    if (checkpoint.variant !== variant)
      notice(printDiagnostic(diagnose("run-variant", {}, { found: variant, wanted: checkpoint.variant })));
  }
  run.trimMetrics(session.iteration);
}

async function finish(
  run: RunFolder,
  session: Session,
  program: Program,
  dataSets: ReadonlyMap<string, DataSet>,
  { start, seconds, interrupted }: { start: number; seconds: number; interrupted: boolean },
): Promise<Trained> {
  const metrics = run.metrics();
  const { iteration } = session;
  const files = [{ what: "metrics", file: run.file("metrics.jsonl") }];
  if (metrics.length > 0) {
    await picture(() => drawLosses(run.file("losses.png"), program, metrics));
    const names = Object.keys(metrics[0].losses);
    const rows = metrics.map((line) => [line.iteration, ...names.map((name) => line.losses[name])].join(","));
    writeAtomically(run.file("losses.csv"), [["iteration", ...names].join(","), ...rows, ""].join("\n"));
    files.push({ what: "loss plot", file: run.file("losses.png") }, { what: "its data", file: run.file("losses.csv") });
  }
  if (program.training?.sampling) {
    await picture(() => drawSampleGrid(run.file("samples.png"), session, { program, dataSets }, 50, 10));
    files.push({ what: "50 samples", file: run.file("samples.png") });
    if (await picture(() => drawBest(run.file("best.png"), session, { program, dataSets }, 50, 500)))
      files.push({ what: "50 best by D", file: run.file("best.png") });
  }
  files.push({ what: "checkpoint", file: run.file("checkpoint/state.safetensors") });
  const imagesPerSecond = seconds > 0 ? ((iteration - start) * session.batch) / seconds : 0;
  return {
    folder: run.folder,
    iteration,
    interrupted,
    seconds,
    imagesPerSecond,
    losses: metrics.at(-1)?.losses ?? {},
    files,
  };
}

/** A picture that cannot be drawn is told and costs nothing else: training goes on. */
async function picture<T>(draw: () => Promise<T>): Promise<T | null> {
  try {
    return await draw();
  } catch (error) {
    if (error instanceof UserError) throw error;
    notice(`A picture could not be drawn: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function describeProgress(
  losses: Readonly<Record<string, number>>,
  imagesPerSecond: number,
  secondsLeft: number,
): string {
  const shown = Object.entries(losses).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  return [...shown, `${imagesPerSecond.toFixed(0)} images/s`, `${clock(secondsLeft)} left`].join("  ");
}

/** Images per second over the last iterations, and the time since the first. */
function createMeter(batch: number) {
  const begun = performance.now();
  const ticks: number[] = [begun];
  return {
    tick(): number {
      ticks.push(performance.now());
      if (ticks.length > 21) ticks.shift();
      return (batch * (ticks.length - 1) * 1000) / (ticks[ticks.length - 1] - ticks[0]);
    },
    seconds: () => (performance.now() - begun) / 1000,
  };
}

/** Ctrl+C ends the run after its iteration, with a checkpoint; a second one ends the process at once. */
function interruptible() {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    notice("\nStopping after this iteration; press Ctrl+C again to stop at once.");
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return { signal: controller.signal, dispose: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal) };
}
