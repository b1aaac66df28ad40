/** A graph's edges, resolved: which value arrives at each input port. Wires that lead nowhere become diagnostics. */
import { splitEnd, type EdgeDeclaration, type Graph } from "../document/types.ts";
import type { PortSpec } from "../kind/ports.ts";
import { brief, diagnose, type Diagnostic, type Place } from "./diagnostics.ts";

export interface Producer {
  readonly node: string;
  readonly port: string;
  readonly stale: boolean;
  readonly edge: EdgeDeclaration;
}
/** Node id → input port ("in", or "in.0" where variadic) → what is wired to it. */
export type Wiring = ReadonlyMap<string, ReadonlyMap<string, Producer>>;

/** A node's ports; null where they cannot be known (its kind or network does not exist): then no wire is judged there. */
export type PortsOf = (
  node: string,
) => { readonly inputs: readonly PortSpec[]; readonly outputs: readonly PortSpec[] } | null;

export function wire(
  graph: Graph,
  graphName: string,
  portsOf: PortsOf,
  report: (diagnostic: Diagnostic) => void,
): Wiring {
  const wiring = new Map<string, Map<string, Producer>>();
  const producers = new Map<string, string[]>();
  for (const edge of graph.edges) {
    const from = splitEnd(edge.from, graph.nodes);
    const to = splitEnd(edge.to, graph.nodes);
    const removal = { title: "Remove the wire", edits: [{ do: "disconnect", graph: graphName, edge } as const] };
    const lost = [[edge.from, from] as const, [edge.to, to] as const].find(
      ([, end]) => !end || !Object.hasOwn(graph.nodes, end.node),
    );
    if (lost || !from || !to) {
      const end = lost?.[1]?.node ?? lost?.[0] ?? "";
      report(diagnose("edge-node", { graph: graphName }, { end, from: edge.from, to: edge.to }, removal));
      continue;
    }
    const outputs = portsOf(from.node)?.outputs;
    if (outputs && !outputs.some((port) => port.name === from.port)) {
      const facts = { end: from.port, from: edge.from, to: edge.to, ports: outputs.map((port) => port.name) };
      report(diagnose("edge-port", { graph: graphName, node: from.node, port: from.port }, facts, removal));
      continue;
    }
    const inputs = portsOf(to.node)?.inputs;
    if (inputs && !inputs.some((port) => matches(port, to.port))) {
      const ports = inputs.map((port) => (port.variadic ? `${port.name}.0, ${port.name}.1, …` : port.name));
      report(
        diagnose(
          "edge-port",
          { graph: graphName, node: to.node, port: to.port },
          { end: to.port, from: edge.from, to: edge.to, ports },
          removal,
        ),
      );
      continue;
    }
    if (edge.stale !== undefined && typeof edge.stale !== "boolean") {
      const facts = {
        param: `stale of the wire ${edge.from} → ${edge.to}`,
        found: brief(edge.stale),
        wanted: "true or false",
      };
      report(diagnose("param-value", { graph: graphName, node: to.node, port: to.port }, facts));
    }
    producers.set(edge.to, [...(producers.get(edge.to) ?? []), edge.from]);
    const arriving = wiring.get(to.node) ?? new Map<string, Producer>();
    if (!arriving.has(to.port)) arriving.set(to.port, { ...from, stale: edge.stale === true, edge });
    wiring.set(to.node, arriving);
  }
  for (const [end, from] of producers) {
    if (from.length < 2) continue;
    const { node, port } = splitEnd(end, graph.nodes)!;
    const kept = graph.edges.find((edge) => edge.from === from[0] && edge.to === end)!;
    const edits = [{ do: "connect", graph: graphName, edge: kept } as const]; // takes the place of all the others
    report(
      diagnose(
        "two-producers",
        { graph: graphName, node, port },
        { port: end, producers: from },
        { title: `Keep ${from[0]} only`, edits },
      ),
    );
  }
  return wiring;
}

const matches = (port: PortSpec, name: string): boolean =>
  port.variadic ? new RegExp(`^${port.name}\\.(0|[1-9]\\d*)$`).test(name) : port.name === name;

/**
 * A node's inputs in declared order, a variadic port's in the order of their indices; null where an optional port has
 * no wire. Missing wires become diagnostics, and `complete` is false then.
 */
export function inputsOf(
  ports: readonly PortSpec[],
  arriving: ReadonlyMap<string, Producer> | undefined,
  at: Place,
  report: (diagnostic: Diagnostic) => void,
): {
  readonly inputs: readonly { readonly port: PortSpec; readonly name: string; readonly producer: Producer | null }[];
  readonly complete: boolean;
} {
  let complete = true;
  const inputs = ports.flatMap((port) => {
    if (!port.variadic) {
      const producer = arriving?.get(port.name) ?? null;
      if (!producer && !port.optional) {
        complete = false;
        report(diagnose("missing-wire", { ...at, port: port.name }, { port: port.name, types: port.types }));
      }
      return [{ port, name: port.name, producer }];
    }
    const indices = [...(arriving?.keys() ?? [])]
      .filter((name) => matches(port, name))
      .map((name) => Number(name.slice(port.name.length + 1)))
      .sort((a, b) => a - b);
    const gap = indices.findIndex((index, position) => index !== position);
    if (gap >= 0) {
      complete = false;
      report(diagnose("port-gap", { ...at, port: `${port.name}.${gap}` }, { port: `${port.name}.${gap}` }));
    } else if (indices.length < port.variadic.least) {
      complete = false;
      report(
        diagnose("too-few-inputs", { ...at, port: port.name }, { found: indices.length, wanted: port.variadic.least }),
      );
    }
    return indices.map((index) => ({
      port,
      name: `${port.name}.${index}`,
      producer: arriving!.get(`${port.name}.${index}`)!,
    }));
  });
  return { inputs, complete };
}
