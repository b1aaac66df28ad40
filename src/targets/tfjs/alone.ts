/** One network with given weights as a tfjs model, outside any training session. */
import type { NetworkProgram } from "../../core/program/types.ts";
import type { WeightStore } from "../../core/program/weights.ts";
import { createOps } from "../../runtime/ops.ts";
import { draw } from "../../runtime/philox.ts";
import type { Tf } from "../../runtime/tf.ts";
import { compileNetwork, type CompiledNetwork } from "./network.ts";
import { createVariables } from "./variables.ts";

/** Throws a UserError where the weights are not this network's. */
export function compileAlone(
  tf: Tf,
  network: NetworkProgram,
  weights: WeightStore,
  seed: number,
): { readonly model: CompiledNetwork; dispose(): void } {
  const variables = createVariables(tf, [network]);
  const own = variables.networks.get(network.name)!;
  own.set(weights);
  const model = compileNetwork(tf, network, {
    weights: (path) => own.all.get(path)!,
    setBuffer: (path, value) => own.all.get(path)!.assign(value),
    ops: createOps(tf, { secondOrder: false }),
    random: (layer) => draw(seed, `predict/${layer}`, { iteration: 0 }),
  });
  return { model, dispose: variables.dispose };
}
