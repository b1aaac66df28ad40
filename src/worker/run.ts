/**
 * A run at work: one session with its series, snapshots and saves, from one document and, as a person edits it, from the next.
 * Between two requests it stands still.
 */
import { UserError } from "../core/analysis/diagnostics.ts";
import { bearableLosses, deviceLoss, lossNotice } from "../runtime/device-loss.ts";
import type { Checkpoint } from "../session/checkpoint.ts";
import type { Answers, News, Opened, Requests, Snapshot, Standing } from "../session/protocol.ts";
import type { Report, Session } from "../session/session.ts";
import type { WeightFileStore } from "../storage/storage.ts";
import { createAlbum } from "./album.ts";
import { replaceBackend, type OpenBackend } from "./backend.ts";
import type { Data } from "./data.ts";
import type { Lowered } from "./documents.ts";
import { createHistory } from "./history.ts";
import type { Keeper, KeptRun } from "./keeper.ts";
import { createMeter } from "./meter.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { requireWeights } from "./weights.ts";

export interface Run {
  readonly backend: OpenBackend;
  readonly session: Session;
  readonly lowered: Lowered;
  opened(): Promise<Opened>;
  /** Saves at the end. Throws a UserError where numbers stop being finite; the run is then back at an iteration before that. */
  train(until: number, signal: AbortSignal): Promise<Standing>;
  /** One iteration, or what is left of it. */
  iterate(signal: AbortSignal): Promise<Standing>;
  optimizerStep(): Promise<Answers["optimizerStep"]>;
  adopt(document: string): Promise<Answers["adopt"]>;
  /** Something outside of training has changed the weights. */
  save(): Promise<void>;
  /** Saves, and frees everything. */
  close(): Promise<void>;
}

export interface RunOptions {
  readonly given: Requests["open"];
  readonly backend: OpenBackend;
  readonly data: Data;
  readonly weightFiles: WeightFileStore;
  readonly keeper: Keeper;
  tell(news: News): void;
}

/** Milliseconds between two messages of progress. */
const tellEvery = 100;

