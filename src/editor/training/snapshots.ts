/** The snapshots that the time scrubber goes through, in the order of their iterations; the worker decides which are kept. */
import type { Snapshot } from "../../session/protocol.ts";

export interface Shown {
  readonly snapshots: readonly Snapshot[];
  /** Index of the one that the person looks at; null follows the newest. */
  readonly looking: number | null;
}

/** Adds one; those of the same or a later iteration are of a past that training went back on, and go. */
export function withSnapshot({ snapshots, looking }: Shown, added: Snapshot, dropped: readonly number[]): Shown {
  const watched = looking === null ? null : snapshots[looking];
  const gone = new Set(dropped);
  const stays = ({ iteration }: Snapshot) => iteration < added.iteration && !gone.has(iteration);
  const kept = [...snapshots.filter(stays), added];
  if (!watched) return { snapshots: kept, looking: null };
  const later = kept.findIndex(({ iteration }) => iteration >= watched.iteration);
  return { snapshots: kept, looking: later < 0 || later === kept.length - 1 ? null : later };
}
