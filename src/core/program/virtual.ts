/** Which values of a slice serve its virtual steps alone, and not the loss that comes after them. */
import type { Slice, TrainingInstruction } from "./types.ts";

/** The ids of what is computed over weights from which a later virtual step goes on. */
export function aheadOf({ instructions }: Slice): ReadonlySet<string> {
  const steps = instructions.flatMap((each) => (each.op === "virtual-update" ? [each.virtual.step] : []));
  const last = Math.max(0, ...steps);
  const isAhead = (each: TrainingInstruction) =>
    (each.op === "evaluate" || each.op === "compute") && each.virtual !== null && each.virtual.step < last;
  return new Set(instructions.flatMap((each) => (isAhead(each) && "id" in each ? [each.id] : [])));
}
