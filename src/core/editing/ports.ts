/** The ports that nodes have and what flows there, for commands and for judging wires. */
import { portsOf } from "../analysis/expand.ts";
import { readParams, type Bindings } from "../analysis/params.ts";
import { graphOf, splitEnd, type GanDocument, type Graph, type GraphName, type NodeDeclaration } from "../document/types.ts"; // prettier-ignore
import type { NodeKind, Vocabulary } from "../kind/kind.ts";
import type { PortSpec, PortType } from "../kind/ports.ts";
import type { JudgingContext } from "./context.ts";

/** One end of a wire. */
export interface End {
  readonly node: string;
  readonly port: string;
}
export interface NodePorts {
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
}

export const endText = ({ node, port }: End): string => `${node}.${port}`;

export const kindIn = (vocabulary: Vocabulary, graph: GraphName, name: string): NodeKind | undefined =>
  vocabulary[graph === "training" ? "training" : "network"].get(name);

/** The network or block that a node stands for; null where it stands for none. */
export function standsFor(
  document: GanDocument,
  graph: GraphName,
  declaration: NodeDeclaration,
  vocabulary: Vocabulary,
): GraphName | null {
  const kind = kindIn(vocabulary, graph, declaration.kind);
  if (kind?.role !== "call" && kind?.role !== "block") return null;
  const params = readParams<NodeKind["fields"]>(kind, declaration, bindingsIn(document, graph), {}, () => {});
  return kind.role === "call" ? `networks.${kind.network(params)}` : `blocks.${kind.reference(params).block}`;
}

/** Null where the kind, or the graph that the node stands for, does not exist. */
export function portsOfNode(
  { document, vocabulary }: Pick<JudgingContext, "document" | "vocabulary">,
  graph: GraphName,
  declaration: NodeDeclaration,
): NodePorts | null {
  const kind = kindIn(vocabulary, graph, declaration.kind);
  if (!kind) return null;
  if (kind.role !== "call" && kind.role !== "block") return kind;
  const held = graphOf(document, standsFor(document, graph, declaration, vocabulary) ?? "");
  return held ? portsOf(held, vocabulary) : null;
}

/** A block's parameters with their defaults, null elsewhere. */
export const bindingsIn = (document: GanDocument, graph: GraphName): Bindings =>
  graph.startsWith("blocks.") ? ((graphOf(document, graph) as { params?: Bindings } | undefined)?.params ?? {}) : null;

/** The declared port behind a wire's end: "in.2" is the third place of a variadic "in". */
export const specAt = (ports: readonly PortSpec[], name: string): PortSpec | undefined =>
  ports.find((port) => (port.variadic ? indexAt(port, name) !== null : port.name === name));

/** The place of a variadic port that a name means; null where it means none. */
export function indexAt(port: PortSpec, name: string): number | null {
  const index = name.startsWith(`${port.name}.`) ? name.slice(port.name.length + 1) : "";
  return /^(0|[1-9]\d{0,8})$/.test(index) ? Number(index) : null;
}

/** The names of the inputs where a wire may arrive, wired or not: of a variadic port, up to the next free place. */
export function openPorts(context: JudgingContext, graph: GraphName, node: string): readonly string[] {
  const held = graphOf(context.document, graph);
  if (!held || !Object.hasOwn(held.nodes, node)) return [];
  const ports = portsOfNode(context, graph, held.nodes[node]);
  const wired = wiredInputs(held, node);
  return (ports?.inputs ?? []).flatMap((port) => {
    if (!port.variadic) return [port.name];
    return Array.from({ length: placesOf(port, wired) }, (_, index) => `${port.name}.${index}`);
  });
}

/** A variadic port has a place for each of its wires, for what it needs at least, and a free one after them; others one. */
export const placesOf = (port: PortSpec, wired: readonly string[]): number =>
  port.variadic
    ? Math.max(port.variadic.least, Math.max(-1, ...wired.map((name) => indexAt(port, name) ?? -1)) + 2)
    : 1;

/** The names of a node's inputs that have a wire. */
const wiredInputs = ({ nodes, edges }: Graph, node: string): string[] =>
  edges.flatMap((edge) => {
    const to = splitEnd(edge.to, nodes);
    return to?.node === node ? [to.port] : [];
  });

/**
 * What flows out of a node's port, null where that is not known. Inside a block it is what flows where the block is
 * used first.
 */
export function typeAt({ analysis }: JudgingContext, graph: GraphName, end: End): PortType | null {
  if (graph === "training") return analysis.training.types.get(endText(end)) ?? null;
  const name = graph.slice(graph.indexOf(".") + 1);
  if (graph.startsWith("networks.")) return analysis.networks.get(name)?.types.get(endText(end)) ?? null;
  for (const { blocks, layers, types } of analysis.networks.values()) {
    const inside = blocks.has(name) && layers.find(({ place }) => place.graph === graph && place.node);
    if (inside) return types.get(inside.path.slice(0, -inside.place.node!.length) + endText(end)) ?? null;
  }
  return null;
}
