/** What is dragged from the palette onto the canvas. */
import type { Choice } from "./choices.ts";

const format = "application/x-ganvas-node";
/** A page may not read what is dragged before it is dropped, so the palette leaves it here too. */
let carried: Choice | null = null;

export function carry(transfer: DataTransfer, choice: Choice): void {
  carried = choice;
  transfer.effectAllowed = "copy";
  transfer.setData(format, choice.key);
}

/** What hangs over the canvas; null where it is something else. */
export const carriedOver = (transfer: DataTransfer): Choice | null =>
  transfer.types.includes(format) ? carried : null;
