/**
 * Runs as training leaves them: all state in two slots that are written in turn, so that one is whole whatever happens, and
 * snapshots beside them, each written once.
 */
import type { Progress, Snapshot } from "../session/protocol.ts";
import type { Change, Records } from "./records.ts";

export interface SavedRun {
  /** Counts saves: the higher of two slots is the later. */
  readonly save: number;
  readonly iteration: number;
  /** The document that was trained, as text. */
  readonly document: string;
  /** A checkpoint's file. */
  readonly checkpoint: Uint8Array;
  readonly history: Progress;
}

export interface RunStore {
  /** The later slot first. */
  slots(run: string): Promise<SavedRun[]>;
  snapshots(run: string): Promise<Snapshot[]>;
  /** Writes one slot, new snapshots, and drops those of the iterations named, all at once. */
  save(run: string, saved: SavedRun, added: readonly Snapshot[], dropped: readonly number[]): Promise<void>;
  /** Forgets slots and snapshots. */
  clear(run: string): Promise<void>;
  /**
   * Keeps other tabs from writing this run. Null where another has it and does not give it back within a second. Where the
   * browser has no locks, none is needed to go on.
   */
  lock(run: string): Promise<RunLock | null>;
}

export interface RunLock {
  release(): void;
}

export function createRunStore(records: Records): RunStore {
  return {
    async slots(run) {
      const slots = (await records.list("runs", [run])).map(({ value }) => value as SavedRun);
      return slots.sort((a, b) => b.save - a.save);
    },
    async snapshots(run) {
      return (await records.list("snapshots", [run])).map(({ value }) => value as Snapshot);
    },
    save: (run, saved, added, dropped) =>
      records.write([
        { store: "runs", key: [run, saved.save % 2], value: saved },
        ...added.map((snapshot): Change => ({ store: "snapshots", key: [run, snapshot.iteration], value: snapshot })),
        ...dropped.map((iteration): Change => ({ store: "snapshots", key: [run, iteration] })),
      ]),
    async clear(run) {
      const stores = ["runs", "snapshots"] as const;
      const keys = await Promise.all(stores.map((store) => records.keys(store, [run])));
      await records.write(stores.flatMap((store, index) => keys[index].map((key): Change => ({ store, key }))));
    },
    lock,
  };
}

function lock(run: string): Promise<RunLock | null> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  if (!locks) return Promise.resolve({ release: () => {} });
  return new Promise((resolve) => {
    const hold = () => new Promise<void>((release) => resolve({ release }));
    // a page that was just reloaded still holds it for a moment
    locks.request(`ganvas/run/${run}`, { signal: AbortSignal.timeout(1000) }, hold).catch(() => resolve(null));
  });
}
