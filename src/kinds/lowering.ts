/**
 * What a kind owes to each target, and what it is handed there. tfjs is named as a type only: kinds get it as an
 * argument. Images are NHWC in tfjs; shapes, ONNX and PyTorch are NCHW.
 */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import type { Fields, Params } from "../core/kind/fields.ts";
import type { FunctionKind, LayerKind, SinkKind, SourceKind } from "../core/kind/kind.ts";
import type { PortType } from "../core/kind/ports.ts";
import type { Weight } from "../core/program/weights.ts";
import type { Ops } from "../runtime/ops.ts";
import type { DrawNumbers, Feeds } from "../runtime/feeds.ts";
import type { Hyperparameters, OptimizerName } from "../runtime/optimizers.ts";
import type { RandomStream } from "../runtime/philox.ts";
import type { Tf } from "../runtime/tf.ts";

export interface TfjsContext {
  readonly tf: Tf;
  /** Differentiable operations in PyTorch's meaning, as often as this evaluation needs. */
  readonly ops: Ops;
  readonly training: boolean;
  readonly inputs: readonly PortType[];
  readonly outputs: readonly PortType[];
  /** Numbers and decisions that change from iteration to iteration: whatever is made of `shown` goes through here. */
  readonly feeds: Feeds;
  /** Images of data that training has shown before this iteration, asked when it is called; null outside of training. */
  readonly shown: (() => number) | null;
  /** StyleGAN's ψ: what is left of a sample's distance from the mean; null where sampling does not say. */
  readonly truncation: number | null;
  /**
   * A tensor of this layer's random numbers in this evaluation: each call begins the stream anew. With a shared name, those of
   * all layers of this evaluation that say the same name.
   */
  readonly drawn: DrawNumbers;
  /** What the output is to be scaled by and shifted by at last: said only where the kind `absorbs` it. */
  readonly after?: Affine;
  /** What the output's negative values are to be multiplied by at last: said only where the kind `takesLeak`. */
  readonly leak?: number;
  /** Replaces a buffer after the pass; the tensor is taken over. */
  setBuffer(name: string, value: Tensor): void;
}

/** scale · x + shift, both [C], over the channels of an image or the features of a vector. */
export interface Affine {
  readonly scale: Tensor1D;
  readonly shift: Tensor1D;
}

export interface OnnxContext {
  readonly opset: number;
  readonly inputs: readonly PortType[];
  readonly outputs: readonly PortType[];
  /** True where the user wants stochastic layers to stay in the exported model, and to act there. */
  readonly keepDropout: boolean;
  /**
   * Adds a node and gives the name of its output; an empty input name is an input left out. `shape` is that of one sample
   * of the output, images [C, H, W]; left out, it is the shape of the kind's first output. What depends on weights alone
   * has no batch: `{ whole }` is all of its shape, or null where the file is not to say it.
   */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    shape?: readonly number[] | { readonly whole: readonly number[] | null },
  ): string;
  /**
   * The values of a weight, stored under its state_dict name, perhaps with other dimensions of the same size. `channelAxis`
   * is the axis of output channels, 0 where it is not said: quantized weights have a scale for each.
   */
  weight(name: string, options?: StoredWeight): string;
  /** The numbers of a weight, in PyTorch's layout: where they decide what is written. */
  values(name: string): Float32Array;
  /** Numbers that were computed of the layer's weights, in PyTorch's layout, stored as its weight of this name. */
  computed(name: string, shape: readonly number[], values: Float32Array, options?: StoredWeight): string;
  /** A constant initializer; one number that is no list makes a scalar, and a list of other `dims` than its length may say them. */
  ints(name: string, values: number | readonly number[]): string;
  floats(name: string, values: number | readonly number[], dims?: readonly number[]): string;
  flag(name: string, value: boolean): string;
}
export interface StoredWeight {
  readonly dims?: readonly number[];
  readonly channelAxis?: number;
}
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

