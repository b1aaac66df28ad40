/** What a state takes over from the checkpoint of another program, and what of it starts fresh. */
import { elements, globalName, type Weight, type WeightStore } from "../core/program/weights.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Transplant } from "./protocol.ts";
import type { Cell } from "./state.ts";

export interface Transplanted extends Transplant, Required<Pick<Checkpoint, "tensors" | "began">> {}

/**
 * A value for every cell: the checkpoint's where it has one of this name and shape; else a weight's initial value, zeros for a
 * slot, and the weight itself for an average. A shared weight has one value in all its networks.
 * @param initial the weights with which a network starts, and what functions keep at first
 */
export function transplanted(
  cells: readonly Cell[],
  saved: Checkpoint,
  initial: { readonly weights: (network: string) => WeightStore; readonly state: WeightStore },
): Transplanted {
  const savedOf = ({ name, weight }: Cell): Weight | undefined => {
    const found = saved.tensors.get(name);
    return found && String(found.shape) === String(weight.shape) ? found : undefined;
  };
  const weights = cells.filter(({ role }) => role === "weight");
  const kept = new Map<string, Weight>();
  for (const cell of weights) {
    const name = globalName(cell.network, cell.weight);
    const value = kept.get(name) ?? savedOf(cell);
    if (value) kept.set(name, value);
  }
  const initials = new Map(weights.map(({ network }) => [network, initial.weights(network)]));
  const weightOf = ({ network, weight }: Cell): Weight =>
    kept.get(globalName(network, weight)) ?? initials.get(network)!.get(weight.path)!;
  const valueOf = (cell: Cell): Weight => {
    if (cell.role === "weight") return weightOf(cell);
    if (cell.role === "state") return savedOf(cell) ?? initial.state.get(cell.weight.path)!;
    return savedOf(cell) ?? (cell.role === "slot" ? zeros(cell.weight.shape) : weightOf(cell));
  };
  const fresh = weights.filter(({ network, weight }) => !kept.has(globalName(network, weight)));
  return {
    tensors: new Map(cells.map((cell) => [cell.name, valueOf(cell)])),
    began: beganOf(cells, saved, (slot) => savedOf(slot) !== undefined),
    kept: weights.length - fresh.length,
    fresh: fresh.map(({ network, weight }) => `${network}/${weight.path}`),
  };
}

/** When the slots of each weight began: with this step of its optimizer where none of them was there before. */
function beganOf(cells: readonly Cell[], saved: Checkpoint, isKept: (slot: Cell) => boolean): Record<string, number> {
  const slots = cells.filter(({ role }) => role === "slot");
  const ownerOf = ({ name }: Cell) => name.slice("slots/".length, name.lastIndexOf("/"));
  const old = new Set(slots.filter(isKept).map(ownerOf));
  const began = [...new Set(slots.map(ownerOf))].map((owner): [string, number] => {
    const steps = saved.steps[owner.slice(0, owner.indexOf("/"))] ?? 0;
    return [owner, old.has(owner) ? (saved.began?.[owner] ?? 0) : steps];
  });
  return Object.fromEntries(began.filter(([, steps]) => steps > 0));
}

const zeros = (shape: readonly number[]): Weight => ({ shape, data: new Float32Array(elements(shape)) });
