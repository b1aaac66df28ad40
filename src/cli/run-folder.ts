/** The folder of a run: what stands where in it, and how it is read back. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { isRecord } from "../core/document/parse.ts";
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from "../session/checkpoint.ts";
import { writeAtomically } from "./files.ts";

/** What a run was started with, beside its document. */
export interface RunSettings {
  readonly seed: number;
  readonly batch: number;
}

/** One line of metrics.jsonl. */
export interface Metrics {
  /** Iterations done. */
  readonly iteration: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly imagesPerSecond: number;
}

export interface RunFolder {
  readonly folder: string;
  readonly document: string;
  readonly exists: boolean;
  file(name: string): string;
  samplePath(iteration: number): string;
  /** Makes the folder of a new run. */
  start(document: string, settings: RunSettings): void;
  /** Throws a UserError where no run was started here. */
  settings(): RunSettings;
  /** Null before the first one. Throws a UserError where it cannot be read. */
  checkpoint(): Checkpoint | null;
  saveCheckpoint(checkpoint: Checkpoint): void;
  metrics(): Metrics[];
  appendMetrics(metrics: readonly Metrics[]): void;
  /** Forgets what was measured after the iteration from which a run goes on. */
  trimMetrics(iteration: number): void;
}

export function runFolder(folder: string): RunFolder {
  const file = (name: string) => path.join(folder, name);
  const [document, settingsFile, metricsFile, checkpointFile] = [
    "document.gan.json",
    "run.json",
    "metrics.jsonl",
    "checkpoint/state.safetensors",
  ].map(file);
  const exists = existsSync(settingsFile);
  const requireRun = () => {
    if (!existsSync(settingsFile)) throw new UserError(diagnose("run-missing", {}, { folder }));
  };
  const metrics = (): Metrics[] => {
    if (!existsSync(metricsFile)) return [];
    const whole = readFileSync(metricsFile, "utf8").split("\n").slice(0, -1); // what follows the last line end was cut off
    return whole.flatMap((line) => readLine(line) ?? []);
  };
  return {
    folder,
    document,
    exists,
    file,
    samplePath: (iteration) => file(`samples/${String(iteration).padStart(6, "0")}.png`),
    start(text, settings) {
      mkdirSync(folder, { recursive: true });
      writeAtomically(document, text);
      writeAtomically(settingsFile, `${JSON.stringify(settings)}\n`); // last: a folder with it is a whole run
    },
    settings() {
      requireRun();
      const settings = parsed(readFileSync(settingsFile, "utf8"));
      if (isRecord(settings) && [settings.seed, settings.batch].every((value) => Number.isSafeInteger(value)))
        return { seed: Number(settings.seed), batch: Number(settings.batch) };
      throw new UserError(
        diagnose("run-damaged", {}, { file: settingsFile, reason: "it does not say the run's seed and batch" }),
      );
    },
    checkpoint() {
      requireRun();
      return existsSync(checkpointFile) ? decodeCheckpoint(readFileSync(checkpointFile), checkpointFile) : null;
    },
    saveCheckpoint: (checkpoint) => writeAtomically(checkpointFile, encodeCheckpoint(checkpoint)),
    metrics,
    appendMetrics(lines) {
      if (lines.length > 0) appendFileSync(metricsFile, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    },
    trimMetrics(iteration) {
      const kept = metrics().filter((line) => line.iteration <= iteration);
      writeAtomically(metricsFile, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
    },
  };
}

/** A line of metrics.jsonl; null where something else has damaged it. */
function readLine(line: string): Metrics | null {
  const value = parsed(line);
  return isRecord(value) && Number.isSafeInteger(value.iteration) && isRecord(value.losses)
    ? (value as unknown as Metrics)
    : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
