/**
 * Edits are plain data, and applying one is a pure function Document → Document that never throws: an edit of
 * something that is not there changes nothing. Fixes of diagnostics, the canvas and the command line share them. They
 * know no kinds: what follows from a kind, such as where a renamed port is wired, the edit itself says.
 */
import { inGraph, inLayout, removeGraph, renameGraph, setPart, withGraph } from "./changes/graphs.ts";
import { insertNode, merged, removeNode, renameNode, sameEdge, withNode, withParam, type StandIn } from "./changes/nodes.ts"; // prettier-ignore
import { setBypassed, setNote, setPlace, withoutPlace } from "./changes/places.ts";
import { bypassedOf, own, type Layout, type Note, type Point } from "./layout.ts";
import { emptyGraph, graphOf, type EdgeDeclaration, type GanDocument, type Graph, type NodeDeclaration } from "./types.ts"; // prettier-ignore

interface InGraph<Do extends string> {
  readonly do: Do;
  readonly graph: string;
}
interface OfNode<Do extends string> extends InGraph<Do> {
  readonly node: string;
}
interface OfEdge<Do extends string> extends InGraph<Do> {
  readonly edge: EdgeDeclaration;
}
/** What a graph says beside its nodes and edges. */
export type GraphPart = "init" | "weights" | "batch" | "iterations" | "seed" | "params" | "description";

export type Edit =
  | (OfNode<"add-node"> & { readonly declaration: NodeDeclaration })
  | (OfNode<"remove-node"> & { readonly reconnect?: boolean })
  /** `ports`: the nodes elsewhere that have this node as a port, whose wires follow (see editing/rename.ts). */
  | (OfNode<"rename-node"> & { readonly to: string; readonly ports?: readonly StandIn[] })
  /** Of a bypassed node too; undefined takes the parameter out. */
  | (OfNode<"set-param"> & { readonly param: string; readonly value: unknown })
  /** Another kind with these parameters in its place; the wires stay. */
  | (OfNode<"set-kind"> & { readonly kind: string; readonly params?: NodeDeclaration["params"] })
  | OfEdge<"connect">
  | OfEdge<"disconnect">
  /** Sets what else a wire says, such as `stale`; undefined takes it out. */
  | (OfEdge<"set-edge"> & { readonly set: Readonly<Record<string, unknown>> })
  | (OfNode<"insert-node"> &
      OfEdge<"insert-node"> & {
        readonly declaration: NodeDeclaration;
        readonly input: string;
        readonly output: string;
      })
  | InGraph<"add-graph">
  | InGraph<"remove-graph">
  /** `to` names a graph of the same section: networks.a → networks.b. Its layout comes along. */
  | (InGraph<"rename-graph"> & { readonly to: string })
  | (InGraph<"set-graph-part"> & { readonly part: GraphPart; readonly value: unknown })
  /** Puts another graph in the place of one that is there; its layout stays. */
  | (InGraph<"replace-graph"> & { readonly value: Graph })
  /** Puts other places, notes and bypassed nodes in the place of those of a graph that is there. */
  | (InGraph<"replace-layout"> & { readonly value: Layout })
  | (OfNode<"move-node"> & { readonly to: Point })
  /** Merges into a node's place: x, y, collapsed, width …; undefined takes the place, or the member, out. */
  | (OfNode<"set-place"> & { readonly place: Readonly<Record<string, unknown>> | undefined })
  | (InGraph<"set-note"> & { readonly note: string; readonly value: Note | undefined })
  | { readonly do: "rename-document"; readonly name: string };

export const applyEdits = (document: GanDocument, edits: readonly Edit[]): GanDocument =>
  edits.reduce(applyEdit, document);

export function applyEdit(document: GanDocument, edit: Edit): GanDocument {
  switch (edit.do) {
    case "add-node":
      return inGraph(document, edit.graph, (graph) =>
        Object.hasOwn(graph.nodes, edit.node) ? graph : withNode(graph, edit.node, edit.declaration),
      );
    case "remove-node": {
      const removed = inGraph(document, edit.graph, (graph) => removeNode(graph, edit.node, edit.reconnect ?? false));
      return withoutPlace(setBypassed(removed, edit.graph, edit.node, undefined), edit.graph, edit.node);
    }
    case "rename-node":
      return renameNode(document, edit.graph, edit.node, edit.to, edit.ports ?? []);
    case "set-param":
      return declared(document, edit.graph, edit.node, (node) => withParam(node, edit.param, edit.value));
    case "set-kind":
      return declared(document, edit.graph, edit.node, (node) =>
        merged(node, { kind: edit.kind, params: edit.params }),
      );
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
    case "set-edge": {
      const { from, to } = edit.edge;
      return inGraph(document, edit.graph, (graph) => ({
        ...graph,
        edges: graph.edges.map((edge) => (sameEdge(edge, edit.edge) ? { ...merged(edge, edit.set), from, to } : edge)),
      }));
    }
    case "insert-node":
      return inGraph(document, edit.graph, (graph) =>
        insertNode(graph, edit.edge, edit.node, edit.declaration, edit.input, edit.output),
      );
    case "add-graph":
      return graphOf(document, edit.graph) ? document : withGraph(document, edit.graph, emptyGraph);
    case "remove-graph":
      return removeGraph(document, edit.graph);
    case "rename-graph":
      return renameGraph(document, edit.graph, edit.to);
    case "set-graph-part":
      return inGraph(document, edit.graph, (graph) => setPart(graph, edit.part, edit.value));
    case "replace-graph":
      return inGraph(document, edit.graph, () => edit.value);
    case "replace-layout":
      return graphOf(document, edit.graph) ? inLayout(document, edit.graph, () => edit.value) : document;
    case "move-node":
      return setPlace(document, edit.graph, edit.node, { x: edit.to.x, y: edit.to.y });
    case "set-place":
      return setPlace(document, edit.graph, edit.node, edit.place);
    case "set-note":
      return setNote(document, edit.graph, edit.note, edit.value);
    case "rename-document":
      return { ...document, name: edit.name };
  }
}

/** The declaration of a node, bypassed or not, changed. */
function declared(
  document: GanDocument,
  graph: string,
  node: string,
  change: (declaration: NodeDeclaration) => NodeDeclaration,
): GanDocument {
  const ghost = own(bypassedOf(document, graph), node);
  if (ghost) return setBypassed(document, graph, node, { ...ghost, declaration: change(ghost.declaration) });
  return inGraph(document, graph, (held) => {
    const declaration = own(held.nodes, node);
    return declaration ? withNode(held, node, change(declaration)) : held;
  });
}
