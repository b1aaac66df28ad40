/**
 * Nodes as they travel over the clipboard, between graphs, documents and windows: plain JSON with the wires among them,
 * their places, notes, and the blocks that they stand for. Wires to other nodes stay behind.
 */
import { applyEdits, type Edit } from "../document/edits.ts";
import { asRecord, bypassedKey, layoutOf, notesOf, pointOf, type Layout, type Note, type Point } from "../document/layout.ts"; // prettier-ignore
import { parseJson } from "../document/parse.ts";
import { sameData } from "../document/same.ts";
import { currentFormat, graphOf, splitEnd, type BlockDeclaration, type GanDocument, type Graph, type GraphName, type NodeDeclaration } from "../document/types.ts"; // prettier-ignore
import { bypass } from "./bypass.ts";
import { paramOfGraph, type EditingContext } from "./context.ts";
import { reaches } from "./fits.ts";
import { fold } from "./ghosts.ts";
import { freshGraphName, freshName } from "./place.ts";
import { kindIn, standsFor } from "./ports.ts";
import { refusals, type Refused } from "./refusals.ts";
import { opened, shifted } from "./sheet.ts";

const fragmentFormat = "ganvas-fragment/1";

export interface Fragment extends Graph {
  readonly format: typeof fragmentFormat;
  /** Those of the nodes that are bypassed. */
  readonly bypassed: readonly string[];
  readonly places: Layout;
  readonly notes: Readonly<Record<string, Note>>;
  /** Blocks that the nodes may stand for. */
  readonly blocks: Readonly<Record<string, BlockDeclaration>>;
  /** The upper left corner of all places. */
  readonly corner: Point;
}

/** @param ids nodes, bypassed nodes and notes; others are left out */
export function copy(document: GanDocument, name: GraphName, ids: Iterable<string>): Fragment {
  const chosen = new Set(ids);
  const sheet = opened({ document }, name);
  const passed = sheet?.bypassed ?? new Set<string>();
  const unchosen = new Set([...passed].filter((id) => !chosen.has(id)));
  const graph = sheet ? fold(sheet.graph, unchosen, () => 0).graph : { nodes: {}, edges: [] };
  const only = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => chosen.has(id)));
  const nodes = only(graph.nodes);
  const inside = (end: string) => Object.hasOwn(nodes, splitEnd(end, graph.nodes)?.node ?? "");
  const places = Object.fromEntries(Object.entries(sheet?.places ?? {}).filter(([id]) => Object.hasOwn(nodes, id)));
  const notes = only(notesOf(document, name));
  return {
    format: fragmentFormat,
    nodes,
    edges: graph.edges.filter(({ from, to }) => inside(from) && inside(to)),
    bypassed: [...passed].filter((id) => chosen.has(id)),
    places,
    notes,
    blocks: blocksNamedIn(document, nodes),
    corner: cornerOf([...Object.values(places), ...Object.values(notes)]),
  };
}

/** Reads what {@link copy} wrote, as text; null where it is something else. Parts that are not readable are left out. */
export function parseFragment(text: string): Fragment | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { format, nodes, edges, places, notes, blocks, bypassed } = asRecord(json);
  if (format !== fragmentFormat) return null;
  const layout = { "networks.it": { ...asRecord(places), $notes: notes } };
  const { document } = parseJson({ format: currentFormat, networks: { it: { nodes, edges } }, blocks, layout });
  if (!document) return null;
  const { it } = document.networks;
  const read = copy(document, "networks.it", [...Object.keys(it.nodes), ...Object.keys(notesOf(document, "networks.it"))]); // prettier-ignore
  const passed = Array.isArray(bypassed) ? bypassed.filter((id): id is string => Object.hasOwn(it.nodes, String(id))) : []; // prettier-ignore
  return { ...read, blocks: document.blocks, bypassed: passed };
}

/**
 * @param at where the fragment's corner comes to stand
 * @returns the edits and the ids of what is new; or why it cannot be
 */
