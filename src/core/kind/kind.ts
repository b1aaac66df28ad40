/**
 * What a node kind is. Each kind states everything about itself in one file; the shared code below it asks for these
 * properties and never for a kind's name. `Lowering` is what targets need of the kind: the core carries it unread.
 */
import type { Fields, Params } from "./fields.ts";
import type { PortSpec, PortType } from "./ports.ts";
import type { WeightSpec } from "./weights.ts";

/** The shelves of the palette, in its order. */
export const shelves = [
  "Ports",
  "Dense",
  "Convolution",
  "Pooling",
  "Normalization",
  "Style",
  "Activation",
  "Regularization",
  "Shape",
  "Arithmetic",
  "Structure",
  "Sources",
  "Models",
  "Losses",
  "Combining",
  "Optimizers",
] as const;
export type Shelf = (typeof shelves)[number];

/** One line of a node's arithmetic: "H = (H_in − 1)·s + 4 = (7 − 1)·2 + 4 = 16", in its four parts. Plain text, never TeX. */
export interface Arithmetic {
  /** What is computed: "H", "W", "H = W", "C", "F", "parameters", "y" … */
  readonly quantity: string;
  readonly formula: string;
  /** The formula with this node's numbers in it. */
  readonly numbers: string;
  readonly result: string;
}

interface KindBase<F extends Fields> {
  readonly name: string;
  readonly title: string;
  readonly shelf: Shelf;
  /** One line for the palette. */
  readonly summary: string;
  /** TeX. */
  readonly equation: string;
  /** One paragraph: what it does and when one wants it. */
  readonly lesson: string;
  readonly fields: F;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  /** The node's own arithmetic, at least one line. Types are null where they are not known, or where no wire is. */
  arithmetic(
    params: Params<F>,
    inputs: readonly (PortType | null)[],
    outputs: readonly (PortType | null)[],
  ): readonly Arithmetic[];
  /** The line beside the node's title, where the fields' own hints do not read well. */
  brief?(params: Params<F>): string;
}

/** Why a kind cannot take these inputs. The code is a key of the message catalogue, the facts are what it tells. */
export interface Misfit {
  readonly misfit: string;
  readonly port?: string;
  readonly param?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Parameter values that would mend it, offered as one fix; the first names it. */
  readonly mend?: { readonly param: string; readonly value: unknown };
  readonly alsoSet?: readonly { readonly param: string; readonly value: unknown }[];
}
export const isMisfit = (result: object): result is Misfit => "misfit" in result;

/** A layer: input types in, output types out, with weights. */
export interface LayerKind<F extends Fields = Fields, Lowering = unknown> extends KindBase<F> {
  readonly graph: "network";
  readonly role: "layer";
  /** Output types in the order of `outputs`; inputs come as their ports accepted them. */
  infer(params: Params<F>, inputs: readonly PortType[]): readonly PortType[] | Misfit;
  weights?(params: Params<F>, inputs: readonly PortType[], outputs: readonly PortType[]): readonly WeightSpec[];
  /** Asked only where all types are known and `infer` accepted them. */
  arithmetic(params: Params<F>, inputs: readonly PortType[], outputs: readonly PortType[]): readonly Arithmetic[];
  /** FLOPs of one sample's forward pass, a multiply-add counted as two. */
  flops?(params: Params<F>, inputs: readonly PortType[], outputs: readonly PortType[]): number;
  /** True where what comes out for one sample depends on the others of its batch (BatchNorm), in training mode. */
  readonly mixesSamples?: boolean;
  /**
   * True where a training batch cannot be computed in parts: what comes out or is kept depends on all of its samples together.
   * What takes batch statistics through `ops` need not say it, since those are taken over all parts.
   */
  needsWholeBatch?(params: Params<F>): boolean;
  /** Of a kind that mixes samples: the one that does the same for each sample by itself. */
  readonly samplewise?: string;
  /**
   * Of a kind with one input: true where nothing comes out beyond the bounds of what came in, since values are only moved,
   * repeated, chosen or blended.
   */
  readonly keepsBounds?: boolean;
  /** True where these parameters keep the layer from rising faster than its input (spectral norm). */
  lipschitz?(params: Params<F>): boolean;
  /** What is legal and still unwise in these parameters, each with a code of the catalogue's lints. */
  advise?(params: Params<F>, inputs: readonly PortType[]): readonly Misfit[];
  /** How many rows the table has from which its labels or tokens choose: they count from 0 to one less. */
  rows?(params: Params<F>, inputs: readonly PortType[]): number;
  /** The bounds of all that comes out, where the kind itself sets some: Tanh's [-1, 1]. */
  range?(params: Params<F>): readonly [number, number] | null;
  /** False where a gradient penalty may not lie on top of it. */
  readonly twiceDifferentiable: boolean;
  readonly lowering: Lowering;
}

/** A named port of a network or block, seen from inside. */
export interface BoundaryKind<F extends Fields = Fields> extends KindBase<F> {
  readonly graph: "network";
  readonly role: "input" | "output";
  /** Input only: the type that the node states, null where it takes what feeds it. */
  stated?(params: Params<F>): PortType | null;
}

