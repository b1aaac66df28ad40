/** A block is taken apart: its layers stand where its node stood. The definition goes with the last node that uses it. */
import { sentence, type Diagnostic } from "../analysis/diagnostics.ts";
import { bindingsOf } from "../analysis/limits.ts";
import { bind, readParams } from "../analysis/params.ts";
import type { Edit } from "../document/edits.ts";
import { pointOf } from "../document/layout.ts";
import { graphOf, splitEnd, type BlockDeclaration, type EdgeDeclaration, type GraphName, type NodeDeclaration } from "../document/types.ts"; // prettier-ignore
import type { BlockReference } from "../kind/kind.ts";
import type { EditingContext } from "./context.ts";
import { freshName } from "./place.ts";
import { kindIn } from "./ports.ts";
import { isRefused, refusals, type Refused } from "./refusals.ts";
import { standIns } from "./rename.ts";
import { closed, middleOf, opened, shifted, type Sheet } from "./sheet.ts";

/** Null where one of them is no block that could be taken apart: {@link whyNotUngroup} says why. */
export function ungroup(context: EditingContext, graph: GraphName, ids: Iterable<string>): Edit[] | null {
  const result = takeApart(context, graph, ids);
  if (isRefused(result)) return null;
  const { sheet, gone } = result;
  const leftOver = [...new Set(gone.values())].filter(
    (block) =>
      !opened(context, block)?.notes.$notes &&
      standIns(context, block).every((each) => each.graph === graph && gone.has(each.node)),
  );
  return [...closed(context, graph, sheet), ...leftOver.map((block): Edit => ({ do: "remove-graph", graph: block }))];
}

/** Why {@link ungroup} gives null; null where it does not. */
export function whyNotUngroup(context: EditingContext, graph: GraphName, ids: Iterable<string>): string | null {
  const result = takeApart(context, graph, ids);
  return isRefused(result) ? result.why : null;
}

interface Apart {
  readonly sheet: Sheet;
  /** The nodes that were taken apart, and what they stood for. */
  readonly gone: ReadonlyMap<string, GraphName>;
}

/** Other nodes than blocks stay as they are. */
function takeApart(context: EditingContext, graph: GraphName, ids: Iterable<string>): Apart | Refused {
  const start = opened(context, graph);
  if (!start) return { why: refusals.noGraph(graph) };
  const gone = new Map<string, GraphName>();
  let sheet = start;
  for (const id of new Set(ids)) {
    const { nodes } = start.graph;
    if (!Object.hasOwn(nodes, id) || kindIn(context.vocabulary, graph, nodes[id].kind)?.role !== "block") continue;
    const reference = referenceOf(context, graph, id, nodes[id]);
    if (isRefused(reference)) return reference;
    sheet = inlined(context, sheet, id, reference);
    gone.set(id, `blocks.${reference.block}`);
  }
  return gone.size === 0 ? { why: refusals.notABlock } : { sheet, gone };
}

function referenceOf(
  { document, vocabulary }: EditingContext,
  graph: GraphName,
  id: string,
  declaration: NodeDeclaration,
): BlockReference | Refused {
  const kind = kindIn(vocabulary, graph, declaration.kind);
  if (kind?.role !== "block") return { why: refusals.notABlock };
  const wrong: Diagnostic[] = [];
  const reference = kind.reference(readParams(kind, declaration, null, {}, (diagnostic) => wrong.push(diagnostic)));
  const mistake = wrong.find(({ code }) => code === "param-value");
  if (mistake) return { why: graph.startsWith("blocks.") ? refusals.blockBound(id) : sentence(mistake) };
  const { block, repeat, share } = reference;
  if (!graphOf(document, `blocks.${block}`)) return { why: refusals.blockGone(block) };
  if (repeat > 1) return { why: refusals.repeated(id, repeat) };
  return share === null ? reference : { why: refusals.shared(id, share) };
}

