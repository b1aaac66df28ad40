/** Changes of the nodes and wires of one graph, and of what elsewhere speaks of them. */
import { asRecord, bypassedKey, isReserved, own } from "../layout.ts";
import {
  graphOf,
  splitEnd,
  type EdgeDeclaration,
  type GanDocument,
  type Graph,
  type NodeDeclaration,
} from "../types.ts";
import { inGraph, inLayout, renamedKey } from "./graphs.ts";

export const withNode = (graph: Graph, id: string, node: NodeDeclaration): Graph => ({
  ...graph,
  nodes: { ...graph.nodes, [id]: node },
});

export const sameEdge = (a: EdgeDeclaration, b: EdgeDeclaration): boolean => a.from === b.from && a.to === b.to;

/** With its wires; its readers are fed by what fed its first input where `reconnect` is true. */
export function removeNode(graph: Graph, id: string, reconnect: boolean): Graph {
  if (!Object.hasOwn(graph.nodes, id)) return graph;
  const { [id]: _, ...nodes } = graph.nodes;
  const touches = (end: string) => splitEnd(end, graph.nodes)?.node === id;
  const source = graph.edges.find((edge) => touches(edge.to))?.from;
  const edges = graph.edges.flatMap((edge) => {
    if (touches(edge.to)) return [];
    if (!touches(edge.from)) return [edge];
    return reconnect && source && !touches(source) ? [{ ...edge, from: source }] : [];
  });
  return { ...graph, nodes, edges };
}

/** Puts a node into a wire, which keeps what else it says. */
export function insertNode(
  graph: Graph,
  wire: EdgeDeclaration,
  id: string,
  declaration: NodeDeclaration,
  input: string,
  output: string,
): Graph {
  if (Object.hasOwn(graph.nodes, id) || !graph.edges.some((edge) => sameEdge(edge, wire))) return graph;
  const edges = graph.edges.flatMap((edge) =>
    sameEdge(edge, wire)
      ? [
          { ...edge, to: `${id}.${input}` },
          { from: `${id}.${output}`, to: edge.to },
        ]
      : [edge],
  );
  return withNode({ ...graph, edges }, id, declaration);
}

/** The declaration with a parameter set, or taken out where the value is undefined. */
export function withParam(node: NodeDeclaration, param: string, value: unknown): NodeDeclaration {
  const { [param]: _, ...rest } = node.params ?? {};
  return { ...node, params: value === undefined ? rest : { ...node.params, [param]: value } };
}

/** Members whose value is undefined go. */
export function merged<T extends object>(record: T, members: Readonly<Record<string, unknown>>): T {
  return Object.fromEntries(Object.entries({ ...record, ...members }).filter(([, value]) => value !== undefined)) as T;
}

/** A node that stands for the graph of a renamed port, so that the port has its name there. */
export interface StandIn {
  readonly graph: string;
  readonly node: string;
}

export function renameNode(
  document: GanDocument,
  graphName: string,
  id: string,
  to: string,
  standIns: readonly StandIn[],
): GanDocument {
  const graph = graphOf(document, graphName);
  const taken = (name: string) =>
    Object.hasOwn(graph?.nodes ?? {}, name) ||
    Object.hasOwn(asRecord(asRecord(own(document.layout, graphName))[bypassedKey]), name);
  if (!graph || !Object.hasOwn(graph.nodes, id) || to === "" || taken(to)) return document;
  const end = ({ node, port }: End) => (node === id ? `${to}.${port}` : null);
  const rewired = inWires(document, graphName, end);
  const renamed = inGraph(rewired, graphName, (held) => ({ ...held, nodes: renamedKey(held.nodes, id, to) }));
  const placed = inLayout(renamed, graphName, (places) => {
    if (isReserved(id) || !Object.hasOwn(places, id)) return places;
    if (!isReserved(to)) return renamedKey(places, id, to);
    const { [id]: _, ...others } = places;
    return others;
  });
  return standIns.reduce(
    (changed, standIn) =>
      inWires(changed, standIn.graph, ({ node, port }) =>
        node === standIn.node && port === id ? `${node}.${to}` : null,
      ),
    placed,
  );
}

interface End {
  readonly node: string;
  readonly port: string;
}

/** Writes the ends of a graph's wires anew, those of bypassed nodes too; null leaves an end as it is. */
function inWires(document: GanDocument, graphName: string, change: (end: End) => string | null): GanDocument {
  const graph = graphOf(document, graphName);
  if (!graph) return document;
  const ghosts = asRecord(asRecord(own(document.layout, graphName))[bypassedKey]);
  const nodes = { ...(ghosts as Graph["nodes"]), ...graph.nodes };
  const end = (text: unknown): unknown => {
    const parts = typeof text === "string" ? splitEnd(text, nodes) : null;
    return (parts && change(parts)) ?? text;
  };
  const wire = <T>(edge: T): T => {
    const { from, to } = asRecord(edge);
    const [start, finish] = [end(from), end(to)];
    return start === from && finish === to ? edge : { ...edge, from: start, to: finish };
  };
  const wires = (list: unknown): unknown => (Array.isArray(list) ? list.map(wire) : list);
  const rewired = inGraph(document, graphName, (held) => ({ ...held, edges: held.edges.map(wire) }));
  if (Object.keys(ghosts).length === 0) return rewired;
  const records = Object.entries(ghosts).map(([id, record]) => {
    const { inputs, outputs } = asRecord(record);
    return [id, { ...asRecord(record), inputs: wires(inputs), outputs: wires(outputs) }];
  });
  return inLayout(rewired, graphName, (layout) => ({ ...layout, [bypassedKey]: Object.fromEntries(records) }));
}
