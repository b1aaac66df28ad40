/** The weights of a file for a network whose layers keep more than the file holds: what an export computed is taken back. */
import type { NetworkProgram } from "../../core/program/types.ts";
import type { WeightStore } from "../../core/program/weights.ts";
import { kindOf, layers } from "../../kinds/index.ts";

/** The same weights, with those in their place that layers of this network restore from them. */
export function restoredWeights({ instructions }: NetworkProgram, given: WeightStore): WeightStore {
  const weights = new Map(given);
  for (const { kind, params, inputs, weights: declared } of instructions) {
    const { restore } = kindOf(layers, kind).lowering;
    if (!restore || declared.length === 0) continue;
    const [{ path, name }] = declared;
    const prefix = path.slice(0, path.length - name.length);
    const restored = restore(
      params,
      inputs.map(({ type }) => type),
      (weight) => weights.get(prefix + weight),
    );
    for (const weight of restored?.instead ?? []) weights.delete(prefix + weight);
    for (const [weight, value] of Object.entries(restored?.weights ?? {})) weights.set(prefix + weight, value);
  }
  return weights;
}