/** Stands for a named subgraph. */
export interface BlockKind<F extends Fields = Fields> extends KindBase<F> {
  readonly graph: "network";
  readonly role: "block";
  reference(params: Params<F>): BlockReference;
}
export interface BlockReference {
  readonly block: string;
  readonly repeat: number;
  readonly share: string | null;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type NetworkKind = LayerKind | BoundaryKind | BlockKind;

/** What a source is told of the data sets that exist: enough to type its ports. */
export interface DataSetFacts {
  readonly item: PortType;
  /** The second image of each row; null where rows are single. */
  readonly target: PortType | null;
  readonly classes: number | null;
  readonly count: number | null;
  /** Rows that are kept from training. */
  readonly heldOut: number;
}
/** @param pairs how the source reads pairs, where it says so: the same files may be read in several ways */
export type DataSetLookup = (name: string, pairs?: string) => DataSetFacts | null;

/** Draws fresh values for each step: data or noise. */
export interface SourceKind<F extends Fields = Fields, Lowering = unknown> extends KindBase<F> {
  readonly graph: "training";
  readonly role: "source";
  infer(params: Params<F>, dataSets: DataSetLookup): readonly (PortType | null)[] | Misfit;
  /** The bounds of what it gives, where it has a parameter "range" for them. */
  range?(params: Params<F>): readonly [number, number] | null;
  /** Names the data set that the source reads, if it reads one. */
  dataSet?(params: Params<F>): string;
  readonly lowering: Lowering;
}

/** Stands for an evaluation of a network; its ports are the network's. */
export interface CallKind<F extends Fields = Fields> extends KindBase<F> {
  readonly graph: "training";
  readonly role: "call";
  network(params: Params<F>): string;
  mode(params: Params<F>): "auto" | "train" | "eval";
  /** True where this evaluation's output is what sampling shows. */
  sampled(params: Params<F>): boolean;
  /** True where that is drawn element by element, each from what the network says of those before it. */
  sequential(params: Params<F>): boolean;
}

/** Computes something of values, mostly a loss. */
export interface FunctionKind<F extends Fields = Fields, Lowering = unknown> extends KindBase<F> {
  readonly graph: "training";
  readonly role: "function";
  infer(params: Params<F>, inputs: readonly (PortType | null)[]): readonly PortType[] | Misfit;
  /** The layer of networks that it is, by name, where it is one: with the same ports and parameters. */
  readonly layer?: string;
  /** What is legal and still unwise in these parameters. */
  advise?(params: Params<F>): readonly Misfit[];
  /** True where its inputs are scores of any size, which it squashes itself. */
  takesLogits?(params: Params<F>): boolean;
  /** True where it means something only while the critic cannot rise faster than its input. */
  needsLipschitz?(params: Params<F>): boolean;
  /** True where it scores the critic: the optimizer of a network wired straight to it goes first. */
  critic?(params: Params<F>): boolean;
  /**
   * Where it holds a gradient of its inputs (a penalty on it): the ports of the value that is differentiated and of what it is
   * differentiated by. What lies between them is computed so that it can be differentiated twice.
   */
  readonly differentiates?: { readonly output: string; readonly wrt: string };
  /**
   * True where a batch cannot be computed in parts: it is neither done sample by sample nor, as losses mostly are, a mean over
   * samples.
   */
  needsWholeBatch?(params: Params<F>): boolean;
  /** True where its output is a constant to every gradient. */
  readonly cutsGradient?: true;
  /** What it keeps from one evaluation to the next, by name; none of it is trained. */
  state?(params: Params<F>, inputs: readonly (PortType | null)[]): readonly WeightSpec[];
  readonly lowering: Lowering;
}

/** Trains networks on a loss. */
export interface SinkKind<F extends Fields = Fields, Lowering = unknown> extends KindBase<F> {
  readonly graph: "training";
  readonly role: "sink";
  trains(params: Params<F>): readonly string[];
  order(params: Params<F>): number | null;
  steps(params: Params<F>): number;
  /** Micro-batches whose gradients one step averages. */
  accumulate(params: Params<F>): number;
  /** The optimizer that takes so many virtual steps before this one's loss is computed; null where none does. */
  unroll(params: Params<F>): { readonly optimizer: string; readonly steps: number } | null;
  /** Keeps weights within bounds after each step: whether it does so, and the parameter that makes it. */
  readonly clipsWeights?: { of(params: Params<F>): boolean; readonly param: string; readonly value: number };
  /** Why these parameters do not go together; null where they do. */
  judge?(params: Params<F>): Misfit | null;
  /** Parameters with what depends on others filled in (a rule's own defaults). */
  resolve(params: Params<F>): Params<F>;
  readonly lowering: Lowering;
}

export type TrainingKind = SourceKind | CallKind | FunctionKind | SinkKind;
export type NodeKind = NetworkKind | TrainingKind;

/** All kinds there are, by graph and name: an argument of everything that needs it. */
export interface Vocabulary {
  readonly network: ReadonlyMap<string, NetworkKind>;
  readonly training: ReadonlyMap<string, TrainingKind>;
}

/** Gathers kinds into a vocabulary. Throws on two kinds of one name: that is a programming error. */
export function vocabularyOf(kinds: readonly NodeKind[]): Vocabulary {
  const network = new Map<string, NetworkKind>();
  const training = new Map<string, TrainingKind>();
  for (const kind of kinds) {
    const shelf: Map<string, NodeKind> = kind.graph === "network" ? network : training;
    if (shelf.has(kind.name)) throw new Error(`two ${kind.graph} kinds are called ${kind.name}`);
    shelf.set(kind.name, kind);
  }
  return { network, training };
}