/** An ONNX node as a kind reads it. */
export interface OnnxNode {
  readonly operator: string;
  /** Types of what flows in; null for constants and for inputs that are left out. */
  readonly inputs: readonly (PortType | null)[];
  /** The constant at an input, null where none is; booleans are 0 and 1. */
  constant(input: number): { readonly dims: readonly number[]; readonly data: Float32Array } | null;
  ints(input: number): readonly number[] | null;
  /** The one value of a constant input, as the shortest decimal that float32 rounds to it; null where there is no such constant. */
  number(input: number): number | null;
  int(attribute: string, absent: number): number;
  intList(attribute: string, absent: readonly number[]): readonly number[];
  /** As the shortest decimal that float32 rounds to the attribute: 0.2, not 0.20000000298. */
  float(attribute: string, absent: number): number;
  text(attribute: string, absent: string): string;
}
export interface OnnxMatch {
  readonly params: Readonly<Record<string, unknown>>;
  /** Positions of the node's inputs that flow into this kind's ports, in order. */
  readonly inputs: readonly number[];
  /** Weights by their PyTorch names, in PyTorch's layout. */
  readonly weights?: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;
}

/** How a node of a file becomes the layer; left out where no operator by itself is this kind. */
export type OnnxReading =
  | {
      /** The operators that may be this kind. */
      readonly operators: readonly string[];
      /** The kind's reading of a node, or why it cannot be read. */
      read(node: OnnxNode): OnnxMatch | string;
    }
  | { readonly operators?: undefined; readonly read?: undefined };

export interface LayerLowering<F extends Fields = Fields> {
  tfjs(
    context: TfjsContext,
    params: Params<F>,
    inputs: readonly Tensor[],
    weights: Readonly<Record<string, Tensor>>,
  ): Tensor | readonly Tensor[];
  /** What the layer does to every channel where nothing is trained, if it is a scale and a shift. */
  affine?(context: Pick<TfjsContext, "tf">, params: Params<F>, weights: Readonly<Record<string, Tensor>>): Affine;
  /** True where the layer can take such a scale and shift of its output (`after`) into its weights. */
  absorbs?(params: Params<F>): boolean;
  /** Where all that the layer does is to multiply negative values: by what, 0 or more. */
  leak?(params: Params<F>): number;
  /** True where the layer can do so to its own output (`leak`), for the layer after it. */
  takesLeak?(params: Params<F>, training: boolean): boolean;
  /** True where a training pass draws random numbers. */
  readonly drawsNumbers?: true;
  /** True where `truncation` acts on it: then sampling leaves noise as it is drawn. */
  readonly truncates?: true;
  readonly onnx: {
    write(context: OnnxContext, params: Params<F>, inputs: readonly string[]): string | readonly string[];
  } & OnnxReading;
  /**
   * The layer's weights where a file holds something in their place, as an exported model does whose weights were computed:
   * by name, with what they stand for. Null where the file holds nothing of the kind.
   */
  restore?(
    params: Params<F>,
    inputs: readonly PortType[],
    held: (name: string) => Weight | undefined,
  ): { readonly weights: Readonly<Record<string, Weight>>; readonly instead: readonly string[] } | null;
  readonly pytorch: {
    /** The Python class that `module` constructs, where torch has none; `torch`, `nn` and `F` are there. */
    readonly definition?: string | { of(params: Params<F>): string | undefined };
    /** The module's constructor, where there is one: "nn.Linear(100, 128)". */
    module?(params: Params<F>, inputs: readonly PortType[], outputs: readonly PortType[]): string;
    /** The expression in forward(); `self` is the module's attribute. */
    forward(self: string, inputs: readonly string[], params: Params<F>, outputs: readonly PortType[]): string;
  };
}

/** Rows of one data set, in the order of this draw. */
export interface DataReader {
  /** Items as float32, images NHWC in `range`, [rows, …]. */
  items(options: ReadingOptions): Drawn;
  /** The second image of each row, read and changed as the first. */
  targets(options: ReadingOptions): Drawn;
  labels(options: ReadingOptions): Drawn;
}
export interface ReadingOptions {
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly range: readonly [number, number];
  /** [height, width], or null to take images as they are. */
  readonly resize: readonly [number, number] | null;
  /** 1 or 3 to convert, or null to take images as they are. */
  readonly channels: number | null;
  /** Which rows are mirrored (1) and where each is cut out of its enlargement (down, right: 0 … 1); null leaves all as they are. */
  readonly flips: Uint8Array | null;
  readonly cuts: Float32Array | null;
}
/** A drawn value before it is a tensor; `shape` begins with the rows. */
export interface Drawn {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}
export interface DrawContext {
  readonly batch: number;
  readonly outputs: readonly PortType[];
  readonly random: RandomStream;
  /** True where samples are drawn for people to look at, false in training. */
  readonly sampling: boolean;
  /** Noise further than this from 0 is drawn again; null takes it as it comes. */
  readonly truncation: number | null;
  /** Only where the kind names a data set. */
  readonly data: DataReader | null;
}
export interface SourceLowering<F extends Fields = Fields> {
  draw(context: DrawContext, params: Params<F>): readonly Drawn[];
}

