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
