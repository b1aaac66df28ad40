/**
 * What a person does to a graph, each as a list of edits for one entry of the history; null where it cannot be done.
 * Where the reason is worth telling there is a `whyNot…` beside the command.
 */
import type { Edit } from "../document/edits.ts";
import { bypassedOf, notesOf, type Point } from "../document/layout.ts";
import { graphOf, splitEnd, type EdgeDeclaration, type Graph, type GraphName, type NodeDeclaration } from "../document/types.ts"; // prettier-ignore
import { accept, type PortSpec, type PortType } from "../kind/ports.ts";
import { copy, paste } from "./clipboard.ts";
import type { EditingContext } from "./context.ts";
import { freshGraphName } from "./place.ts";
import { endText, portsOfNode, specAt, typeAt, type End } from "./ports.ts";
import { isRefused } from "./refusals.ts";

export { bypass, whyNotBypass } from "./bypass.ts";
export { group, whyNotGroup } from "./group.ts";
export { ungroup, whyNotUngroup } from "./ungroup.ts";
export { renameGraph, renameNode } from "./rename.ts";

/** The nodes that edits add: what is selected after them. */
export const addedNodes = (edits: readonly Edit[]): string[] =>
  edits.flatMap((edit) => (edit.do === "add-node" || edit.do === "insert-node" ? [edit.node] : []));

/** A node put in the middle of a wire; null where it has wires of its own at these ports. */
export function putOnEdge(
  context: EditingContext,
  graph: GraphName,
  node: string,
  edge: EdgeDeclaration,
): Edit[] | null {
  const held = graphOf(context.document, graph);
  if (!held || !Object.hasOwn(held.nodes, node)) return null;
  const touches = (end: string) => splitEnd(end, held.nodes)?.node === node;
  if (held.edges.some(({ from, to }) => touches(from) || touches(to))) return null;
  const between = portsBetween(context, graph, held, held.nodes[node], edge);
  if (!between) return null;
  const { from, to, ...said } = edge;
  return [
    { do: "disconnect", graph, edge },
    { do: "connect", graph, edge: { ...said, from, to: endText({ node, port: between.input }) } },
    { do: "connect", graph, edge: { from: endText({ node, port: between.output }), to } },
  ];
}

/** Nodes, bypassed nodes and notes alike. `reconnect` closes the gaps. */
export function deleteNodes(
  { document }: Pick<EditingContext, "document">,
  graph: GraphName,
  ids: Iterable<string>,
  { reconnect = false }: { readonly reconnect?: boolean } = {},
): Edit[] | null {
  const held = graphOf(document, graph);
  if (!held) return null;
  const [ghosts, notes] = [bypassedOf(document, graph), notesOf(document, graph)];
  const edits = [...new Set(ids)].flatMap((id): Edit[] => {
    if (Object.hasOwn(held.nodes, id) || Object.hasOwn(ghosts, id))
      return [{ do: "remove-node", graph, node: id, ...(reconnect && { reconnect }) }];
    return Object.hasOwn(notes, id) ? [{ do: "set-note", graph, note: id, value: undefined }] : [];
  });
  return edits.length > 0 ? edits : null;
}

/** With the wires inside the selection; {@link addedNodes} says which are new. */
export function duplicate(
  context: EditingContext,
  graph: GraphName,
  ids: Iterable<string>,
  offset: Point,
): Edit[] | null {
  const fragment = copy(context.document, graph, ids);
  const { x, y } = fragment.corner;
  const pasted = paste(context, graph, fragment, { x: x + offset.x, y: y + offset.y });
  return isRefused(pasted) ? null : [...pasted.edits];
}

/** A network with an input and an output. Its name is what is free and nearest to the one that is asked for. */
export const newNetwork = (context: EditingContext, name = "network"): Edit[] | null =>
  newGraph(context, "networks", name);

/** The same, of a block. */
export const newBlock = (context: EditingContext, name = "block"): Edit[] | null => newGraph(context, "blocks", name);

/** Nodes that stand for it stay, and say what they miss. The training graph cannot go. */
export function removeGraph({ document }: Pick<EditingContext, "document">, graph: GraphName): Edit[] | null {
  return graph === "training" || !graphOf(document, graph) ? null : [{ do: "remove-graph", graph }];
}

function newGraph(context: EditingContext, section: "networks" | "blocks", name: string): Edit[] | null {
  const graph: GraphName = `${section}.${freshGraphName(context.document, section, name)}`;
  const [input, output] = [context.boundary("input"), context.boundary("output")];
  if (!input || !output) return null;
  return [
    { do: "add-graph", graph },
    { do: "add-node", graph, node: "x", declaration: input },
    { do: "set-place", graph, node: "x", place: { x: 0, y: 0 } },
    { do: "add-node", graph, node: "y", declaration: output },
    { do: "set-place", graph, node: "y", place: { x: 0, y: 288 } },
  ];
}

/** The input of a node that can take what an output gives. */
function inputFor(
  context: EditingContext,
  graph: GraphName,
  held: Graph,
  declaration: NodeDeclaration,
  from: End,
): string | null {
  if (!Object.hasOwn(held.nodes, from.node)) return null;
  const given = specAt(portsOfNode(context, graph, held.nodes[from.node])?.outputs ?? [], from.port);
  const type = typeAt(context, graph, from);
  const port = portsOfNode(context, graph, declaration)?.inputs.find((each) => takes(each, type, given));
  return port ? (port.variadic ? `${port.name}.0` : port.name) : null;
}

/** The output of a node that an input can take. */
function outputFor(
  context: EditingContext,
  graph: GraphName,
  held: Graph,
  declaration: NodeDeclaration,
  to: End,
): string | null {
  if (!Object.hasOwn(held.nodes, to.node)) return null;
  const wanted = specAt(portsOfNode(context, graph, held.nodes[to.node])?.inputs ?? [], to.port);
  const port = wanted && portsOfNode(context, graph, declaration)?.outputs.find((each) => takes(wanted, null, each));
  return port?.name ?? null;
}

function portsBetween(
  context: EditingContext,
  graph: GraphName,
  held: Graph,
  declaration: NodeDeclaration,
  edge: EdgeDeclaration,
): { readonly input: string; readonly output: string } | null {
  if (!held.edges.some(({ from, to }) => from === edge.from && to === edge.to)) return null;
  const [from, to] = [splitEnd(edge.from, held.nodes), splitEnd(edge.to, held.nodes)];
  const input = from && inputFor(context, graph, held, declaration, from);
  const output = to && outputFor(context, graph, held, declaration, to);
  return input === null || output === null ? null : { input, output };
}

/** True where the port accepts the type, or, while that is not known, one of those that the output may carry. */
const takes = (port: PortSpec, type: PortType | null, given: PortSpec | undefined): boolean =>
  type ? accept(port, type) !== null : (given?.types ?? []).some((each) => accept(port, { type: each, shape: [] }));
