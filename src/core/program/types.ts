/**
 * The Program: what a document means, as ordered instructions. Plain printable data: blocks are expanded, dead nodes are
 * gone, parameters and initializers are resolved, and every evaluation and every reuse has a name. Session, ONNX and
 * summary take nothing else.
 */
import type { WeightsFile } from "../document/types.ts";
import type { Json } from "../kind/fields.ts";
import type { PortType } from "../kind/ports.ts";
import type { Initializer, InitScheme } from "../kind/weights.ts";

export const programFormat = "ganvas-program/1";

export interface Program {
  readonly name: string;
  readonly networks: readonly NetworkProgram[];
  readonly training: TrainingProgram | null;
}

/** A value as one instruction takes it: a vector [F] may enter as the image [F, 1, 1]. */
export interface Operand {
  /** "z" for an input, else the instruction's id, with ".port" where it has several outputs. */
  readonly value: string;
  readonly type: PortType;
}

export interface NetworkProgram {
  readonly name: string;
  readonly init: InitScheme;
  /** The file whose values weights start from, in place of their initializers. */
  readonly weights: WeightsFile | null;
  readonly inputs: readonly { readonly name: string; readonly type: PortType }[];
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly { readonly name: string; readonly value: string; readonly type: PortType }[];
}

export interface Instruction {
  /** The layer's path, blocks included: "main.3.conv1". */
  readonly id: string;
  readonly kind: string;
  readonly params: { readonly [param: string]: Json };
  readonly inputs: readonly Operand[];
  readonly outputs: readonly { readonly value: string; readonly type: PortType }[];
  readonly weights: readonly WeightDeclaration[];
  /** One sample's forward pass; a multiply-add counts as two. */
  readonly flops: number;
}

export interface WeightDeclaration {
  readonly name: string;
  /** Its name in the network's state_dict. */
  readonly path: string;
  /** True where other layers, also of other networks, use the same weight under the same path. */
  readonly shared: boolean;
  readonly trainable: boolean;
  readonly shape: readonly number[];
  readonly init: Initializer;
  /** Axes of the tfjs tensor in terms of PyTorch's, where they differ. */
  readonly tfjs: readonly number[] | null;
}

export interface TrainingProgram {
  /** Samples in a batch, iterations of a full run, and the seed: what a run takes unless it is told otherwise. */
  readonly settings: TrainingSettings;
  readonly sources: readonly SourceDeclaration[];
  readonly optimizers: readonly OptimizerDeclaration[];
  /** What functions keep from one evaluation to the next, by path "NODE.NAME"; saved with the weights, trained by nobody. */
  readonly state: readonly WeightDeclaration[];
  /** One iteration: a slice is one step of one optimizer. */
  readonly iteration: readonly Slice[];
  readonly sampling: Sampling | null;
}

export interface TrainingSettings {
  readonly batch: number;
  readonly iterations: number;
  readonly seed: number;
}

export interface SourceDeclaration {
  readonly id: string;
  readonly kind: string;
  readonly params: { readonly [param: string]: Json };
  readonly outputs: readonly { readonly port: string; readonly type: PortType }[];
  /** Draws in one iteration. */
  readonly draws: number;
}

export interface OptimizerDeclaration {
  readonly id: string;
  readonly kind: string;
  readonly params: { readonly [param: string]: Json };
  readonly trains: readonly string[];
}

export interface Slice {
  /** "d_opt@0": step 0 of the optimizer. */
  readonly id: string;
  readonly optimizer: string;
  readonly step: number;
  readonly instructions: readonly TrainingInstruction[];
}

export type TrainingInstruction = Draw | Evaluate | Compute | Reuse | VirtualUpdate | Accumulate | Update;

/** Takes draw `step` of a source, for one micro-batch; in an iteration the draws of a source follow in that order. */
export interface Draw {
  readonly op: "draw";
  readonly id: string;
  readonly source: string;
  readonly step: number;
  readonly micro: number;
  readonly outputs: readonly { readonly value: string; readonly type: PortType }[];
}
/** One forward pass of a network, with one change of its state where it is in training mode. */
export interface Evaluate {
  readonly op: "evaluate";
  readonly id: string;
  readonly node: string;
  readonly network: string;
  readonly mode: "train" | "eval";
  readonly virtual: Virtual | null;
  readonly inputs: readonly (Operand & { readonly port: string })[];
  readonly outputs: readonly { readonly value: string; readonly type: PortType }[];
  readonly gradient: Gradient | null;
}
export interface Compute {
  readonly op: "compute";
  readonly id: string;
  readonly node: string;
  readonly kind: string;
  readonly virtual: Virtual | null;
  readonly params: { readonly [param: string]: Json };
  /** Null where an optional port has no wire. */
  readonly inputs: readonly (Operand | null)[];
  readonly outputs: readonly { readonly value: string; readonly type: PortType }[];
  readonly gradient: Gradient | null;
}
/** Says that a value of an earlier slice of this iteration serves here again. */
export interface Reuse {
  readonly op: "reuse";
  readonly id: string;
}
/**
 * One virtual step of an optimizer, recorded so that the update which unrolls it is differentiated through it: from the
 * virtual weights before it come those of `virtual`, and its slots go on likewise.
 */
export interface VirtualUpdate {
  readonly op: "virtual-update";
  readonly virtual: Virtual;
  readonly loss: string;
  /** The micro-batch, by the name under which gradients are recorded for it. */
  readonly recorded: string;
}
/** Differentiates a micro-batch's loss, for the update of this slice; all that is virtual ends with it. */
export interface Accumulate {
  readonly op: "accumulate";
  /** The micro-batch, by the name under which gradients are recorded for it. */
  readonly recorded: string;
  readonly loss: string;
}
export interface Update {
  readonly op: "update";
  readonly optimizer: string;
  /** Null where the gradient is the mean of those that were accumulated. */
  readonly loss: string | null;
  readonly trains: readonly string[];
}

/**
 * The weights of what an optimizer trains after so many virtual steps. What is computed of them, and all state that this
 * changes, lasts until the micro-batch has been differentiated and is then put back.
 */
export interface Virtual {
  readonly optimizer: string;
  readonly step: number;
}

/**
 * The one update that differentiates this value: after it the weights that the value depends on are others, so no later
 * update can. `order` is 2 where the loss itself holds a gradient of it.
 */
export interface Gradient {
  /** "g_opt@0", and "g_opt@0.1" for the second of a slice's micro-batches. */
  readonly slice: string;
  readonly order: 1 | 2;
}

/** How samples are drawn: everything upstream of the marked output, in inference mode. */
export interface Sampling {
  readonly instructions: readonly (Draw | Evaluate | Compute)[];
  readonly sample: Operand;
  readonly network: string;
  /**
   * Where the sample is drawn element by element: the evaluation that says how likely a 1 is at each, given the sample as far
   * as it is drawn, which is the value of that name.
   */
  readonly sequential: string | null;
  /** The network that scores samples, and its input and output, where one takes the sample alone. */
  readonly score: { readonly network: string; readonly input: string; readonly output: string } | null;
  /**
   * Where samples are made of a data set's images: those images, which are shown before each sample, and the other images of
   * the same rows (the targets), which are shown after it.
   */
  readonly beside: { readonly before: readonly Operand[]; readonly after: readonly Operand[] };
}
