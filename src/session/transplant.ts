/** What a state takes over from the checkpoint of another program, and what of it starts fresh. */
import { elements, globalName, type Weight, type WeightStore } from "../core/program/weights.ts";
import { parseProgram } from "../core/program/parse.ts";
import type { Program } from "../core/program/types.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Transplant } from "./protocol.ts";
import type { Cell } from "./state.ts";

export interface Transplanted extends Transplant, Required<Pick<Checkpoint, "tensors" | "began">> {}

/**
 * A value for every cell: the checkpoint's where it has one of this name and shape; else a weight's initial value, zeros for a
 * slot, and the weight itself for an average. A shared weight has one value in all its networks.
 * @param initial the weights with which networks start, and what functions keep at first
 * @param anew networks of which nothing is taken over
 */
export function transplanted(
  cells: readonly Cell[],
  saved: Checkpoint,
  initial: { readonly weights: ReadonlyMap<string, WeightStore>; readonly state: WeightStore },
  anew: ReadonlySet<string> = new Set(),
): Transplanted {
  const savedOf = ({ name, network, weight }: Cell): Weight | undefined => {
    const found = anew.has(network) ? undefined : saved.tensors.get(name);
    return found && String(found.shape) === String(weight.shape) ? found : undefined;
  };
  const weights = cells.filter(({ role }) => role === "weight");
  const kept = new Map<string, Weight>();
  for (const cell of weights) {
    const name = globalName(cell.network, cell.weight);
    const value = kept.get(name) ?? savedOf(cell);
    if (value) kept.set(name, value);
  }
  const weightOf = ({ network, weight }: Cell): Weight =>
    kept.get(globalName(network, weight)) ?? initial.weights.get(network)!.get(weight.path)!;
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

/** Networks that name a file of weights which the checkpoint's program does not name for them. */
export function otherFiles({ networks }: Program, saved: Checkpoint): ReadonlySet<string> {
  if (networks.every(({ weights }) => weights === null)) return new Set();
  const before = new Map(parseProgram(saved.program).networks.map(({ name, weights }) => [name, weights?.sha256]));
  return new Set(
    networks.filter(({ name, weights }) => weights && weights.sha256 !== before.get(name)).map(({ name }) => name),
  );
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
