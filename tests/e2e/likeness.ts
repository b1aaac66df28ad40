/**
 * What a document means, without what its author happened to call things or where they stand: two documents with equal
 * likenesses are the same GAN. Nodes are named after what they are and what leads to them; parameters at their defaults go.
 */
import { splitEnd, type GanDocument, type Graph } from "../../src/core/document/types.ts";
import type { NodeKind } from "../../src/core/kind/kind.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { analyzed } from "../helpers/documents.ts";

export interface Likeness {
  /** By the network's name: how its weights start, and a line for each node. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly training: readonly string[];
}

export function likenessOf(document: GanDocument): Likeness {
  const portNames = new Map<string, ReadonlyMap<string, string>>();
  const networks = Object.fromEntries(
    Object.entries(document.networks).map(([name, network]) => {
      const { lines, names } = named(network, vocabulary.network, (_, port) => port);
      portNames.set(name, names);
      return [name, [`init ${network.init ?? "pytorch"}`, ...lines]];
    }),
  );
  const { batch, iterations, seed } = analyzed(document).training.settings;
  const { lines } = named(document.training, vocabulary.training, (id, port) => {
    const called = document.training.nodes[id]?.params?.network;
    return (typeof called === "string" && portNames.get(called)?.get(port)) || port;
  });
  return { networks, training: [`batch ${batch}, ${iterations} iterations, seed ${seed}`, ...lines] };
}

interface Named {
  /** "ReLU#1 in=BatchNorm2d#2.out", sorted. */
  readonly lines: readonly string[];
  /** By the document's own id. */
  readonly names: ReadonlyMap<string, string>;
}

/** @param portName a port's name without what a person called something */
function named(
  { nodes, edges }: Graph,
  kinds: ReadonlyMap<string, NodeKind>,
  portName: (node: string, port: string) => string,
): Named {
  const wires = edges.map(({ from, to, stale }) => ({ from: splitEnd(from, nodes)!, to: splitEnd(to, nodes)!, stale }));
  const full = new Map<string, string>();
  /** All that leads to a node, written out: equal for equal nodes alone. */
  function trace(id: string): string {
    const known = full.get(id);
    if (known !== undefined) return known;
    const { kind, params } = nodes[id];
    const inputs = wires
      .filter(({ to }) => to.node === id)
      .map(({ from, to, stale }) => `${portName(id, to.port)}${stale ? " stale" : ""}=(${trace(from.node)}).${portName(from.node, from.port)}`); // prettier-ignore
    const text = `${kind}${meant(kinds.get(kind), params)}[${inputs.sort().join(" ")}]`;
    full.set(id, text);
    return text;
  }
  const ids = Object.keys(nodes).sort((a, b) => trace(a).length - trace(b).length || (trace(a) < trace(b) ? -1 : 1));
  const counts = new Map<string, number>();
  const names = new Map(
    ids.map((id) => {
      const count = (counts.get(nodes[id].kind) ?? 0) + 1;
      counts.set(nodes[id].kind, count);
      return [id, `${nodes[id].kind}#${count}`];
    }),
  );
  const lines = ids.map((id) => {
    const inputs = wires
      .filter(({ to }) => to.node === id)
      .map(({ from, to, stale }) => `${portName(id, to.port)}=${names.get(from.node)}.${portName(from.node, from.port)}${stale ? " stale" : ""}`); // prettier-ignore
    return [names.get(id), meant(kinds.get(nodes[id].kind), nodes[id].params), ...inputs.sort()].join(" ");
  });
  return { lines: lines.sort(), names };
}

/** The parameters that are not at their defaults, as the kind reads them. */
function meant(kind: NodeKind | undefined, params: Readonly<Record<string, unknown>> = {}): string {
  const entries = Object.entries(params).flatMap(([name, value]) => {
    const field = kind?.fields[name];
    const read = field?.read(value) ?? value;
    return JSON.stringify(read) === JSON.stringify(field?.default) ? [] : [[name, read] as const];
  });
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}
