/** The weights that an exported model holds under their state_dict names, widened where the file stores them smaller. */
import type { Weight } from "../../core/program/weights.ts";
import type { OnnxModel } from "./model.ts";
import { constantsOf, numbersOf } from "./read-constants.ts";

export function weightsIn({ graph }: OnnxModel): Map<string, Weight> {
  const constants = constantsOf(graph);
  const widened = new Map<string, string>();
  for (const node of graph.node)
    if (constants.fold(node) && !widened.has(node.input[0] ?? "")) widened.set(node.input[0] ?? "", node.output[0]);
  const weights = new Map<string, Weight>();
  for (const { name } of graph.initializer) {
    if (name.startsWith("/")) continue; // shapes and scales are named after nodes
    const stored = constants.get(name)!;
    const value = stored.type === "float32" ? stored : constants.get(widened.get(name) ?? "");
    if (value?.type === "float32") weights.set(name, { shape: stored.dims, data: numbersOf(value) });
  }
  return weights;
}
