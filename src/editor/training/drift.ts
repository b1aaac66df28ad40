/**
 * How an edited document stands to the one in training. Places, notes, names and the length of a run mean nothing to it; a
 * parameter that its kind's field marks as live is taken on from the next iteration; all else is another graph.
 */
import type { GanDocument, Graph, NodeDeclaration } from "../../core/document/types.ts";
import type { Fields } from "../../core/kind/fields.ts";
import { vocabulary } from "../../kinds/index.ts";
import type { Drift } from "./training.ts";

export function driftBetween(trained: GanDocument, now: GanDocument): Drift {
  if (trained.networks === now.networks && trained.blocks === now.blocks && trained.training === now.training)
    return "none";
  const meaning = ({ networks, blocks, training }: GanDocument, withLive: boolean) =>
    canonical({
      networks,
      blocks,
      training: { ...training, iterations: null, nodes: withLive ? training.nodes : withoutLive(training) },
    });
  if (meaning(trained, true) === meaning(now, true)) return "none";
  return meaning(trained, false) === meaning(now, false) ? "live" : "meaning";
}

function withoutLive({ nodes }: Graph): Graph["nodes"] {
  return Object.fromEntries(
    Object.entries(nodes).map(([id, node]): [string, NodeDeclaration] => {
      const fields = vocabulary.training.get(node.kind)?.fields;
      return [id, fields && node.params ? { ...node, params: frozen(node.params, fields) } : node];
    }),
  );
}

/** Parameters without the live ones, also inside groups. */
function frozen(params: Readonly<Record<string, unknown>>, fields: Fields): Record<string, unknown> {
  const kept = Object.entries(params).filter(([name]) => fields[name]?.live !== true);
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const members = fields[name]?.fields;
      return [name, members && isGroup(value) ? frozen(value, members) : value];
    }),
  );
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON that does not depend on the order in which members were written. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    isGroup(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
