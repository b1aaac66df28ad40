/**
 * When snapshots are taken and which are kept: at growing distances, never more often than every two seconds or for more than a twentieth of the time, and so many
 * that they fit a browser's memory.
 */
import type { Snapshot } from "../session/protocol.ts";
import { leastMissed } from "../storage/thinning.ts";

export interface Album {
  /** Whether a snapshot is due at this iteration, `now` in milliseconds. */
  due(iteration: number, now: number): boolean;
  /**
   * @param cost milliseconds that it took; the dearer, the longer until the next
   * @returns the iterations whose snapshots are dropped for it
   */
  add(snapshot: Snapshot, now: number, cost?: number): readonly number[];
  /** Forgets those after an iteration. @returns their iterations */
  trim(iteration: number): readonly number[];
  /** Iterations of all kept ones, in order. */
  readonly iterations: readonly number[];
}

/** Kept snapshots, at most; fewer where they are large: 96 MB of pixels in all. */
const most = 240;
const mostBytes = 96 * 2 ** 20;
/** Milliseconds between two, at least, and the part of the time that they may take. */
const pause = 2000;
const share = 0.05;

export function createAlbum(kept: readonly Snapshot[]): Album {
  let iterations = kept.map(({ iteration }) => iteration).sort((a, b) => a - b);
  let next = -Infinity;
  return {
    due(iteration, now) {
      const last = iterations.at(-1);
      return last === undefined || (iteration >= nextAfter(last) && now >= next);
    },
    add(snapshot, now, cost = 0) {
      next = now + Math.max(pause, cost / share);
      iterations = [...iterations.filter((each) => each !== snapshot.iteration), snapshot.iteration].sort(
        (a, b) => a - b,
      );
      const room = Math.max(8, Math.min(most, Math.floor(mostBytes / sizeOf(snapshot))));
      const dropped = leastMissed(iterations, room, (_, after) => after);
      iterations = iterations.filter((each) => !dropped.includes(each));
      return dropped;
    },
    trim(iteration) {
      const dropped = iterations.filter((each) => each > iteration);
      iterations = iterations.filter((each) => each <= iteration);
      return dropped;
    },
    get iterations() {
      return iterations;
    },
  };
}

/** Every 10 iterations up to 100, every 25 up to 500, then every 50. */
function nextAfter(iteration: number): number {
  const step = iteration < 100 ? 10 : iteration < 500 ? 25 : 50;
  return (Math.floor(iteration / step) + 1) * step;
}

const sizeOf = ({ sheet, field }: Snapshot): number =>
  (sheet.pixels?.byteLength ?? 0) +
  (sheet.points?.byteLength ?? 0) +
  (field ? field.data.byteLength + (field.scores?.byteLength ?? 0) : 0);
