/**
 * Edits are plain data, and applying one is a pure function Document → Document that never throws: an edit of
 * something that is not there changes nothing. Fixes of diagnostics, the canvas and the command line share them.
 */
import {
  emptyGraph,
  graphOf,
  splitEnd,
  type EdgeDeclaration,
  type GanDocument,
  type Graph,
  type NodeDeclaration,
} from "./types.ts";

export type Edit =
  | { readonly do: "add-node"; readonly graph: string; readonly node: string; readonly declaration: NodeDeclaration }
  | { readonly do: "remove-node"; readonly graph: string; readonly node: string; readonly reconnect?: boolean }
  | { readonly do: "rename-node"; readonly graph: string; readonly node: string; readonly to: string }
  | {
      readonly do: "set-param";
      readonly graph: string;
      readonly node: string;
      readonly param: string;
      readonly value: unknown;
    }
  | { readonly do: "connect"; readonly graph: string; readonly edge: EdgeDeclaration }
  | { readonly do: "disconnect"; readonly graph: string; readonly edge: EdgeDeclaration }
  | {
      readonly do: "insert-node";
      readonly graph: string;
      readonly edge: EdgeDeclaration;
      readonly node: string;
      readonly declaration: NodeDeclaration;
      readonly input: string;
      readonly output: string;
    }
  | { readonly do: "add-graph"; readonly graph: string }
  | { readonly do: "remove-graph"; readonly graph: string }
  | {
      readonly do: "move-node";
      readonly graph: string;
      readonly node: string;
      readonly to: { readonly x: number; readonly y: number };
    }
  | { readonly do: "rename-document"; readonly name: string };

export const applyEdits = (document: GanDocument, edits: readonly Edit[]): GanDocument =>
  edits.reduce(applyEdit, document);

export function applyEdit(document: GanDocument, edit: Edit): GanDocument {
  switch (edit.do) {
    case "add-node":
      return inGraph(document, edit.graph, (graph) =>
        Object.hasOwn(graph.nodes, edit.node) ? graph : withNode(graph, edit.node, edit.declaration),
      );
    case "remove-node":
      return withoutPlace(
        inGraph(document, edit.graph, (graph) => removeNode(graph, edit.node, edit.reconnect ?? false)),
        edit.graph,
        edit.node,
      );
    case "rename-node":
      return renameNode(document, edit.graph, edit.node, edit.to);
    case "set-param":
      return inGraph(document, edit.graph, (graph) => {
        const node = own(graph.nodes, edit.node);
        if (!node) return graph;
        const { [edit.param]: _, ...rest } = node.params ?? {};
        const params = edit.value === undefined ? rest : { ...node.params, [edit.param]: edit.value };
        return withNode(graph, edit.node, { ...node, params });
      });
    case "connect": // one producer an input: the new wire takes the place of an older one
      return inGraph(document, edit.graph, (graph) => ({
        ...graph,
        edges: [...graph.edges.filter((edge) => edge.to !== edit.edge.to), edit.edge],
      }));
    case "disconnect":
      return inGraph(document, edit.graph, (graph) => ({
        ...graph,
        edges: graph.edges.filter((edge) => !sameEdge(edge, edit.edge)),
      }));
    case "insert-node":
      return inGraph(document, edit.graph, (graph) => {
        if (Object.hasOwn(graph.nodes, edit.node) || !graph.edges.some((edge) => sameEdge(edge, edit.edge)))
          return graph;
        const edges = graph.edges.flatMap((edge) =>
          sameEdge(edge, edit.edge)
            ? [
                { ...edge, to: `${edit.node}.${edit.input}` },
                { from: `${edit.node}.${edit.output}`, to: edge.to },
              ]
            : [edge],
        );
        return withNode({ ...graph, edges }, edit.node, edit.declaration);
      });
    case "add-graph":
      return graphOf(document, edit.graph) ? document : withGraph(document, edit.graph, emptyGraph);
    case "remove-graph": {
      if (!graphOf(document, edit.graph)) return document;
      const { [edit.graph]: _, ...layout } = document.layout;
      return { ...withGraph(document, edit.graph, undefined), layout };
    }
    case "move-node":
      if (!Object.hasOwn(graphOf(document, edit.graph)?.nodes ?? {}, edit.node)) return document;
      return {
        ...document,
        layout: {
          ...document.layout,
          [edit.graph]: {
            ...document.layout[edit.graph],
            [edit.node]: { ...asRecord(document.layout[edit.graph]?.[edit.node]), ...edit.to },
          },
        },
      };
    case "rename-document":
      return { ...document, name: edit.name };
  }
}

function removeNode(graph: Graph, id: string, reconnect: boolean): Graph {
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

function renameNode(document: GanDocument, graphName: string, id: string, to: string): GanDocument {
  const graph = graphOf(document, graphName);
  if (!graph || !Object.hasOwn(graph.nodes, id) || Object.hasOwn(graph.nodes, to) || to === "") return document;
  const end = (text: string) => {
    const parts = splitEnd(text, graph.nodes);
    return parts?.node === id ? `${to}.${parts.port}` : text;
  };
  const renamed = inGraph(document, graphName, () => ({
    ...graph,
    nodes: Object.fromEntries(Object.entries(graph.nodes).map(([name, node]) => [name === id ? to : name, node])),
    edges: graph.edges.map((edge) => ({ ...edge, from: end(edge.from), to: end(edge.to) })),
  }));
  const places = renamed.layout[graphName];
  if (!places || !Object.hasOwn(places, id)) return renamed;
  const { [id]: place, ...others } = places;
  return { ...renamed, layout: { ...renamed.layout, [graphName]: { ...others, [to]: place } } };
}

function inGraph(document: GanDocument, name: string, change: (graph: Graph) => Graph): GanDocument {
  const graph = graphOf(document, name);
  if (!graph) return document;
  const changed = change(graph);
  return changed === graph ? document : withGraph(document, name, changed);
}

function withGraph(document: GanDocument, name: string, graph: Graph | undefined): GanDocument {
  if (name === "training") return { ...document, training: graph ?? emptyGraph };
  const section = name.startsWith("networks.") ? "networks" : name.startsWith("blocks.") ? "blocks" : null;
  if (!section) return document;
  const { [name.slice(section.length + 1)]: _, ...others } = document[section];
  if (!graph) return { ...document, [section]: others };
  return { ...document, [section]: { ...document[section], [name.slice(section.length + 1)]: graph } };
}

function withoutPlace(document: GanDocument, graph: string, node: string): GanDocument {
  const places = document.layout[graph];
  if (!places || !Object.hasOwn(places, node)) return document;
  const { [node]: _, ...others } = places;
  return { ...document, layout: { ...document.layout, [graph]: others } };
}

const withNode = (graph: Graph, id: string, node: NodeDeclaration): Graph => ({
  ...graph,
  nodes: { ...graph.nodes, [id]: node },
});
const sameEdge = (a: EdgeDeclaration, b: EdgeDeclaration): boolean => a.from === b.from && a.to === b.to;
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
const asRecord = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
