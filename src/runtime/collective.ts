/**
 * Threads that compute parts of one batch, each a rank, and combine their numbers over shared memory. All ranks make the same
 * calls in the same order; each call is a meeting that ends when the last has come. Sums are taken in the order of ranks, so
 * that every rank gets the same bits, and the same ones in every run. Waiting blocks the thread: a page's main thread may not.
 */

/** What the ranks of a collective share; it can be posted to other threads. */
export interface CollectiveMemory {
  readonly ranks: number;
  readonly control: SharedArrayBuffer;
  /** Two slots for each rank, which meetings use in turn. */
  readonly slots: SharedArrayBuffer;
  /** Float32 numbers in a slot. */
  readonly capacity: number;
  /** Why all has ended, as UTF-16. */
  readonly reason: SharedArrayBuffer;
}

export interface Collective {
  readonly rank: number;
  readonly ranks: number;
  /**
   * Shows every rank's numbers to every rank; `read` sees them in the order of ranks and keeps no reference. All ranks give as
   * many, at most the capacity.
   */
  exchange(own: Float32Array, read: (all: readonly Float32Array[]) => void): void;
  /**
   * into ← Σ over ranks of the rank's weight · its own; any number of arrays of any length, which may be the same ones. Each
   * rank adds up a part of the numbers for all. All ranks give the same weights.
   */
  sum(own: readonly Float32Array[], weights: readonly number[], into: readonly Float32Array[]): void;
  /** Returns when all have come. */
  barrier(): void;
  /** Ends every rank's present or next call with a CollectiveEnded of this reason. The first reason stays. */
  end(reason: string): void;
}

/** A rank has ended the common work, or has not come. */
export class CollectiveEnded extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CollectiveEnded";
  }
}

const usualCapacity = 1 << 20; // 4 MiB: the gradients of a network of usual size in one round
const reasonLength = 4096;

// places in `control`
const arrived = 0;
const generation = 1;
const ended = 2;
const reasonSize = 3;

/** Shared memory of a collective that has not met yet. */
export function collectiveMemory(ranks: number, capacity = usualCapacity): CollectiveMemory {
  return {
    ranks,
    control: new SharedArrayBuffer(16),
    slots: new SharedArrayBuffer(2 * ranks * capacity * 4),
    capacity,
    reason: new SharedArrayBuffer(2 * reasonLength),
  };
}