export function paste(
  context: EditingContext,
  graph: GraphName,
  fragment: Fragment,
  at: Point,
): { readonly edits: readonly Edit[]; readonly ids: readonly string[] } | Refused {
  const { document, vocabulary } = context;
  const held = graphOf(document, graph);
  if (!held) return { why: refusals.noGraph(graph) };
  if (Object.keys(fragment.nodes).length + Object.keys(fragment.notes).length === 0)
    return { why: refusals.nothingToPaste };
  const other = graph === "training" ? "network" : "training";
  for (const { kind } of Object.values(fragment.nodes))
    if (!kindIn(vocabulary, graph, kind) && vocabulary[other].has(kind))
      return { why: refusals.elsewhere(kind, other === "network" ? "a network" : "the training graph") };

  const blocks = bringBlocks(context, graph, fragment);
  const layout = layoutOf(document, graph);
  const ids = freshNames(Object.keys(fragment.nodes), [...Object.keys(held.nodes), ...Object.keys(asRecord(layout[bypassedKey]))]); // prettier-ignore
  const notes = freshNames(Object.keys(fragment.notes), [...Object.keys(held.nodes), ...ids.values(), ...Object.keys(notesOf(document, graph))]); // prettier-ignore
  const by = { x: at.x - fragment.corner.x, y: at.y - fragment.corner.y };
  const end = (text: string) => {
    const parts = splitEnd(text, fragment.nodes);
    const node = parts && ids.get(parts.node);
    return node === undefined || node === null ? null : `${node}.${parts!.port}`;
  };
  let homeless = 0;
  const added = [...ids].flatMap(([id, node]): Edit[] => {
    const declaration = blocks.rename(graph, fragment.nodes[id]);
    const place = Object.hasOwn(fragment.places, id) ? fragment.places[id] : null;
    const placed = pointOf(place) ? shifted(place, by) : { x: at.x, y: at.y + 96 * homeless++ };
    return [
      { do: "add-node", graph, node, declaration },
      { do: "set-place", graph, node, place: asRecord(placed) },
    ];
  });
  const wired = fragment.edges.flatMap((edge): Edit[] => {
    const [from, to] = [end(edge.from), end(edge.to)];
    return from === null || to === null ? [] : [{ do: "connect", graph, edge: { ...edge, from, to } }];
  });
  const written = [...notes].map(([id, note]): Edit => {
    const value = shifted(fragment.notes[id], by) as Note;
    return { do: "set-note", graph, note, value };
  });
  const edits = [...blocks.edits, ...added, ...wired, ...written];
  const pasted = applyEdits(document, edits);
  const circle = [...new Set(blocks.names.values())].find((block) =>
    reaches({ document: pasted, vocabulary }, `blocks.${block}`, graph),
  );
  if (circle !== undefined) return { why: refusals.containsItself(circle) };
  const passed = fragment.bypassed.flatMap((id) => ids.get(id) ?? []);
  const folded = passed.length > 0 ? bypass({ ...context, document: pasted }, graph, passed) : null;
  return { edits: [...edits, ...(folded ?? [])], ids: [...ids.values(), ...notes.values()] };
}

interface Brought {
  readonly edits: readonly Edit[];
  /** Names in the fragment → names in the document. */
  readonly names: ReadonlyMap<string, string>;
  rename(graph: GraphName, declaration: NodeDeclaration): NodeDeclaration;
}

/** The blocks that the nodes stand for: those that the document has are used, others come along, under a free name. */
function bringBlocks({ document, vocabulary }: EditingContext, graph: GraphName, fragment: Fragment): Brought {
  const names = new Map<string, string>();
  const edits: Edit[] = [];
  let grown = document;
  const carried = { ...document, blocks: { ...document.blocks, ...fragment.blocks } };
  const blockOf = (where: GraphName, declaration: NodeDeclaration): string | null => {
    if (kindIn(vocabulary, where, declaration.kind)?.role !== "block") return null;
    return standsFor(carried, where, declaration, vocabulary)?.slice("blocks.".length) ?? null;
  };
  const rename: Brought["rename"] = (where, declaration) => {
    const block = blockOf(where, declaration);
    const to = block === null ? undefined : names.get(block);
    const param = paramOfGraph(kindIn(vocabulary, where, declaration.kind)!);
    if (to === undefined || to === block || param === null) return declaration;
    return { ...declaration, params: { ...declaration.params, [param]: to } };
  };
  const bring = (block: string): void => {
    if (names.has(block)) return;
    names.set(block, block);
    if (!Object.hasOwn(fragment.blocks, block)) return;
    const definition = fragment.blocks[block];
    const where: GraphName = `blocks.${block}`;
    const inner = Object.values(definition.nodes).flatMap((node) => blockOf(where, node) ?? []);
    inner.forEach(bring);
    const there = Object.hasOwn(grown.blocks, block);
    if (there && sameData(grown.blocks[block], definition) && inner.every((each) => names.get(each) === each)) return;
    const name = there ? freshGraphName(grown, "blocks", block) : block;
    names.set(block, name);
    const nodes = Object.entries(definition.nodes).map(([id, node]) => [id, rename(where, node)] as const);
    const value = { ...definition, nodes: Object.fromEntries(nodes) };
    const added: Edit[] = [
      { do: "add-graph", graph: `blocks.${name}` },
      { do: "replace-graph", graph: `blocks.${name}`, value },
    ];
    edits.push(...added);
    grown = applyEdits(grown, added);
  };
  for (const node of Object.values(fragment.nodes)) {
    const block = blockOf(graph, node);
    if (block !== null) bring(block);
  }
  return { edits, names, rename };
}

/** Blocks whose names are values of these nodes' parameters, and those in them: at least what the nodes stand for. */
function blocksNamedIn(document: GanDocument, nodes: Graph["nodes"]): Record<string, BlockDeclaration> {
  const found = new Map<string, BlockDeclaration>();
  const waiting = [nodes];
  for (const at of waiting)
    for (const { params } of Object.values(at))
      for (const value of Object.values(params ?? {})) {
        if (typeof value !== "string" || found.has(value) || !Object.hasOwn(document.blocks, value)) continue;
        found.set(value, document.blocks[value]);
        waiting.push(document.blocks[value].nodes);
      }
  return Object.fromEntries(found);
}

function freshNames(ids: readonly string[], others: Iterable<string>): ReadonlyMap<string, string> {
  const taken = new Set(others);
  return new Map(
    ids.map((id) => {
      const name = freshName(id, taken);
      taken.add(name);
      return [id, name];
    }),
  );
}

function cornerOf(places: readonly unknown[]): Point {
  const points = places.flatMap((place) => pointOf(place) ?? []);
  if (points.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) };
}
