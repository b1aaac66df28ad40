/** How many workers compute a run's batches: as many as were asked for, or as it pays here. */
import { printDiagnostic } from "../core/analysis/diagnostics.ts";
import type { Program } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { undivided } from "../session/divisible.ts";
import type { Hand } from "../session/orders.ts";
import { forwardFlops, usualWorkers, workersIn } from "../session/workers.ts";
import type { OpenBackend } from "./backend.ts";
import { openHands, processors } from "./crew.ts";
import { notice } from "./output.ts";

/** A backend with the threads that compute beside this one; its variant says how many there are in all. */
export interface CrewedBackend extends OpenBackend {
  readonly hands?: readonly Hand[];
}

export interface RunToCompute {
  readonly program: Program;
  readonly dataSets: ReadonlyMap<string, DataSet>;
  readonly batch: number;
  /** Of the checkpoint that the run goes on from: it is computed by as many again, to be equal to the bit. */
  readonly before: string | null;
}

/** The backend with a crew where one computes the run; says why where one was asked for, or would pay, and there is none. */
export async function withCrew(
  backend: OpenBackend,
  asked: number | "auto",
  { program, dataSets, batch, before }: RunToCompute,
): Promise<CrewedBackend> {
  const chosen = () => (before === null ? usualWorkers(forwardFlops(program, batch), processors()) : workersIn(before));
  const wanted = Math.min(asked === "auto" ? chosen() : asked, batch);
  if (wanted < 2) return backend;
  if (backend.backend !== "wasm") {
    if (asked !== "auto") notice("Workers compute on WebAssembly: add --backend wasm.");
    return backend;
  }
  const refusal = undivided(program, dataSets, batch);
  if (refusal) {
    notice(printDiagnostic(refusal));
    return backend;
  }
  const hands = await openHands(wanted - 1, backend.variant).catch(() => null);
  if (!hands) {
    notice("The other workers did not start: one trains.");
    return backend;
  }
  notice(`${wanted} workers compute each batch`);
  return { ...backend, variant: `${backend.variant}×${wanted}`, hands };
}
