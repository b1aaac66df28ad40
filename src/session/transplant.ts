/** What a state takes over from the checkpoint of another program, and what of it starts fresh. */
import { elements, globalName, type Weight, type WeightStore } from "../core/program/weights.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Transplant } from "./protocol.ts";
import type { Cell } from "./state.ts";

/**
 * A value for every cell: the checkpoint's where it has one of this name and shape; else a weight's initial value, zeros for a
 * slot, and the weight itself for an average. A shared weight has one value in all its networks.
 * @param initial the weights with which a network starts.
 */
export function transplanted(
  cells: readonly Cell[],
  saved: Checkpoint["tensors"],
  initial: (network: string) => WeightStore,
): Transplant & { readonly tensors: ReadonlyMap<string, Weight> } {
  const savedOf = ({ name, weight }: Cell): Weight | undefined => {
    const found = saved.get(name);
    return found && String(found.shape) === String(weight.shape) ? found : undefined;
  };
  const weights = cells.filter(({ role }) => role === "weight");
  const kept = new Map<string, Weight>();
  for (const cell of weights) {
    const name = globalName(cell.network, cell.weight);
    const value = kept.get(name) ?? savedOf(cell);
    if (value) kept.set(name, value);
  }
  const valueOf = ({ network, weight }: Cell): Weight =>
    kept.get(globalName(network, weight)) ?? initial(network).get(weight.path)!;
  const freshOf = (cell: Cell): Weight =>
    cell.role === "slot"
      ? { shape: cell.weight.shape, data: new Float32Array(elements(cell.weight.shape)) }
      : valueOf(cell);
  const fresh = weights.filter(({ network, weight }) => !kept.has(globalName(network, weight)));
  return {
    tensors: new Map(
      cells.map((cell) => [cell.name, cell.role === "weight" ? valueOf(cell) : (savedOf(cell) ?? freshOf(cell))]),
    ),
    kept: weights.length - fresh.length,
    fresh: fresh.map(({ network, weight }) => `${network}/${weight.path}`),
  };
}
