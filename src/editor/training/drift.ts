/** How an edited document stands to the one in training. The length of a run is no part of it: it counts at once. */
import type { GanDocument } from "../../core/document/types.ts";
import { whatChanged } from "../../core/editing/difference.ts";
import { vocabulary } from "../../kinds/index.ts";
import type { Drift } from "./training.ts";

export function driftBetween(trained: GanDocument, now: GanDocument): Drift {
  const { iterations } = now.training;
  const before =
    trained.training.iterations === iterations
      ? trained
      : { ...trained, training: { ...trained.training, iterations } };
  const difference = whatChanged(before, now, vocabulary);
  return difference === "nothing" || difference === "places" ? "none" : difference;
}
