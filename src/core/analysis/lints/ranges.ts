/** The bounds of what flows, as far as kinds state them: from the layer that sets them, through layers that keep values. */
import { valueId } from "../expand.ts";
import type { Layer, NetworkAnalysis } from "../network.ts";
import type { TrainingNode } from "../training.ts";

export type Range = readonly [low: number, high: number];

export interface Bounded {
  readonly range: Range;
  /** The layer that sets the bounds; null where a source does. */
  readonly layer: Layer | null;
}

/** The bounds of a network's output; null where no layer sets some. */
function boundsOfOutput(network: NetworkAnalysis, output: string): Bounded | null {
  for (const layer of layersBefore(network, output)) {
    const range = layer.kind.range?.(layer.params) ?? null;
    if (range) return { range, layer };
    if (!layer.kind.keepsBounds) return null;
  }
  return null;
}

/** The layers from an output backwards, along each one's first input. */
export function* layersBefore(network: NetworkAnalysis, output: string): Generator<Layer> {
  const byValue = new Map(
    network.layers.flatMap((layer) =>
      layer.kind.outputs.map((port) => [valueId(layer.path, port.name), layer] as const),
    ),
  );
  let value = network.outputs.find(({ name }) => name === output)?.value ?? null;
  for (let layer = value && byValue.get(value); layer; layer = value && byValue.get(value)) {
    yield layer;
    value = layer.inputs[0]?.value ?? null;
  }
}

/** The bounds of a value of the training graph. */
export function boundsOfValue(
  node: TrainingNode | undefined,
  port: string | null,
  networks: ReadonlyMap<string, NetworkAnalysis>,
): Bounded | null {
  if (node?.role === "source") {
    const range = node.kind.range?.(node.params) ?? null;
    return range && { range, layer: null };
  }
  const network = node?.role === "call" ? networks.get(node.network) : undefined;
  return network && port !== null ? boundsOfOutput(network, port) : null;
}
