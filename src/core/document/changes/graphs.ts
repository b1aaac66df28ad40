/** Changes of whole graphs of a document: of one that is not there, nothing. */
import { asRecord, own } from "../layout.ts";
import { emptyGraph, graphOf, type GanDocument, type Graph } from "../types.ts";

export function inGraph(document: GanDocument, name: string, change: (graph: Graph) => Graph): GanDocument {
  const graph = graphOf(document, name);
  if (!graph) return document;
  const changed = change(graph);
  return changed === graph ? document : withGraph(document, name, changed);
}

/** With `graph` undefined, without it; the training graph becomes empty then. */
export function withGraph(document: GanDocument, name: string, graph: Graph | undefined): GanDocument {
  if (name === "training") return { ...document, training: graph ?? emptyGraph };
  const section = sectionOf(name);
  if (!section) return document;
  const { [name.slice(section.length + 1)]: _, ...others } = document[section];
  if (!graph) return { ...document, [section]: others };
  return { ...document, [section]: { ...document[section], [name.slice(section.length + 1)]: graph } };
}

export function removeGraph(document: GanDocument, name: string): GanDocument {
  if (!graphOf(document, name)) return document;
  const { [name]: _, ...layout } = document.layout;
  return { ...withGraph(document, name, undefined), layout };
}

/** Within its section, to a name that is free; it keeps its position. */
export function renameGraph(document: GanDocument, name: string, to: string): GanDocument {
  const section = sectionOf(name);
  if (!section || section !== sectionOf(to) || !graphOf(document, name) || graphOf(document, to)) return document;
  const [before, after] = [name, to].map((each) => each.slice(section.length + 1));
  if (after === "") return document;
  return {
    ...document,
    [section]: renamedKey(document[section], before, after),
    layout: renamedKey(document.layout, name, to),
  };
}

/** Sets a part of a graph beside its nodes and edges, or takes it out. */
export function setPart(graph: Graph, part: string, value: unknown): Graph {
  if (value === undefined && !Object.hasOwn(graph, part)) return graph;
  const { [part]: _, ...rest } = graph;
  return (value === undefined ? rest : { ...graph, [part]: value }) as Graph;
}

/** The record with one key called differently, in its old position. */
export function renamedKey<T>(record: Readonly<Record<string, T>>, key: string, to: string): Record<string, T> {
  const entries = Object.entries(record).filter(([name]) => name !== to || !Object.hasOwn(record, key));
  return Object.fromEntries(entries.map(([name, value]) => [name === key ? to : name, value]));
}

/** The layout of one graph changed; an empty one goes. */
export function inLayout(
  document: GanDocument,
  graph: string,
  change: (layout: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): GanDocument {
  const before = asRecord(own(document.layout, graph));
  const after = change(before);
  if (after === before) return document;
  const { [graph]: _, ...others } = document.layout;
  const layout = Object.keys(after).length === 0 ? others : { ...document.layout, [graph]: after };
  return { ...document, layout };
}

const sectionOf = (name: string): "networks" | "blocks" | null =>
  name.startsWith("networks.") ? "networks" : name.startsWith("blocks.") ? "blocks" : null;