/** Throws a UserError where the document cannot be trained. */
export async function openRun({ given, backend: first, data, weightFiles, keeper, tell }: RunOptions): Promise<Run> {
  let backend = first;
  const notice = (text: string) => tell({ kind: "notice", text });
  const prepared = (document: string) => prepare({ document, backend, data, weightFiles, notice });
  let now: Prepared = await prepared(given.document);
  const notices: string[] = [...backend.notices, ...now.notices];
  const { kept, resumed } = await takeUp().catch((error: unknown) => {
    now.session.dispose();
    throw error;
  });
  const history = createHistory(resumed ? kept.history : undefined);
  const album = createAlbum(resumed ? kept.snapshots : []);
  let snapshots: readonly Snapshot[] = resumed ? kept.snapshots : [];
  let saved = resumed ? now.session.iteration : null;
  let told = history.length;
  /** What the steps of an iteration that is done one step at a time have measured. */
  let stepped: { losses: Record<string, number>; gradients: Record<string, number> } = { losses: {}, gradients: {} };
  /** What training goes on from where the device is lost. */
  let latest: Checkpoint | null = resumed ? kept.checkpoint : null;
  let lost = 0;

  async function takeUp(): Promise<{ kept: KeptRun; resumed: true } | { kept: null; resumed: false }> {
    if (given.fresh) {
      requireWeights(now.session); // before anything is lost
      await keeper.clear();
    }
    const found = given.fresh ? null : await keeper.load();
    const resumed = found !== null && (await now.takeUp(found, notices));
    requireWeights(now.session);
    if (resumed) return { kept: found, resumed };
    if (found) keeper.addSnapshot(null, found.snapshots.map(({ iteration }) => iteration)); // prettier-ignore
    return { kept: null, resumed: false };
  }

  /** Null where the document marks no sample. */
  async function photograph(): Promise<{ snapshot: Snapshot; dropped: readonly number[] } | null> {
    const begun = performance.now();
    const taken = await now.camera.take(now.session);
    if (!taken) return null;
    const dropped = album.add(taken, performance.now(), performance.now() - begun);
    keeper.addSnapshot(taken, dropped);
    return { snapshot: taken, dropped };
  }

  async function snapshot(): Promise<void> {
    const taken = await photograph();
    if (taken) tell({ kind: "snapshot", ...taken });
  }

  /** Where training stands still, what is seen is what would be exported, and what a reload finds. */
  async function settle(): Promise<Standing> {
    if (album.iterations.at(-1) !== now.session.iteration) await snapshot();
    if (saved !== now.session.iteration) await save();
    return standing();
  }

  async function save(): Promise<void> {
    const state = async () => {
      latest = await now.session.checkpoint();
      return { document: now.lowered.text, checkpoint: latest, history: history.since(0, 0) };
    };
    const isKept = await keeper.save(state);
    if (latest?.iteration !== now.session.iteration) await state(); // what is not kept for good still is for a lost device
    if (!isKept) return;
    saved = now.session.iteration;
    tell({ kind: "saved", iteration: saved });
  }

  const standing = (): Standing => ({ iteration: now.session.iteration });

  function tellProgress(imagesPerSecond: number): void {
    if (history.length === told) return;
    tell({ kind: "progress", progress: history.since(told, imagesPerSecond) });
    told = history.length;
  }

  /** What was measured after the iteration that a session went back to. */
  function forgetBeyond(iteration: number): void {
    history.trim(iteration);
    told = Math.min(told, history.length);
    keeper.addSnapshot(null, album.trim(iteration));
  }

  async function train(until: number, signal: AbortSignal): Promise<Standing> {
    await surviving(() => run(until, signal));
    return settle();
  }

  /** Where the device is lost, does the work again on another from what was kept last. */
  async function surviving<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = await deviceLoss(backend.tf);
      if (reason === null || ++lost > bearableLosses) throw error;
      now.session.dispose();
      backend = await replaceBackend();
      now = await prepared(now.lowered.text);
      if (latest) now.session.restore(latest);
      stepped = { losses: {}, gradients: {} };
      forgetBeyond(now.session.iteration);
      tell({ kind: "device", device: now.device, backend: backend.name });
      notice(lossNotice(reason, now.device, now.session.iteration));
      return surviving(work);
    }
  }

  async function run(until: number, signal: AbortSignal): Promise<void> {
    const { session } = now;
    const meter = createMeter(session.batch);
    stepped = { losses: {}, gradients: {} }; // the whole iteration reports
    let toldAt = performance.now();
    const report = async (measured: Report): Promise<void> => {
      history.append(measured);
      meter.tick();
      if (performance.now() - toldAt >= tellEvery) {
        tellProgress(meter.imagesPerSecond);
        toldAt = performance.now();
      }
      if (measured.iteration !== session.iteration) return; // read late: the session is further on
      if (album.due(session.iteration, performance.now())) await meter.aside(snapshot);
      if (keeper.due) await meter.aside(save);
    };
    try {
      await session.run({ until, signal, report });
    } finally {
      forgetBeyond(session.iteration);
      tellProgress(meter.imagesPerSecond);
    }
  }

  const optimizerStep = (): Promise<Answers["optimizerStep"]> => surviving(stepOnce);

  async function stepOnce(): Promise<Answers["optimizerStep"]> {
    const { session } = now;
    const step = await session.stepOptimizer();
    Object.assign(stepped.losses, step.losses);
    if (step.gradientNorm !== null) stepped.gradients[step.optimizer] = step.gradientNorm;
    if (step.last) {
      history.append({ iteration: session.iteration, ...stepped });
      stepped = { losses: {}, gradients: {} };
      tellProgress(0);
      await settle();
    }
    return { ...standing(), step };
  }

  return {
    get backend() {
      return backend;
    },
    get session() {
      return now.session;
    },
    get lowered() {
      return now.lowered;
    },
    async opened() {
      const first = album.iterations.length === 0 ? await photograph() : null;
      const { session, slices, iterations, device } = now;
      const { name } = backend;
      const { batch, seed, iteration } = session;
      const taken = first ? [first.snapshot] : snapshots;
      snapshots = []; // they are large, and the storage has them
      return {
        ...{ iteration, device, backend: name, notices, batch, seed, iterations, slices, saved },
        history: history.since(0, 0),
        snapshots: taken,
      };
    },
    train,
    async iterate(signal) {
      const until = now.session.iteration + 1;
      await surviving(() => run(until, signal));
      return settle();
    },
    optimizerStep,
    async adopt(document) {
      const next = await prepared(document);
      const takeOver = async () => {
        const transplant = await next.takeOver(now.session);
        requireWeights(next.session);
        return transplant;
      };
      const transplant = await takeOver().catch((error: unknown) => {
        next.session.dispose();
        throw error;
      });
      now.session.dispose();
      now = next;
      forgetBeyond(now.session.iteration);
      await save();
      return { ...standing(), ...transplant };
    },
    save,
    async close() {
      try {
        if (saved !== now.session.iteration && now.session.iteration > 0) await save();
      } catch (error) {
        if (!(error instanceof UserError)) throw error; // a state that cannot go on is not worth keeping
      } finally {
        keeper.release();
        now.session.dispose();
      }
    },
  };
}
