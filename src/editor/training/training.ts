/**
 * Training as the page sees it: what runs, how far it is, and the series to draw. Small facts are in a store that components
 * select from; long series are plain arrays beside it, drawn by their owners when `version` changes, never through React.
 */
import type { StoreApi } from "zustand/vanilla";
import type { Diagnostic } from "../../core/analysis/diagnostics.ts";
import type {
  ExportProof,
  LayerHistograms,
  Opened,
  OptimizerStep,
  SampleSheet,
  Snapshot,
  Transplant,
} from "../../session/protocol.ts";

export type TrainingStatus =
  | { readonly status: "idle" }
  | { readonly status: "preparing"; readonly what: string; readonly part: number | null }
  | { readonly status: "training" }
  | { readonly status: "paused" }
  /** All iterations of the run are done. */
  | { readonly status: "finished" }
  | { readonly status: "failed"; readonly diagnostics: readonly Diagnostic[]; readonly text: string };

/** How the document stands to the one that is being trained. */
export type Drift = "none" | "live" | "meaning";

export interface TrainingState {
  readonly now: TrainingStatus;
  /** Iterations done, and of the whole run. */
  readonly iteration: number;
  readonly iterations: number;
  readonly imagesPerSecond: number;
  /** Milliseconds of an iteration; 0 where none was timed. */
  readonly stepTime: number;
  /** "WebGPU on …"; null before a worker answered. */
  readonly device: string | null;
  readonly backend: "webgpu" | "wasm" | null;
  readonly batch: number;
  readonly seed: number;
  /** Optimizers in the order of an iteration's slices; empty before a worker answered. */
  readonly slices: Opened["slices"];
  /** True while the worker holds a session of this document. */
  readonly open: boolean;
  /** The iteration that a reload would go on from; null where nothing is kept. */
  readonly saved: number | null;
  readonly drift: Drift;
  /** The iteration at which the document began to differ; null where it does not. */
  readonly driftSince: number | null;
  /** Raised when the series have grown. */
  readonly version: number;
  readonly snapshots: readonly Snapshot[];
  /** Index into snapshots that the person looks at; null follows the newest. */
  readonly looking: number | null;
  /** The last optimizer step done by itself, for lighting up its wires. */
  readonly step: OptimizerStep | null;
}

/** Growing columns; `length` rows of each are valid. */
export interface Series {
  readonly length: number;
  readonly iterations: Float64Array;
  readonly losses: ReadonlyMap<string, Float32Array>;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

export interface Training {
  readonly store: StoreApi<TrainingState>;
  readonly series: Series;
  /** Starts or goes on; prepares first where nothing is open. */
  train(): Promise<void>;
  pause(): Promise<void>;
  /** Ctrl+Enter: trains or pauses. */
  toggle(): Promise<void>;
  iterate(): Promise<void>;
  stepOptimizer(): Promise<void>;
  /** Ends the run and frees the worker's memory; what is kept stays. */
  stop(): Promise<void>;
  /** Back to iteration 0 with fresh weights. */
  reset(): Promise<void>;
  /** Goes on with the document as it is now, weights that fit kept. */
  adopt(): Promise<Transplant | null>;
  /** Brings back the document that is in training, as one entry of the history. */
  undoChanges(): void;
  /** Shows what is kept of the open document's run, without starting a worker. Called when a document was opened. */
  recall(): Promise<void>;
  look(snapshot: number | null): void;
  sample(options: {
    readonly count: number;
    readonly seed: number;
    readonly of?: number;
    readonly truncation?: number;
    readonly numbers?: boolean;
  }): Promise<SampleSheet | null>;
  histogram(network: string, layer: string): Promise<LayerHistograms | null>;
  exportOnnx(options: {
    /** Null for the sampler. */
    readonly network: string | null;
    readonly opset: number;
    readonly weights: "float32" | "float16" | "int8";
    readonly keepDropout: boolean;
  }): Promise<{ readonly bytes: Uint8Array; readonly proof: ExportProof | null }>;
  exportSafetensors(network: string): Promise<Uint8Array>;
  dispose(): void;
}
