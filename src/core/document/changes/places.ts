/** Changes of where things stand, of notes, and of what is kept of bypassed nodes. */
import { asRecord, bypassedKey, bypassedOf, isReserved, notesKey, own, type Bypassed, type Note } from "../layout.ts";
import { graphOf, type GanDocument } from "../types.ts";
import { inLayout } from "./graphs.ts";
import { merged } from "./nodes.ts";

/** Merges into the place of a node, also of a bypassed one; with undefined, it has no place any more. */
export function setPlace(
  document: GanDocument,
  graph: string,
  node: string,
  place: Readonly<Record<string, unknown>> | undefined,
): GanDocument {
  const changed = (before: unknown) => place && merged(asRecord(before), place);
  const ghost = own(bypassedOf(document, graph), node);
  if (ghost) return setBypassed(document, graph, node, merged(ghost, { place: changed(ghost.place) }));
  if (isReserved(node) || !Object.hasOwn(graphOf(document, graph)?.nodes ?? {}, node)) return document;
  return inLayout(document, graph, (places) => withMember(places, node, changed(own(places, node))));
}

export const withoutPlace = (document: GanDocument, graph: string, node: string): GanDocument =>
  isReserved(node) ? document : inLayout(document, graph, (places) => withMember(places, node, undefined));

export const setNote = (document: GanDocument, graph: string, note: string, value: Note | undefined): GanDocument =>
  inSection(document, graph, notesKey, note, value);

export const setBypassed = (
  document: GanDocument,
  graph: string,
  node: string,
  value: Bypassed | undefined,
): GanDocument => inSection(document, graph, bypassedKey, node, value);

/** Sets a member of one of the records under a "$" key; an empty record goes. */
function inSection(document: GanDocument, graph: string, key: string, member: string, value: unknown): GanDocument {
  if (!graphOf(document, graph)) return document;
  return inLayout(document, graph, (layout) => {
    const before = asRecord(layout[key]);
    const after = withMember(before, member, value);
    if (after === before) return layout;
    return withMember(layout, key, Object.keys(after).length === 0 ? undefined : after);
  });
}

function withMember(
  record: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (value !== undefined) return { ...record, [key]: value };
  if (!Object.hasOwn(record, key)) return record;
  const { [key]: _, ...others } = record;
  return others;
}