/** @param patience milliseconds after which a rank that has not come is given up. */
export function joinCollective(
  { ranks, control: controlMemory, slots, capacity, reason: reasonMemory }: CollectiveMemory,
  rank: number,
  patience = 600_000,
): Collective {
  const control = new Int32Array(controlMemory);
  const slotOf = (turn: number, of: number) => new Float32Array(slots, (turn * ranks + of) * capacity * 4, capacity);
  const turns = [0, 1].map((turn) => Array.from({ length: ranks }, (_, of) => slotOf(turn, of)));
  // Two turns: a slot is written again after the next meeting, to which nobody comes before having read this one's.
  let turn = 0;

  const nextSlots = (): readonly Float32Array[] => turns[(turn ^= 1)];

  function exchange(own: Float32Array, read: (all: readonly Float32Array[]) => void): void {
    if (own.length > capacity) throw new RangeError(`${own.length} numbers at once, and a slot holds ${capacity}`);
    const all = nextSlots();
    all[rank].set(own);
    barrier();
    read(all.map((slot) => slot.subarray(0, own.length)));
  }

  function sum(own: readonly Float32Array[], weights: readonly number[], into: readonly Float32Array[]): void {
    for (const round of roundsOf(own, capacity)) {
      const all = nextSlots();
      for (const { array, start, length, place } of round)
        all[rank].set(own[array].subarray(start, start + length), place);
      barrier();
      const last = round[round.length - 1];
      const [from, to] = shareOf(last.place + last.length, ranks, rank);
      const shares = all.map((slot) => slot.subarray(from, to));
      addWeighted(shares, weights, shares[rank]); // others do not read it before the meeting
      barrier();
      for (let of = 0; of < ranks; of++) {
        const [first, end] = shareOf(last.place + last.length, ranks, of);
        for (const { array, start, length, place } of round) {
          const [begin, until] = [Math.max(place, first), Math.min(place + length, end)];
          if (begin < until) into[array].set(all[of].subarray(begin, until), start + begin - place);
        }
      }
    }
  }

  function barrier(): void {
    const current = Atomics.load(control, generation);
    if (Atomics.load(control, ended)) throw endedBy();
    if (Atomics.add(control, arrived, 1) + 1 === ranks) {
      Atomics.store(control, arrived, 0);
      Atomics.add(control, generation, 1);
      Atomics.notify(control, generation);
      return;
    }
    for (let spin = 0; spin < spins; spin++) if (Atomics.load(control, generation) !== current) break;
    if (
      Atomics.load(control, generation) === current &&
      Atomics.wait(control, generation, current, patience) === "timed-out"
    )
      end(`A worker has not answered for ${Math.round(patience / 1000)} seconds.`);
    if (Atomics.load(control, ended)) throw endedBy();
  }

  function end(reason: string): void {
    if (Atomics.compareExchange(control, ended, 0, 1) !== 0) return;
    const text = new Uint16Array(reasonMemory);
    const size = Math.min(reason.length, reasonLength);
    for (let i = 0; i < size; i++) text[i] = reason.charCodeAt(i);
    Atomics.store(control, reasonSize, size);
    Atomics.store(control, ended, 2);
    Atomics.notify(control, ended);
    Atomics.add(control, generation, 1);
    Atomics.notify(control, generation);
  }

  /** Whoever ended is writing the reason as long as `ended` is 1. */
  function endedBy(): CollectiveEnded {
    Atomics.wait(control, ended, 1, 1000);
    const text = new Uint16Array(reasonMemory, 0, Atomics.load(control, reasonSize));
    return new CollectiveEnded(String.fromCharCode(...text));
  }

  return { rank, ranks, exchange, sum, barrier, end };
}

/** How often a rank looks before it lets the processor go: for about as long as it takes to be woken. */
const spins = 10_000;

/** Some numbers of one of the arrays, and their place in a slot. */
interface Cut {
  readonly array: number;
  readonly start: number;
  readonly length: number;
  readonly place: number;
}

/** The arrays cut so that each round's cuts fit a slot together. */
function* roundsOf(arrays: readonly Float32Array[], capacity: number): Generator<readonly Cut[]> {
  let round: Cut[] = [];
  let place = 0;
  for (const [array, { length: size }] of arrays.entries()) {
    for (let start = 0; start < size;) {
      const length = Math.min(size - start, capacity - place);
      round.push({ array, start, length, place });
      start += length;
      place += length;
      if (place < capacity) continue;
      yield round;
      [round, place] = [[], 0];
    }
  }
  if (round.length > 0) yield round;
}

/** The places first … end − 1 of `size` that a rank adds up. */
const shareOf = (size: number, ranks: number, rank: number): readonly [first: number, end: number] => [
  Math.floor((size * rank) / ranks),
  Math.floor((size * (rank + 1)) / ranks),
];

/** In the order of ranks, every product and sum rounded; `to` may be one of the given. */
function addWeighted(given: readonly Float32Array[], weights: readonly number[], to: Float32Array): void {
  const [w0, w1] = weights;
  const [first, second] = given;
  if (given.length === 2) {
    for (let i = 0; i < to.length; i++) to[i] = Math.fround(first[i] * w0) + Math.fround(second[i] * w1);
    return;
  }
  for (let i = 0; i < to.length; i++) {
    let sum = Math.fround(first[i] * w0);
    for (let r = 1; r < given.length; r++) sum = Math.fround(sum + Math.fround(given[r][i] * weights[r]));
    to[i] = sum;
  }
}
