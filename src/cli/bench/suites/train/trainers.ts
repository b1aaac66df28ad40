/** Who trains a case: sessions of ours, programs of plain tfjs and a twin in PyTorch, each in a process of its own. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../files.ts";
import { openCase } from "../../cases.ts";
import type { OursRequest, PlainRequest, Ready, Steps } from "../../children/protocol.ts";
import { startContestant, type Command, type Running } from "../../contestant.ts";
import { twinFolder } from "../../pytorch/folder.ts";
import { softwareDriver } from "./software-gpu.ts";

export interface Trainer {
  readonly name: string;
  readonly command: Command;
}

export type RunningTrainer = Running<Ready, Steps>;

export interface Trainers {
  readonly running: ReadonlyMap<string, RunningTrainer>;
  /** By name, why they are not there. */
  readonly absent: ReadonlyMap<string, string>;
}

/** Starts them all, hands them to `work` and ends them. */
export async function withTrainers<T>(
  trainers: readonly Trainer[],
  work: (trainers: Trainers) => Promise<T>,
): Promise<T> {
  const running = new Map<string, RunningTrainer>();
  const absent = new Map<string, string>();
  try {
    for (const { name, command } of trainers) {
      const started = await startContestant<Ready, Steps>(command);
      if (started.status === "running") running.set(name, started.contestant);
      else absent.set(name, `absent: ${started.why}`);
    }
    return await work({ running, absent });
  } finally {
    for (const trainer of running.values()) trainer.stop();
  }
}

export const ours = (name: string, request: OursRequest): Trainer => ({ name, command: child("ours", request) });

export const plainName = "tfjs, as taught";
export const plain = (request: PlainRequest): Trainer => ({ name: plainName, command: child("plain", request) });

export const torchName = "PyTorch, one thread";

/** PyTorch's twin on one thread and, where there are more, on all; `remove` once they have ended. */
export function torch(name: string, batch: number): { readonly trainers: readonly Trainer[]; remove(): void } {
  const { folder, remove } = twinFolder(openCase(name), batch);
  const script = path.join(packageRoot, "bench/pytorch/twin.py");
  const threads = availableParallelism();
  const trainer = (title: string, count: number): Trainer => ({
    name: title,
    command: {
      program: process.env.GANVAS_PYTHON ?? "/usr/bin/python3",
      args: [script, folder, String(count)],
      env: { OMP_NUM_THREADS: String(count), OPENBLAS_NUM_THREADS: String(count) },
    },
  });
  const all = threads > 1 ? [trainer(`PyTorch, ${threads} threads`, threads)] : [];
  return { trainers: [trainer(torchName, 1), ...all], remove };
}

function child(name: string, request: OursRequest | PlainRequest): Command {
  const own = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(own), "../../children", `${name}${path.extname(own)}`);
  const relaxed = Number.parseInt(process.versions.node, 10) < 21 ? ["--experimental-wasm-relaxed-simd"] : [];
  const driver = request.backend === "webgpu" ? softwareDriver() : undefined;
  return {
    program: process.execPath,
    args: [...relaxed, "--expose-gc", file, JSON.stringify(request)],
    ...(driver && { env: { VK_ICD_FILENAMES: driver } }),
  };
}
