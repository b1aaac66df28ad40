/** How training stands before anything was trained and when a run was opened, and what its speed comes to. */
import type { Opened } from "../../session/protocol.ts";
import type { TrainingState } from "./training.ts";

export const initial: TrainingState = {
  now: { status: "idle" },
  iteration: 0,
  iterations: 0,
  imagesPerSecond: 0,
  stepTime: 0,
  device: null,
  backend: null,
  batch: 0,
  seed: 0,
  slices: [],
  open: false,
  saved: null,
  drift: "none",
  driftSince: null,
  version: 0,
  snapshots: [],
  looking: null,
  step: null,
};

/** What an opened run says of itself. */
export function openedAs({ history, snapshots, ...opened }: Opened): Partial<TrainingState> {
  const { device, backend, batch, seed, iteration, slices, saved } = opened;
  return {
    ...{ device, backend, batch, seed, iteration, slices, saved, open: true, step: null, looking: null },
    ...rates(history.imagesPerSecond, batch),
    snapshots: [...snapshots].sort((a, b) => a.iteration - b.iteration),
  };
}

/** Images a second, and the milliseconds of an iteration; nothing where nothing was timed. */
export const rates = (imagesPerSecond: number, batch: number) =>
  imagesPerSecond > 0 ? { imagesPerSecond, stepTime: (1000 * batch) / imagesPerSecond } : {};
