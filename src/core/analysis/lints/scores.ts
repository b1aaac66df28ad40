/** Scores and the losses that take them: logits that were squashed already, and probabilities that are none. */
import { graphOf } from "../../document/types.ts";
import { diagnose, type Fix } from "../diagnostics.ts";
import type { Linted } from "./lint.ts";
import { boundsOfValue, type Range } from "./ranges.ts";

export function lintScores(linted: Linted): void {
  const { training, networks, report } = linted;
  for (const node of training.nodes.values()) {
    if (node.role !== "function") continue;
    for (const [index, input] of node.inputs.entries()) {
      const producer = input.node === null ? undefined : training.nodes.get(input.node);
      if (producer?.role !== "call") continue;
      const bounds = boundsOfValue(producer, input.port, networks);
      if (bounds?.layer && isNarrow(bounds.range) && node.kind.takesLogits?.(node.params)) {
        const { kind, place } = bounds.layer;
        const facts = { layer: kind.name, loss: node.kind.name, range: bounds.range };
        const edits = [{ do: "remove-node", graph: place.graph!, node: place.node!, reconnect: true } as const];
        report(diagnose("lint-bounded-score", place, facts, { title: `Remove ${kind.name}`, edits }));
      }
      const port = node.kind.inputs[Math.min(index, node.kind.inputs.length - 1)];
      if (!port.probabilities || (bounds && bounds.range[0] >= 0 && bounds.range[1] <= 1)) continue;
      const at = { ...node.place, port: input.name };
      const facts = { from: input.value!, loss: node.kind.name };
      report(
        diagnose(
          "lint-unbounded-probability",
          at,
          facts,
          squashed(linted, producer.network, input.port!, port.probabilities),
        ),
      );
    }
  }
}

/** True where a sigmoid of such scores never comes near 0 or 1: at 4 it is 0.982. */
const isNarrow = (range: Range): boolean => range.every((bound) => Math.abs(bound) < 4);

/** Puts a layer before a network's output. */
function squashed({ document, vocabulary }: Linted, network: string, output: string, layer: string): Fix | undefined {
  const name = `networks.${network}`;
  const graph = graphOf(document, name);
  const edge = graph?.edges.find(({ to }) => to === `${output}.in`);
  const kind = vocabulary.network.get(layer);
  if (!graph || !edge || !kind) return undefined;
  let node = kind.name.toLowerCase();
  while (Object.hasOwn(graph.nodes, node)) node += "_";
  const [input, given] = [kind.inputs[0].name, kind.outputs[0].name];
  const declaration = { kind: kind.name };
  const edits = [{ do: "insert-node", graph: name, node, edge, declaration, input, output: given } as const];
  return { title: `End ${network} with ${kind.name}`, edits };
}
