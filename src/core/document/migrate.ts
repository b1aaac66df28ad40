/**
 * Older formats → the current one, a step at a time. A migration takes the whole JSON of its format and gives that of
 * the next; it is added here, with a document of the old format under tests/migrations, when the format changes.
 */
import { currentFormat } from "./types.ts";

type Migration = (json: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Keyed by the format that each one leads away from. */
export const migrations: ReadonlyMap<string, { readonly to: string; readonly migrate: Migration }> = new Map([
  ["ganvas/0", { to: "ganvas/1", migrate: fromListOfNodes }],
]);

/** The JSON in the current format; null where no chain of migrations leads there (also for newer formats). */
export function migrate(json: Record<string, unknown>, format: string): Record<string, unknown> | null {
  let current = json;
  for (let at = format; at !== currentFormat;) {
    const step = migrations.get(at);
    if (!step) return null;
    current = { ...step.migrate(current), format: step.to };
    at = step.to;
  }
  return current;
}

/** ganvas/0, the drafts before the first release, kept nodes as a list of {id, kind, …} and edges as [from, to]. */
function fromListOfNodes(json: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = (node: unknown, index: number): [string, unknown] => {
    if (typeof node !== "object" || node === null || !("id" in node)) return [String(index), node]; // parsing says what is wrong with it
    const { id, ...rest } = node;
    return [String(id), rest];
  };
  const graph = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const { nodes, edges, ...rest } = value as Record<string, unknown>;
    return {
      ...rest,
      nodes: Array.isArray(nodes) ? Object.fromEntries(nodes.map(named)) : nodes,
      edges: Array.isArray(edges)
        ? edges.map((edge) => (Array.isArray(edge) ? { from: edge[0], to: edge[1] } : edge))
        : edges,
    };
  };
  const graphs = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, graph(member)]))
      : value;
  return { ...json, networks: graphs(json.networks), blocks: graphs(json.blocks), training: graph(json.training) };
}
