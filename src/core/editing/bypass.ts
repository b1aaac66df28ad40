/** Bypassing: a node keeps its place, and data goes around it. Doing it again puts the node back. */
import type { Edit } from "../document/edits.ts";
import { graphOf, splitEnd, type GraphName } from "../document/types.ts";
import type { EditingContext } from "./context.ts";
import { portsOfNode } from "./ports.ts";
import { refusals } from "./refusals.ts";
import { closed, opened, type Sheet } from "./sheet.ts";

/** Bypasses these nodes; where all of them are bypassed already, puts them back. Null where none can be. */
export function bypass(context: EditingContext, name: GraphName, ids: Iterable<string>): Edit[] | null {
  const sheet = opened(context, name);
  if (!sheet) return null;
  const chosen = [...ids].filter((id) => Object.hasOwn(sheet.graph.nodes, id));
  const fresh = chosen.filter((id) => !sheet.bypassed.has(id));
  const able = fresh.filter((id) => wayAround(context, name, sheet, id));
  if (chosen.length === 0 || (fresh.length > 0 && able.length === 0)) return null;
  const bypassed = new Set(sheet.bypassed);
  if (fresh.length === 0) for (const id of chosen) bypassed.delete(id);
  for (const id of able) bypassed.add(id);
  return closed(context, name, { ...sheet, bypassed });
}

/** Why {@link bypass} gives null; null where it does not. */
export function whyNotBypass(context: EditingContext, name: GraphName, ids: Iterable<string>): string | null {
  const chosen = [...ids];
  if (bypass(context, name, chosen)) return null;
  if (!graphOf(context.document, name)) return refusals.noGraph(name);
  const there = chosen.find((id) => Object.hasOwn(graphOf(context.document, name)!.nodes, id));
  return there === undefined ? refusals.nothingToBypass : refusals.noWayAround(there);
}

/** True where a wire arrives and the node has a port that leads on. */
function wayAround(context: EditingContext, name: GraphName, { graph }: Sheet, id: string): boolean {
  const ports = portsOfNode(context, name, graph.nodes[id]);
  const touches = (end: string) => splitEnd(end, graph.nodes)?.node === id;
  const leads = ports ? ports.outputs.length > 0 : graph.edges.some(({ from }) => touches(from));
  return leads && graph.edges.some(({ to }) => touches(to));
}
