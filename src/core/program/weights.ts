/**
 * Weights in the one neutral form: path → values in PyTorch's layout. Checkpoints, ONNX, safetensors and tfjs variables
 * are converted from it and to it.
 */
import { diagnose, UserError } from "../analysis/diagnostics.ts";
import type { NetworkProgram, WeightDeclaration } from "./types.ts";

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
/** The weights and buffers of one network, by their state_dict paths. */
export type WeightStore = ReadonlyMap<string, Weight>;

/** Every weight of a network once, in the order of its layers. */
export function weightsOf(network: NetworkProgram): WeightDeclaration[] {
  const weights = new Map(
    network.instructions.flatMap((each) => each.weights.map((weight) => [weight.path, weight] as const)),
  );
  return [...weights.values()];
}

/** One name in the whole program for a weight: networks have their own weights, shared blocks' belong to all. */
export const globalName = (network: string, weight: WeightDeclaration): string =>
  weight.shared ? `shared/${weight.path}` : `${network}/${weight.path}`;

export const elements = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** The weight at this declaration's path. Throws a UserError where it is missing or has another shape. */
export function weightAt(
  store: WeightStore,
  { path, shape }: Pick<WeightDeclaration, "path" | "shape">,
  network: string,
): Weight {
  const weight = store.get(path);
  const at = { graph: `networks.${network}`, node: path };
  if (!weight) throw new UserError(diagnose("weights-missing", at, { weight: path }));
  if (String(weight.shape) !== String(shape))
    throw new UserError(diagnose("weights-shape", at, { weight: path, found: weight.shape, wanted: shape }));
  return weight;
}

/** What a network takes of given weights, by name and shape, and all that does not fit. */
export interface Fit {
  /** How many it takes. */
  readonly taken: number;
  /** Weights of this name that have another shape. */
  readonly misfits: readonly Misfit[];
  /** Weights of the network that were not given. */
  readonly missing: readonly string[];
  /** Given weights that the network has no place for. */
  readonly unused: readonly string[];
}

export interface Misfit {
  readonly path: string;
  readonly found: readonly number[];
  readonly wanted: readonly number[];
}

type Shaped = Pick<Weight, "shape">;

export function fitShapes(wanted: ReadonlyMap<string, Shaped>, given: ReadonlyMap<string, Shaped>): Fit {
  const named = [...wanted].filter(([path]) => given.has(path));
  const misfits = named.filter(([path, { shape }]) => String(given.get(path)!.shape) !== String(shape));
  return {
    taken: named.length - misfits.length,
    misfits: misfits.map(([path, { shape }]) => ({ path, found: given.get(path)!.shape, wanted: shape })),
    missing: [...wanted.keys()].filter((path) => !given.has(path)),
    unused: [...given.keys()].filter((path) => !wanted.has(path)),
  };
}

/**
 * The network's weights in full: the given ones where they fit, else its own.
 * @param own what the network keeps where nothing that fits is given
 */
export function fitWeights(
  network: NetworkProgram,
  given: WeightStore,
  own: WeightStore,
): Fit & { readonly weights: WeightStore } {
  const wanted = new Map(weightsOf(network).map((weight) => [weight.path, weight]));
  const fit = fitShapes(wanted, given);
  const kept = new Set([...fit.misfits.map(({ path }) => path), ...fit.missing]);
  return {
    ...fit,
    weights: new Map([...wanted.keys()].map((path) => [path, (kept.has(path) ? own : given).get(path)!])),
  };
}

/** All weights of a network as they were given. Throws a UserError that names each which is missing or has another shape. */
export function wholeWeights(network: NetworkProgram, given: WeightStore): WeightStore {
  const { weights, misfits, missing } = fitWeights(network, given, given);
  const at = (node: string) => ({ graph: `networks.${network.name}`, node });
  const told = [
    ...misfits.map(({ path, found, wanted }) => diagnose("weights-shape", at(path), { weight: path, found, wanted })),
    ...missing.map((path) => diagnose("weights-missing", at(path), { weight: path })),
  ];
  if (told.length > 0) throw new UserError(...told);
  return weights;
}

/**
 * Weights of several networks in one store, told apart by "generator." or "generator/" before their names (a checkpoint says
 * "weights/generator/"). Only networks that are named so have an entry, without the prefix.
 */
export function weightsByNetwork(given: WeightStore, networks: readonly string[]): Map<string, WeightStore> {
  const parts = networks.map((network): [string, WeightStore] => {
    const prefixes = [`weights/${network}/`, `${network}/`, `${network}.`];
    const own = [...given].flatMap(([path, weight]) => {
      const prefix = prefixes.find((each) => path.startsWith(each));
      return prefix === undefined ? [] : [[path.slice(prefix.length), weight] as const];
    });
    return [network, new Map(own)];
  });
  return new Map(parts.filter(([, own]) => own.size > 0));
}
