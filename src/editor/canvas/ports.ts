/** The ports that a node shows: its kind's, those of the graph that it stands for, or those that its wires name. */
import {
  splitEnd,
  type GanDocument,
  type Graph,
  type GraphName,
  type NodeDeclaration,
} from "../../core/document/types.ts";
import { placesOf, portsOfNode } from "../../core/editing/ports.ts";
import type { Vocabulary } from "../../core/kind/kind.ts";
import type { PortKind, PortSpec } from "../../core/kind/ports.ts";

export interface ShownPort {
  readonly name: string;
  readonly types: readonly PortKind[];
  readonly optional: boolean;
}
export interface NodePorts {
  readonly inputs: readonly ShownPort[];
  readonly outputs: readonly ShownPort[];
}

/** The ports of all nodes of a graph. */
export function portsIn(
  document: GanDocument,
  name: GraphName,
  graph: Graph,
  vocabulary: Vocabulary,
): ReadonlyMap<string, NodePorts> {
  const wired = wiredPorts(graph);
  const shownPorts = (id: string, declaration: NodeDeclaration): NodePorts => {
    const { inputs: into, outputs: out } = wired.get(id) ?? { inputs: [], outputs: [] };
    const specs = portsOfNode({ document, vocabulary }, name, declaration) ?? { inputs: [], outputs: [] };
    const inputs = specs.inputs.flatMap((port) => slots(port, into));
    const outputs = specs.outputs.map((port) => shown(port, port.name));
    return { inputs: withStray(inputs, into), outputs: withStray(outputs, out) };
  };
  return new Map(Object.entries(graph.nodes).map(([id, declaration]) => [id, shownPorts(id, declaration)]));
}

function slots(port: PortSpec, wired: readonly string[]): ShownPort[] {
  if (!port.variadic) return [shown(port, port.name)];
  return Array.from({ length: placesOf(port, wired) }, (_, index) => ({
    ...shown(port, `${port.name}.${index}`),
    optional: index >= port.variadic!.least,
  }));
}

/** Wires to ports that a node does not have are shown all the same: they are mistakes to be seen. */
const withStray = (ports: readonly ShownPort[], wired: readonly string[]): ShownPort[] => [
  ...ports,
  ...wired
    .filter((name) => !ports.some((port) => port.name === name))
    .map((name) => ({ name, types: [], optional: true })),
];

const shown = ({ types, optional }: PortSpec, name: string): ShownPort => ({
  name,
  types,
  optional: optional ?? false,
});

function wiredPorts(graph: Graph): Map<string, { inputs: string[]; outputs: string[] }> {
  const wired = new Map<string, { inputs: string[]; outputs: string[] }>();
  const note = (end: string, side: "inputs" | "outputs") => {
    const parts = splitEnd(end, graph.nodes);
    if (!parts) return;
    const ports = wired.get(parts.node) ?? { inputs: [], outputs: [] };
    if (!ports[side].includes(parts.port)) ports[side].push(parts.port);
    wired.set(parts.node, ports);
  };
  for (const edge of graph.edges) {
    note(edge.from, "outputs");
    note(edge.to, "inputs");
  }
  return wired;
}
