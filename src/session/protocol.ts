/**
 * What a page and its training worker say to each other: plain messages and nothing else. The page asks, each request gets
 * one answer; the worker tells of progress unasked. Types only: both sides import this file, and neither the other.
 */
import type { Diagnostic } from "../core/analysis/diagnostics.ts";
import type { Fit } from "../core/program/weights.ts";
import type { Pairs } from "../datasets/pairs.ts";
import type { BackendChoice } from "../runtime/backend.ts";

/** A request's name → what it takes and what it answers. Every answer may be a {@link Refusal} instead. */
export interface Requests {
  /** Prepares a document for training, and takes up its kept run where there is one (and `fresh` is not said). */
  open: { readonly document: string; readonly run: string; readonly backend: BackendChoice; readonly fresh?: boolean };
  /** Trains until the iteration, or until told to pause. Answers when training has stopped. */
  train: { readonly until: number };
  /** Stops after the iteration that is running; `train` then answers. */
  pause: Record<never, never>;
  /** One iteration (what is left of it, if optimizer steps were done one at a time). */
  iteration: Record<never, never>;
  /** One step of one optimizer. */
  optimizerStep: Record<never, never>;
  /** Goes on with an edited document. Weights that fit by path and shape stay; the rest starts fresh. */
  adopt: { readonly document: string };
  /** Draws from the generator. `of` draws that many and keeps the `count` that D scores highest; `numbers` asks for them too. */
  sample: {
    readonly count: number;
    readonly seed: number;
    readonly of?: number;
    readonly truncation?: number;
    readonly numbers?: boolean;
  };
  /** How a layer's weights and its outputs (for a batch of samples) are distributed. */
  histogram: { readonly network: string; readonly layer: string };
  exportOnnx: {
    /** Null for the sampler: the whole way from what is drawn to the sample. */
    readonly network: string | null;
    readonly opset: number;
    readonly weights: "float32" | "float16" | "int8";
    readonly keepDropout: boolean;
    /** The document, to travel in the file's metadata. */
    readonly document: string;
  };
  exportSafetensors: { readonly network: string };
  /** Puts weights into a network by name and shape; with null into all whose names stand before those of the weights. */
  importWeights: { readonly network: string | null; readonly bytes: Uint8Array };
  /** An .onnx file as a document (the one that travels in it, else its graph read), with its weights. */
  importOnnx: { readonly name: string; readonly bytes: Uint8Array };
  /** Keeps a person's own images under a name: files of a folder, or one zip, .npy or IDX file. */
  addDataSet: {
    readonly name: string;
    readonly files: readonly { readonly path: string; readonly bytes: Blob }[];
    readonly resize: readonly [number, number] | null;
    readonly grayscale: boolean;
    readonly pairs?: Pairs;
  };
  /** A few rows of a data set as pictures or points. */
  peek: { readonly dataSet: string; readonly count: number };
  close: Record<never, never>;
}

export interface Answers {
  open: Opened;
  train: Standing;
  pause: Standing;
  iteration: Standing;
  optimizerStep: Standing & { readonly step: OptimizerStep };
  adopt: Standing & Transplant;
  sample: SampleSheet;
  histogram: LayerHistograms;
  /** Where dropout is kept at work, which draws anew in every run, the proof is that of the same file without it. */
  exportOnnx: { readonly bytes: Uint8Array; readonly proof: ExportProof };
  exportSafetensors: { readonly bytes: Uint8Array };
  importWeights: { readonly fits: readonly NetworkFit[] };
  /** Weights as `importWeights` takes them: of one network, or of several. */
  importOnnx: { readonly document: string; readonly network: string | null; readonly weights: Uint8Array };
  addDataSet: { readonly name: string; readonly count: number; readonly skipped: number };
  peek: SampleSheet;
  close: Record<never, never>;
}

export type RequestName = keyof Requests;

/** Why a request could not be done: the person's to mend. */
export interface Refusal {
  readonly diagnostics: readonly Diagnostic[];
}

/** From the page. */
export type ToWorker = {
  [Name in RequestName]: { readonly id: number; readonly request: Name; readonly given: Requests[Name] };
}[RequestName];

/** From the worker: an answer, a refusal, our own bug in words, or news. */
export type FromWorker =
  | { readonly id: number; readonly answer: Answers[RequestName] }
  | { readonly id: number; readonly refused: Refusal }
  | { readonly id: number; readonly broke: string }
  | { readonly news: News };

export type News =
  | { readonly kind: "progress"; readonly progress: Progress }
  /** A new snapshot, and the iterations of those that are no longer kept for it. */
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot; readonly dropped: readonly number[] }
  | { readonly kind: "saved"; readonly iteration: number }
  /** What takes long before training: "Reading MNIST", 0 … 1 where known. */
  | { readonly kind: "preparing"; readonly what: string; readonly part: number | null }
  | { readonly kind: "notice"; readonly text: string }
  /** What computes from now on: the device before was lost. */
  | ({ readonly kind: "device" } & Pick<Opened, "device" | "backend">);

