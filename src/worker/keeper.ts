/**
 * Saves a run while it trains: all state every few seconds, never for more than a twentieth of the time. What is saved is
 * whole, and what was saved before it stays until then.
 */
import { UserError } from "../core/analysis/diagnostics.ts";
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from "../session/checkpoint.ts";
import type { Progress, Snapshot } from "../session/protocol.ts";
import { StorageFull, type RunLock, type RunStore, type SavedRun } from "../storage/storage.ts";

export interface KeptRun {
  readonly document: string;
  readonly checkpoint: Checkpoint;
  readonly history: Progress;
  readonly snapshots: readonly Snapshot[];
}

export interface State {
  readonly document: string;
  readonly checkpoint: Checkpoint;
  readonly history: Progress;
}

export interface Keeper {
  /** The latest that can be read, null where nothing is kept. */
  load(): Promise<KeptRun | null>;
  /** To be written with the next save; the others are dropped with it. */
  addSnapshot(snapshot: Snapshot | null, dropped: readonly number[]): void;
  readonly due: boolean;
  /** @returns whether it is kept now */
  save(state: () => Promise<State>): Promise<boolean>;
  /** Forgets what is kept of the run. */
  clear(): Promise<void>;
  /** Milliseconds that the last save took. */
  readonly cost: number;
  release(): void;
}

/** Milliseconds between two saves, at least. */
const pause = 5000;
/** Part of the time that saving may take. */
const share = 0.05;

/** @param notice told what a person should know, each once */
export async function openKeeper(runs: RunStore, run: string, notice: (text: string) => void): Promise<Keeper> {
  const lock: RunLock | null = await runs.lock(run);
  if (!lock) notice("This document trains in another tab already: what is trained here is not kept.");
  let saves = 0;
  let cost = 0;
  let last = performance.now();
  let failing = false;
  const added = new Map<number, Snapshot>();
  const dropped = new Set<number>();

  return {
    async load() {
      const slots = await runs.slots(run);
      saves = slots[0]?.save ?? 0;
      for (const slot of slots) {
        const checkpoint = readable(slot);
        if (!checkpoint) continue;
        saves = slot.save; // the next save takes the place of one that is damaged
        if (slot !== slots[0]) notice("The last save of this run could not be read; the one before it is taken up.");
        const snapshots = (await runs.snapshots(run)).filter(({ iteration }) => iteration <= slot.iteration);
        return { document: slot.document, checkpoint, history: slot.history, snapshots };
      }
      if (slots.length > 0) notice("The kept run could not be read, so training begins anew.");
      return null;
    },
    addSnapshot(snapshot, iterations) {
      if (snapshot) {
        added.set(snapshot.iteration, snapshot);
        dropped.delete(snapshot.iteration);
      }
      for (const iteration of iterations) {
        added.delete(iteration);
        dropped.add(iteration);
      }
    },
    get due() {
      return performance.now() - last >= Math.max(pause, cost / share);
    },
    async save(state) {
      const begun = performance.now();
      try {
        if (!lock) return false;
        const { document, checkpoint, history } = await state();
        const { iteration } = checkpoint;
        const bytes = encodeCheckpoint(checkpoint);
        await runs.save(
          run,
          { save: saves + 1, iteration, document, checkpoint: bytes, history },
          [...added.values()],
          [...dropped],
        );
        saves++;
        added.clear();
        dropped.clear();
        failing = false;
        return true;
      } catch (error) {
        if (error instanceof UserError) throw error; // the state itself is not fit to be kept
        if (!failing) notice(`${reasonOf(error)} Until then, training goes on without being kept.`);
        failing = true;
        return false;
      } finally {
        last = performance.now();
        cost = last - begun;
      }
    },
    async clear() {
      if (lock) await runs.clear(run);
      added.clear();
      dropped.clear();
    },
    get cost() {
      return cost;
    },
    release: () => lock?.release(),
  };
}

const reasonOf = (error: unknown): string =>
  error instanceof StorageFull
    ? error.message
    : `The browser could not keep the run (${error instanceof Error ? error.message : String(error)}). Load the page again.`;

function readable({ checkpoint }: SavedRun): Checkpoint | null {
  try {
    return decodeCheckpoint(checkpoint, "the kept run");
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
