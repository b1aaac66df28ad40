/**
 * Who is waited for. Contestants differ by a factor of twenty, and a batch of 64 takes some of them minutes a step; those that
 * a figure can do without are left out then, and their row says so. A step's time grows at most about as its batch, so what one
 * took at a smaller batch tells beforehand.
 */
export interface Patience {
  /** Why a contestant is not even started with this batch; null: it is. */
  unwilling(contestant: string, batch: number): string | null;
  /** Why it is not measured now that a step has taken so many milliseconds; null: it is. */
  tried(contestant: string, batch: number, ms: number): string | null;
}

/** Of one case. @param seconds a step may take @param always those who are waited for however long they take */
export function patienceOf(seconds: number, always: readonly string[]): Patience {
  const seen = new Map<string, { batch: number; ms: number }>();
  const limit = `more than ${seconds} s are not waited for (--limit)`;
  const told = (ms: number) => `${(ms / 1000).toPrecision(2)} s`;
  return {
    unwilling(contestant, batch) {
      const before = seen.get(contestant);
      if (!before || always.includes(contestant)) return null;
      const expected = (before.ms * batch) / before.batch;
      if (expected <= 1000 * seconds) return null;
      return `left out: a step took ${told(before.ms)} at batch ${before.batch}, so about ${told(expected)} here; ${limit}`;
    },
    tried(contestant, batch, ms) {
      seen.set(contestant, { batch, ms });
      return ms <= 1000 * seconds || always.includes(contestant)
        ? null
        : `left out: a step takes ${told(ms)}; ${limit}`;
    },
  };
}
