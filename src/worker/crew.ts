/**
 * Workers of the training worker that compute parts of batches beside it, where the page is isolated from other origins: memory
 * cannot be shared elsewhere. They stay for every document that is trained.
 */
import { sentence } from "../core/analysis/diagnostics.ts";
import type { Program } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { undivided } from "../session/divisible.ts";
import type { Hand } from "../session/orders.ts";
import { createPool, type Heard, type Thread } from "../session/pool.ts";
import { forwardFlops, usualWorkers } from "../session/workers.ts";
import type { OpenBackend } from "./backend.ts";

/** Who computes a program's batches. */
export interface Workforce {
  /** Beside the training worker. */
  readonly hands: readonly Hand[];
  readonly variant: string;
  /** In words, as a backend says it. */
  readonly device: string;
  /** Why fewer compute than would pay. */
  readonly notices: readonly string[];
}

export async function workforceFor(
  { name, variant, device }: OpenBackend,
  program: Program,
  dataSets: ReadonlyMap<string, DataSet>,
): Promise<Workforce> {
  const { batch } = program.training!.settings;
  const count = Math.min(usualWorkers(forwardFlops(program, batch), navigator.hardwareConcurrency), batch);
  const alone = (...notices: readonly string[]): Workforce => ({ hands: [], variant, device, notices });
  if (name !== "wasm" || count < 2) return alone();
  const refusal = undivided(program, dataSets, batch);
  if (refusal) return alone(sentence(refusal));
  if (!globalThis.crossOriginIsolated) return alone(notIsolated);
  const hands = await pool.hands(count - 1, variant).catch(() => null);
  if (!hands) return alone("The other workers did not start: one trains.");
  const many = device.replace("one thread", `${count} workers`);
  return { hands, variant: `${variant}×${count}`, device: many, notices: [] };
}

const notIsolated =
  "One worker trains: this page's host does not isolate it (Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy), so that workers cannot share memory.";

const pool = createPool(spawn);

function spawn({ answer, failed }: Heard): Thread {
  const worker = new Worker(new URL("./crew-hand.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<unknown>) => answer(data);
  worker.onerror = ({ message }) => failed(new Error(message));
  return {
    post: (order) => worker.postMessage(order),
    awaited: () => {},
    end: () => worker.terminate(),
  };
}
