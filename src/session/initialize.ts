/** How weights start: each by its own initializer and its own stream of the seed, so that editing one layer leaves the rest. */
import type { NetworkProgram, WeightDeclaration } from "../core/program/types.ts";
import { elements, globalName, weightsOf, type Weight, type WeightStore } from "../core/program/weights.ts";
import type { Initializer } from "../core/kind/weights.ts";
import { draw, type RandomStream } from "../runtime/philox.ts";

/**
 * How the weights of all networks start: as given where they are, else by their initializers. A weight that networks share
 * starts as it is given to any of them.
 */
export function startingWeights(
  networks: readonly NetworkProgram[],
  seed: number,
  given: ReadonlyMap<string, WeightStore> = new Map(),
): ReadonlyMap<string, WeightStore> {
  const shared = new Map(
    networks.flatMap((network) =>
      weightsOf(network).flatMap((weight) => {
        const value = weight.shared ? given.get(network.name)?.get(weight.path) : undefined;
        return value ? [[weight.path, value] as const] : [];
      }),
    ),
  );
  return new Map(
    networks.map((network) => {
      const own = given.get(network.name) ?? initialWeights(network, seed);
      const value = ({ path, shared: isShared }: WeightDeclaration) => (isShared && shared.get(path)) || own.get(path)!;
      return [network.name, new Map(weightsOf(network).map((weight) => [weight.path, value(weight)]))];
    }),
  );
}

export function initialWeights(network: NetworkProgram, seed: number): Map<string, Weight> {
  return new Map(
    weightsOf(network).map((weight) => {
      const stream = draw(seed, `init/${globalName(network.name, weight)}`, { iteration: 0 });
      return [weight.path, { shape: weight.shape, data: initial(weight.init, elements(weight.shape), stream) }];
    }),
  );
}

/** How what functions of the training graph keep starts, by path. */
export const initialState = (declarations: readonly WeightDeclaration[], seed: number): Map<string, Weight> =>
  new Map(
    declarations.map(({ path, shape, init }) => {
      const stream = draw(seed, `init/state/${path}`, { iteration: 0 });
      return [path, { shape, data: initial(init, elements(shape), stream) }];
    }),
  );

function initial(init: Initializer, size: number, stream: RandomStream): Float32Array {
  switch (init.type) {
    case "constant":
      return new Float32Array(size).fill(init.value);
    case "uniform":
      return stream.uniform(size).map((u) => init.low + (init.high - init.low) * u);
    case "normal":
      return stream.normal(size).map((z) => init.mean + init.std * z);
    case "unit": {
      const direction = stream.normal(size);
      const length = Math.hypot(...direction);
      return direction.map((z) => z / length);
    }
  }
}
