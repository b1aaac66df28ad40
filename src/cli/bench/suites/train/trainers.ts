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

/** Starts them all, hands them to `work` and ends them. @param unwilling why one is not even started; null: it is */
export async function withTrainers<T>(
  trainers: readonly Trainer[],
  work: (trainers: Trainers) => Promise<T>,
  unwilling: (name: string) => string | null = () => null,
): Promise<T> {
  const running = new Map<string, RunningTrainer>();
  const absent = new Map<string, string>();
  try {
    for (const { name, command } of trainers) {
      const why = unwilling(name);
      if (why !== null) absent.set(name, why);
      if (why !== null) continue;
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

export interface TwinTrainers {
  readonly trainers: readonly Trainer[];
  /** To be called once they have ended. */
  remove(): void;
}

/** PyTorch's twin on one thread and, where there are more, on all. */
export function torch(name: string, batch: number): TwinTrainers {
  const { folder, remove } = twinFolder(openCase(name), batch);
  const threads = availableParallelism();
  const all = threads > 1 ? [twin(`PyTorch, ${threads} threads`, folder, threads)] : [];
  return { trainers: [twin(torchName, folder, 1), ...all], remove };
}

export const cudaName = "PyTorch, CUDA";

/** PyTorch's twin on the graphics processor, without TensorFloat-32; absent where PyTorch has no CUDA. */
export function torchOnCuda(name: string, batch: number): TwinTrainers {
  const { folder, remove } = twinFolder(openCase(name), batch);
  return { trainers: [twin(cudaName, folder, 1, "cuda")], remove };
}

function twin(name: string, folder: string, threads: number, device: "cpu" | "cuda" = "cpu"): Trainer {
  return {
    name,
    command: {
      program: process.env.GANVAS_PYTHON ?? "/usr/bin/python3",
      args: [path.join(packageRoot, "bench/pytorch/twin.py"), folder, String(threads), device],
      env: { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
    },
  };
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
