/**
 * Training from the page's side: what the buttons do, in which order the worker is asked, and how the document under the
 * person's hands stands to the one that is trained. No React and no DOM: tests drive it with recorded messages.
 */
import { createStore } from "zustand/vanilla";
import { isError, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import type { GanDocument } from "../../core/document/types.ts";
import type { Answers, Opened, Progress, Requests } from "../../session/protocol.ts";
import type { Studio } from "../model/studio.ts";
import type { Workbench } from "../model/workbench.ts";
import { createAsking, Superseded } from "./asking.ts";
import { messageOf, Refused, type TrainingClient } from "./client.ts";
import { driftBetween } from "./drift.ts";
import { listen } from "./hearing.ts";
import { createSeries } from "./series.ts";
import { initial, openedAs } from "./state.ts";
import type { Training, TrainingState } from "./training.ts";
import { counted } from "./words.ts";

export interface TrainingParts {
  readonly client: TrainingClient;
  readonly studio: Studio;
  readonly workbench: Workbench;
  /** Under which the run of the open document is kept. */
  runId(): string;
  /** What storage has of a run, cheaply; null where nothing is kept. */
  kept?(run: string): Promise<{ readonly iteration: number; readonly history: Progress } | null>;
}

/** Milliseconds that edits rest before a running training takes them on. */
const adoptAfter = 300;

/**
 * Ties the open document to the worker: asks it to train, hears what it tells, and decides what an edit means for the run. Opens
 * nothing by itself: the worker starts with the first request.
 */
export function createTraining({ client, studio, workbench, runId, kept }: TrainingParts): Training {
  const series = createSeries();
  const store = createStore<TrainingState>(() => ({ ...initial, iterations: planned() }));
  const set = (change: Partial<TrainingState>) => store.setState(change);
  const isPreparing = () => store.getState().now.status === "preparing";
  const mended = () => !studio.store.getState().analysis.diagnostics.some(isError);
  /** The document that the worker trains; null where none is open. */
  let trained: GanDocument | null = null;
  let run = "";
  /** While training goes on: until which iteration, and whether a person wants it to stop. */
  let going: { readonly age: number; until: number; wanted: boolean } | null = null;
  let adopting: ReturnType<typeof setTimeout> | undefined;

  const asking = createAsking(client);
  const { ask } = asking;
  const between = <T>(work: () => Promise<T>) => asking.between(going !== null, work);
  const offNews = listen({ client, store, series, workbench });
  const offStudio = studio.store.subscribe(({ document }, { document: before }) => {
    if (document !== before) compare();
  });

  return {
    store,
    series,
    train,
    pause,
    toggle: () => (isPreparing() ? stop() : going ? pause() : train()),
    iterate: () =>
      single(async () => {
        const { iteration } = await ask("iteration", {});
        set({ iteration, step: null });
      }),
    stepOptimizer: () =>
      single(async () => {
        const { iteration, step } = await ask("optimizerStep", {});
        set({ iteration, step });
      }),
    stop,
    reset: () => guarded(() => open(true).then(() => settle())),
    adopt,
    undoChanges,
    recall,
    look: (looking) => set({ looking }),
    sample: (options) => withRun("sample", options),
    histogram: (network, layer) => withRun("histogram", { network, layer }),
    async exportOnnx(options) {
      await takenUp();
      return between(() => ask("exportOnnx", { ...options, document: JSON.stringify(trained) }));
    },
    async exportSafetensors(network) {
      await takenUp();
      return (await between(() => ask("exportSafetensors", { network }))).bytes;
    },
    dispose() {
      offNews();
      offStudio();
      clearTimeout(adopting);
      client.dispose();
    },
  };

  async function train(): Promise<void> {
    if (going || isPreparing() || !sound()) return;
    await guarded(async () => {
      await ready();
      await go();
    });
  }

  /** Trains until all iterations are done or a person pauses; edits of their number count at once. */
  async function go(): Promise<void> {
    going = { age: asking.age, until: planned(), wanted: true };
    const own = going;
    set({ now: { status: "training" }, step: null });
    try {
      while (own.wanted && store.getState().iteration < planned()) {
        own.until = planned();
        const { iteration } = await ask("train", { until: own.until });
        set({ iteration });
        await asking.settled(); // what was asked in between goes first
      }
    } finally {
      if (going === own) going = null;
    }
    if (asking.age === own.age && store.getState().now.status === "training") settle();
  }

  async function pause(): Promise<void> {
    if (!going) return;
    going.wanted = false;
    await guarded(() => ask("pause", {}));
  }

  /** One iteration or step, of a run that stands still. */
  async function single(work: () => Promise<void>): Promise<void> {
    if (isPreparing() || !sound()) return;
    if (going) await pause();
    await guarded(async () => {
      await ready();
      await between(work);
      settle();
    });
  }

  async function stop(): Promise<void> {
    if (!trained && !isPreparing()) return;
    asking.forget();
    if (going) going.wanted = false;
    going = null;
    trained = null;
    clearTimeout(adopting);
    const { now, saved, iteration } = store.getState();
    set({ now: { status: "idle" }, open: false, drift: "none", driftSince: null, step: null });
    await client.request("close", {}).catch(() => client.restart());
    if (now.status !== "failed" && saved === null && iteration > 0)
      workbench.say("Training has stopped. Nothing of it could be kept.");
  }

  async function ready(): Promise<void> {
    if (!trained || run !== runId()) await open(false);
  }

  /** Ready to be asked for what is no training. The run then stands still; where it cannot be opened, all is as before. */
  async function takenUp(): Promise<void> {
    const { now } = store.getState();
    try {
      await ready();
    } catch (error) {
      if (!(error instanceof Superseded)) set({ now });
      throw error;
    }
    if (isPreparing()) settle();
  }

  async function open(fresh: boolean): Promise<void> {
    if (!sound()) throw new Superseded();
    const { document } = studio.store.getState();
    const { backend } = workbench.store.getState();
    asking.forget();
    if (going) going.wanted = false;
    going = null;
    trained = null;
    const id = runId();
    set({ now: { status: "preparing", what: "Preparing", part: null }, open: false });
    const opened = await ask("open", {
      document: JSON.stringify(document),
      run: id,
      backend,
      ...(fresh ? { fresh } : {}),
    });
    trained = document;
    run = id;
    takeIn(opened);
    compare();
  }

  function takeIn(opened: Opened): void {
    series.clear();
    series.append(opened.history);
    set({ ...openedAs(opened), iterations: planned(), version: store.getState().version + 1 });
    for (const notice of opened.notices) workbench.say(notice);
  }

  async function adopt() {
    if (!trained || !sound()) return null;
    let answer: Answers["adopt"] | null = null;
    await guarded(() =>
      between(async () => {
        const { document } = studio.store.getState();
        const transplant = await ask("adopt", { document: JSON.stringify(document) });
        answer = transplant;
        trained = document;
        series.trim(transplant.iteration);
        set({ iteration: transplant.iteration, version: store.getState().version + 1 });
        compare();
        if (!going) settle();
      }),
    );
    return answer;
  }

  function undoChanges(): void {
    if (!trained) return;
    const { document } = studio.store.getState();
    studio.replace("Undo the changes since training", { ...trained, layout: document.layout, name: document.name });
  }

  async function recall(): Promise<void> {
    await stop();
    series.clear();
    set({ ...initial, device: store.getState().device, backend: store.getState().backend, iterations: planned() });
    const id = runId();
    const found = (await kept?.(id).catch(() => null)) ?? null;
    if (!found || id !== runId() || trained || isPreparing()) return;
    series.append(found.history);
    set({ iteration: found.iteration, saved: found.iteration, version: store.getState().version + 1 });
  }

  async function withRun<Name extends "sample" | "histogram">(
    name: Name,
    given: Requests[Name],
  ): Promise<Answers[Name] | null> {
    if (!trained) return null;
    return between(() => ask(name, given)).catch((error: unknown) => {
      if (!(error instanceof Superseded)) workbench.say(messageOf(error), { tone: "bad" });
      return null;
    });
  }

  /** Mistakes of the person's and failures of the worker end up in the state, where the dock says them. */
  async function guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Superseded) return;
      if (going) going.wanted = false;
      going = null;
      const refused = error instanceof Refused;
      if (!refused) trained = null; // nothing is known of a worker that broke: the next request opens the run anew
      fail(refused ? error.diagnostics : [], messageOf(error));
      set({ open: trained !== null });
    }
  }

  /** False where the document has errors: they are to be mended first. */
  function sound(): boolean {
    const errors = studio.store.getState().analysis.diagnostics.filter(isError);
    const text = `Mend ${counted(errors.length, "problem")} first`;
    if (errors.length > 0 && going) workbench.say(`${text}. Training goes on with the document from before.`);
    else if (errors.length > 0) fail(errors, text);
    return errors.length === 0;
  }

  function fail(diagnostics: readonly Diagnostic[], text: string): void {
    set({ now: { status: "failed", diagnostics, text } });
  }

  function settle(): void {
    if (going) return;
    const { iteration } = store.getState();
    set({ now: { status: iteration >= planned() ? "finished" : "paused" }, iterations: planned() });
  }

  /** How the document stands to the one in training, after each edit. */
  function compare(): void {
    const { document } = studio.store.getState();
    const { iteration, drift: before, driftSince, now } = store.getState();
    const drift = trained ? driftBetween(trained, document) : "none";
    const since = drift === "none" ? null : (driftSince ?? iteration);
    if (drift !== before || since !== driftSince) set({ drift, driftSince: since });
    if (planned() !== store.getState().iterations) set({ iterations: planned() });
    clearTimeout(adopting);
    if (drift === "live") adopting = setTimeout(() => mended() && void adopt(), adoptAfter);
    if (going && going.wanted && going.until !== planned()) client.request("pause", {}).catch(() => {});
    else if (now.status === "finished" || now.status === "paused") settle();
    else if (now.status === "failed" && now.diagnostics.length > 0 && mended())
      set({ now: { status: trained ? "paused" : "idle" } });
  }

  function planned(): number {
    return studio.store.getState().analysis.training.settings.iterations;
  }
}
