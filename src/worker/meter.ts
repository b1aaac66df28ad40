/** How fast training goes: images a second over the last seconds, without the time that saves and pictures take. */
export interface Meter {
  /** An iteration was done. */
  tick(): void;
  /** Does something that does not count as training. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** 0 where nothing was timed yet. */
  readonly imagesPerSecond: number;
}

/** Milliseconds that are looked back on, and the fewest iterations that are. */
const span = 2000;
const least = 3;

export function createMeter(batch: number): Meter {
  let skipped = 0;
  const now = () => performance.now() - skipped;
  const ticks = [now()];
  return {
    tick() {
      const at = now();
      ticks.push(at);
      while (ticks.length > least && at - ticks[1] > span) ticks.shift();
    },
    async aside(work) {
      const begun = performance.now();
      try {
        return await work();
      } finally {
        skipped += performance.now() - begun;
      }
    },
    get imagesPerSecond() {
      const passed = ticks[ticks.length - 1] - ticks[0];
      return passed > 0 ? (batch * (ticks.length - 1) * 1000) / passed : 0;
    },
  };
}
