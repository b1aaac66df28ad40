/** The ports that a node shows: its kind's, those of the graph that it stands for, or those that its wires name. */
import { portsOf } from "../../core/analysis/expand.ts";
import { readParams } from "../../core/analysis/params.ts";
import { graphOf, splitEnd, type GanDocument, type Graph, type GraphName } from "../../core/document/types.ts";
import type { NodeKind, Vocabulary } from "../../core/kind/kind.ts";
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
  const kinds: ReadonlyMap<string, NodeKind> = vocabulary[name === "training" ? "training" : "network"];
  return new Map(
    Object.entries(graph.nodes).map(([id, { kind: kindName, params }]) => {
      const { inputs: into, outputs: out } = wired.get(id) ?? { inputs: [], outputs: [] };
      const kind = kinds.get(kindName);
      const specs = kind ? specsOf(document, kind, params ?? {}, vocabulary) : { inputs: [], outputs: [] };
      return [
        id,
        {
          inputs: withStray(
            specs.inputs.flatMap((port) => slots(port, into)),
            into,
          ),
          outputs: withStray(
            specs.outputs.map((port) => shown(port, port.name)),
            out,
          ),
        },
      ];
    }),
  );
}

function specsOf(
  document: GanDocument,
  kind: NodeKind,
  params: Readonly<Record<string, unknown>>,
  vocabulary: Vocabulary,
): { readonly inputs: readonly PortSpec[]; readonly outputs: readonly PortSpec[] } {
  if (kind.role !== "call" && kind.role !== "block") return kind;
  const read = readParams<NodeKind["fields"]>(kind, { kind: kind.name, params }, null, {}, () => {});
  const held = kind.role === "call" ? `networks.${kind.network(read)}` : `blocks.${kind.reference(read).block}`;
  const graph = graphOf(document, held);
  return graph ? portsOf(graph, vocabulary) : { inputs: [], outputs: [] };
}

/** A variadic port has a place for each of its wires, for what it needs at least, and a free one after them. */
function slots(port: PortSpec, wired: readonly string[]): ShownPort[] {
  if (!port.variadic) return [shown(port, port.name)];
  const taken = wired.filter((name) => name.startsWith(`${port.name}.`)).map((name) => Number(name.split(".").at(-1)));
  const last = Math.max(-1, ...taken.filter(Number.isInteger));
  const count = Math.max(port.variadic.least, last + 2);
  return Array.from({ length: count }, (_, index) => ({
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
