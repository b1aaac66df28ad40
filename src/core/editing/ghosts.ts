/**
 * Bypassed nodes as a view of a fuller graph: `unfold` puts them back with the wires that they had, `fold` leads data
 * around them. Any change of which nodes are bypassed is an unfold and a fold, so that order and neighbours never matter.
 */
import type { Bypassed } from "../document/layout.ts";
import { splitEnd, type EdgeDeclaration, type Graph } from "../document/types.ts";

export type Ghosts = Readonly<Record<string, Bypassed>>;

/** The graph without these nodes, whose readers are fed by what fed the node's first input; and what is kept of them. */
export function fold(
  full: Graph,
  ids: ReadonlySet<string>,
  inputRank: (node: string, port: string) => number,
): { readonly graph: Graph; readonly ghosts: Ghosts } {
  const nodeOf = (end: string) => splitEnd(end, full.nodes)?.node ?? "";
  const rank = (id: string, { to }: EdgeDeclaration) => inputRank(id, to.slice(id.length + 1));
  const ghosts = Object.fromEntries(
    Object.entries(full.nodes)
      .filter(([id]) => ids.has(id))
      .map(([id, declaration]): [string, Bypassed] => {
        const inputs = full.edges.filter(({ to }) => nodeOf(to) === id).sort((a, b) => rank(id, a) - rank(id, b));
        return [id, { declaration, inputs, outputs: full.edges.filter(({ from }) => nodeOf(from) === id) }];
      }),
  );
  const edges = full.edges.flatMap((edge) => {
    if (Object.hasOwn(ghosts, nodeOf(edge.to))) return [];
    const from = around(edge.from, ghosts, nodeOf);
    return from === null ? [] : [from === edge.from ? edge : { ...edge, from }];
  });
  const nodes = Object.fromEntries(Object.entries(full.nodes).filter(([id]) => !ids.has(id)));
  return { graph: { ...full, nodes, edges }, ghosts };
}

/** The inverse, as far as nobody has changed the wires that lead around; a wire whose other end is gone stays away. */
export function unfold(graph: Graph, ghosts: Ghosts): Graph {
  if (Object.keys(ghosts).length === 0) return graph;
  const declarations = Object.entries(ghosts).map(([id, { declaration }]) => [id, declaration] as const);
  const nodes = { ...graph.nodes, ...Object.fromEntries(declarations) };
  const nodeOf = (end: string) => splitEnd(end, nodes)?.node ?? "";
  const producers = new Map(graph.edges.map((edge) => [edge.to, edge.from]));
  const gives = (ghost: Bypassed, wire: EdgeDeclaration) => ghost.outputs.some((other) => same(other, wire));
  const arrives = ({ from }: EdgeDeclaration, wire: EdgeDeclaration) => {
    const source = nodeOf(from);
    return Object.hasOwn(ghosts, source) ? gives(ghosts[source], wire) : Object.hasOwn(graph.nodes, source);
  };
  const back = new Map<string, EdgeDeclaration>(); // wires out of ghosts into nodes that are there
  for (const { outputs } of Object.values(ghosts))
    for (const wire of outputs) {
      const instead = around(wire.from, ghosts, nodeOf);
      if (Object.hasOwn(graph.nodes, nodeOf(wire.to)) && (producers.get(wire.to) ?? null) === instead)
        back.set(wire.to, wire);
    }
  const edges: EdgeDeclaration[] = [];
  const done = new Set<string>();
  const bring = (id: string): void => {
    if (done.has(id) || !Object.hasOwn(ghosts, id)) return;
    done.add(id);
    for (const wire of ghosts[id].inputs) {
      if (!arrives(wire, wire)) continue;
      bring(nodeOf(wire.from));
      edges.push(wire);
    }
  };
  for (const edge of graph.edges) {
    const wire = back.get(edge.to);
    if (wire) bring(nodeOf(wire.from)); // what feeds a node stands before what it feeds
    edges.push(wire ?? edge);
    back.delete(edge.to);
  }
  for (const id of Object.keys(ghosts)) bring(id);
  return { ...graph, nodes, edges: [...edges, ...back.values()] };
}

/** The output that a reader gets instead of a bypassed one; null where nothing feeds it. */
function around(end: string, ghosts: Ghosts, nodeOf: (end: string) => string): string | null {
  const seen = new Set<string>();
  let at: string | undefined = end;
  while (at !== undefined && Object.hasOwn(ghosts, nodeOf(at))) {
    const id = nodeOf(at);
    if (seen.has(id)) return null;
    seen.add(id);
    at = ghosts[id].inputs[0]?.from;
  }
  return at ?? null;
}

const same = (a: EdgeDeclaration, b: EdgeDeclaration): boolean => a.from === b.from && a.to === b.to;