export interface Standing {
  /** Iterations done. */
  readonly iteration: number;
}

export interface Opened extends Standing {
  /** "WebGPU on NVIDIA H100", "WebAssembly, relaxed SIMD, one thread". */
  readonly device: string;
  readonly backend: "webgpu" | "wasm";
  readonly notices: readonly string[];
  readonly batch: number;
  readonly seed: number;
  /** Iterations of a full run, as the document says. */
  readonly iterations: number;
  /** Loss and norm series so far, from a kept run. */
  readonly history: Progress;
  readonly snapshots: readonly Snapshot[];
  /** Names of optimizers in the order of an iteration's slices, with the networks that each trains. */
  readonly slices: readonly { readonly optimizer: string; readonly trains: readonly string[] }[];
  /** The iteration that a reload goes on from; null where nothing is kept yet. */
  readonly saved: number | null;
}

/**
 * What training measured since the last such message; several iterations at once, told at most ten times a second. Where the
 * first of them is not later than the last one told before, the session went back: what it told beyond that is void.
 */
export interface Progress {
  readonly iterations: Float64Array;
  /** By the training node that computes the loss. */
  readonly losses: Readonly<Record<string, Float32Array>>;
  /** ‖∇‖₂ over all weights that an optimizer trains, before clipping, by optimizer. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** Over the last iterations; 0 where nothing was timed yet. */
  readonly imagesPerSecond: number;
}

/** What one optimizer step did, for looking at an iteration in slow motion. */
export interface OptimizerStep {
  readonly optimizer: string;
  readonly step: number;
  /** Training nodes whose values were computed in it, and networks that it changed. */
  readonly evaluated: readonly string[];
  readonly updated: readonly string[];
  readonly losses: Readonly<Record<string, number>>;
  readonly gradientNorm: number | null;
  /** True where the iteration is complete with it. */
  readonly last: boolean;
}

/** Samples from the run's fixed latents at one iteration. */
export interface Snapshot extends Standing {
  readonly sheet: SampleSheet;
  /** For one- and two-dimensional samples: data, and the discriminator over the plane. */
  readonly field: Field | null;
  /** Mean pairwise distance of the samples, and of as many rows of data: near 0 beside the data's means collapse. */
  readonly spread: { readonly samples: number; readonly data: number } | null;
}

export interface SampleSheet {
  readonly count: number;
  readonly type: "image" | "vector";
  /** [C, H, W] or [F]. */
  readonly shape: readonly number[];
  /** Images: RGBA bytes, one picture of H × W (or of `row`'s size) after the other; null for vectors. */
  readonly pixels: Uint8ClampedArray | null;
  /** Where samples are made of data's images: each picture is a row of several, and what they are from left to right. */
  readonly row?: { readonly width: number; readonly height: number; readonly columns: readonly string[] };
  /** Vectors: count × F numbers; null for images. */
  readonly points: Float32Array | null;
  /** D's score of each, as a logit or as it comes; null where none scores samples alone. */
  readonly scores: Float32Array | null;
  /** Images as the generator gives them, where that was asked for: (count, C, H, W), in order. */
  readonly numbers?: Float32Array;
}

export interface Field {
  /** Rows of data, count × F. */
  readonly data: Float32Array;
  /** [x0, x1] for one dimension, [x0, x1, y0, y1] for two. */
  readonly extent: readonly number[];
  /** D's output over the extent, `size` values (1-D) or size × size, row by row from y0 (2-D); null without a D of samples. */
  readonly scores: Float32Array | null;
  readonly size: number;
}

export interface Histogram {
  /** "weight", "bias", "running_mean", … or the output's port. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly deviation: number;
  /** Counts in equal bins from least to most. */
  readonly counts: Float32Array;
}
export interface LayerHistograms extends Standing {
  readonly weights: readonly Histogram[];
  readonly outputs: readonly Histogram[];
}

export interface Transplant {
  /** Weights that stayed. */
  readonly kept: number;
  /** Paths ("generator/fc.weight") that start fresh. */
  readonly fresh: readonly string[];
}

/** What a network took of given weights, and what did not fit. */
export type NetworkFit = Fit & { readonly network: string };

export interface ExportProof {
  /** The largest absolute difference between tfjs and ONNX Runtime. */
  readonly largest: number;
  readonly relative: number;
  readonly samples: number;
  /** What is tolerated for this storage of weights. */
  readonly tolerance: number;
  /** How many of the compared numbers differ by less than each bound, and not less than the one before it. */
  readonly spread: readonly { readonly below: number; readonly count: number }[];
  readonly backend: string;
}