function inlined(context: EditingContext, outer: Sheet, id: string, reference: BlockReference): Sheet {
  const name: GraphName = `blocks.${reference.block}`;
  const inner = opened(context, name)!;
  const bindings = bindingsOf((inner.graph as BlockDeclaration).params, reference);
  const roleOf = (node: string) => kindIn(context.vocabulary, name, inner.graph.nodes[node]?.kind ?? "")?.role;
  const layers = Object.keys(inner.graph.nodes).filter((node) => roleOf(node) !== "input" && roleOf(node) !== "output");

  const { [id]: _, ...others } = outer.graph.nodes;
  const ids = namesOf(layers, id, new Set(Object.keys(others)));
  const nodes = layers.map((node): [string, NodeDeclaration] => {
    const { params, ...rest } = inner.graph.nodes[node];
    return [ids.get(node)!, params ? { ...rest, params: bind(params, bindings).value as typeof params } : rest as NodeDeclaration]; // prettier-ignore
  });
  const places = Object.fromEntries(Object.entries(outer.places).filter(([node]) => node !== id));
  const middle = middleOf(inner.places, layers);
  const stood = pointOf(outer.places[id]);
  const by = middle && stood ? { x: stood.x - middle.x, y: stood.y - middle.y } : { x: 0, y: 0 };
  for (const node of layers)
    if (Object.hasOwn(inner.places, node)) places[ids.get(node)!] = shifted(inner.places[node], by);
  const bypassed = [...inner.bypassed].flatMap((node) => ids.get(node) ?? []);
  return {
    ...outer,
    graph: {
      ...outer.graph,
      nodes: Object.fromEntries(
        Object.entries(outer.graph.nodes).flatMap(([node, held]) => (node === id ? nodes : [[node, held]])),
      ),
      edges: joined(outer, inner, id, ids),
    },
    bypassed: new Set([...outer.bypassed, ...bypassed].filter((node) => node !== id)),
    places,
  };
}

/** Names inside the block → names outside: their own where those are free, else with the block's before them. */
function namesOf(layers: readonly string[], id: string, taken: Set<string>): ReadonlyMap<string, string> {
  return new Map(
    layers.map((node) => {
      const name = taken.has(node) ? freshName(`${id}.${node}`, taken) : node;
      taken.add(name);
      return [node, name];
    }),
  );
}

/** The wires of both, joined where they met at the block's ports. */
function joined(outer: Sheet, inner: Sheet, id: string, ids: ReadonlyMap<string, string>): EdgeDeclaration[] {
  const outside = (end: string) => splitEnd(end, outer.graph.nodes);
  const inside = (end: string) => splitEnd(end, inner.graph.nodes);
  const feeds = new Map<string, string>();
  for (const { from, to } of outer.graph.edges) {
    const target = outside(to);
    if (target?.node === id && outside(from)?.node !== id) feeds.set(target.port, from);
  }
  /** An end inside as it is called outside; a port of the block is whatever feeds it. */
  const source = (end: string): string | null => {
    const parts = inside(end);
    if (!parts) return null;
    const layer = ids.get(parts.node);
    return layer === undefined ? (feeds.get(parts.node) ?? null) : `${layer}.${parts.port}`;
  };
  const own = inner.graph.edges.flatMap((edge): EdgeDeclaration[] => {
    const to = inside(edge.to);
    const from = source(edge.from);
    const layer = to && ids.get(to.node);
    return from === null || !layer ? [] : [{ ...edge, from, to: `${layer}.${to.port}` }];
  });
  const given = new Map(inner.graph.edges.map((edge) => [inside(edge.to)?.node ?? "", edge.from]));
  let brought = false;
  const edges = outer.graph.edges.flatMap((edge): EdgeDeclaration[] => {
    if (outside(edge.to)?.node === id) return [];
    const from = outside(edge.from);
    if (from?.node !== id) return [edge];
    const before = brought ? [] : own;
    brought = true;
    const producer = given.get(from.port);
    const start = producer === undefined ? null : source(producer);
    return start === null ? before : [...before, { ...edge, from: start }];
  });
  return brought ? edges : [...edges, ...own];
}
