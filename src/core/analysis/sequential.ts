/** Samples that are drawn element by element: which input of the marked network takes what has been drawn so far. */
import { sameType } from "../kind/ports.ts";
import { diagnose, type Diagnostic } from "./diagnostics.ts";
import type { TrainingInput, TrainingNode } from "./training.ts";

/** The first input of the type of the node's first output; null where there is none, or where the sample is drawn at once. */
export function sequentialInput(node: TrainingNode): TrainingInput | null {
  if (node.role !== "call" || !node.kind.sequential(node.params)) return null;
  const type = node.outputs[0]?.type;
  return node.inputs.find((input) => type && input.type && sameType(input.type, type)) ?? null;
}

/** Reports a node that is to draw its sample in sequence and cannot. */
export function judgeSequential(nodes: Iterable<TrainingNode>, report: (diagnostic: Diagnostic) => void): void {
  for (const node of nodes) {
    if (node.role !== "call" || !node.kind.sequential(node.params)) continue;
    const typed = node.outputs[0]?.type && node.inputs.every((input) => input.type);
    const needs = !node.kind.sampled(node.params)
      ? "sample"
      : typed && !sequentialInput(node)
        ? "an input of the network of the same type as its first output"
        : null;
    if (needs) report(diagnose("param-needs", { ...node.place, param: "sequential" }, { param: "sequential", needs }));
  }
}