export interface FunctionLowering<F extends Fields = Fields> {
  /** A Python expression of its inputs; null where an optional one has no wire. Modules: torch, and F for its functional. */
  pytorch(params: Params<F>, inputs: readonly (string | null)[], outputs: readonly PortType[]): string;
  /** Where the expression calls something that torch has not: the Python functions and classes. */
  readonly definition?: string;
  /** Constructs what the expression calls `module`, once for all evaluations: where the function keeps a state. */
  module?(params: Params<F>): string;
  /** One tensor for each output. Images are NHWC, labels int32. */
  tfjs(context: FunctionContext, params: Params<F>, inputs: readonly (Tensor | null)[]): Tensor | readonly Tensor[];
}

export interface FunctionContext {
  readonly tf: Tf;
  /** Differentiable operations in PyTorch's meaning, as often as this computation needs. */
  readonly ops: Ops;
  /** Null where an optional port has no wire. */
  readonly inputs: readonly (PortType | null)[];
  readonly outputs: readonly PortType[];
  /** True where samples are drawn, false in training: nothing is kept then, and what only helps training passes its input on. */
  readonly sampling: boolean;
  readonly feeds: Feeds;
  /** A tensor of this node's random numbers in this computation: each call begins the stream anew. */
  readonly drawn: DrawNumbers;
  /** What the node keeps, by name, as the last computation left it. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** Replaces a part of the state after the computation; the tensor is taken over. */
  setState(name: string, value: Tensor): void;
  /**
   * The gradient of Σ y with respect to x, itself differentiable. Both are inputs of a node that `differentiates`; zeros where
   * y does not depend on x.
   */
  gradient(y: Tensor, x: Tensor): Tensor;
}

export interface Progress {
  readonly iteration: number;
  /** Epochs of the first data set, fractional; 0 without one. */
  readonly epoch: number;
}
/** What one optimizer does, without its tensors. */
export interface OptimizerPlan {
  readonly rule: OptimizerName;
  readonly hyper: Omit<Hyperparameters, "lr">;
  readonly clipGradNorm: number | null;
  readonly weightClip: number | null;
  readonly ema: { readonly decay: number; readonly start: number } | null;
  learningRate(at: Progress): number;
}
export interface SinkLowering<F extends Fields = Fields> {
  plan(params: Params<F>): OptimizerPlan;
}

export type Layer = LayerKind<Fields, LayerLowering>;
export type Source = SourceKind<Fields, SourceLowering>;
export type Function = FunctionKind<Fields, FunctionLowering>;
export type Sink = SinkKind<Fields, SinkLowering>;

/** These give a kind's methods the types of its own fields, and check that no lowering is missing. */
export const layer = <F extends Fields>(kind: Omit<LayerKind<F, LayerLowering<F>>, "graph" | "role">): Layer => ({
  ...kind,
  graph: "network",
  role: "layer",
});
export const source = <F extends Fields>(kind: Omit<SourceKind<F, SourceLowering<F>>, "graph" | "role">): Source => ({
  ...kind,
  graph: "training",
  role: "source",
});
export const compute = <F extends Fields>(
  kind: Omit<FunctionKind<F, FunctionLowering<F>>, "graph" | "role">,
): Function => ({ ...kind, graph: "training", role: "function" });
export const sink = <F extends Fields>(kind: Omit<SinkKind<F, SinkLowering<F>>, "graph" | "role">): Sink => ({
  ...kind,
  graph: "training",
  role: "sink",
});
