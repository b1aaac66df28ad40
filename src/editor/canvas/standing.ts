/**
 * What analysis knows of the nodes of one graph. A network and the training graph are analyzed themselves; a block is
 * where it is used, so it is shown as its first use has it, with the types that arrive there.
 */
import type { Analysis } from "../../core/analysis/analyze.ts";
import type { ValueId } from "../../core/analysis/expand.ts";
import type { Layer } from "../../core/analysis/network.ts";
import type { Bindings } from "../../core/analysis/params.ts";
import { emptyGraph, graphOf, type GanDocument, type GraphName } from "../../core/document/types.ts";
import type { PortType } from "../../core/kind/ports.ts";

export interface Standing {
  /** Comes before a node's id in `types`. */
  readonly prefix: string;
  readonly types: ReadonlyMap<ValueId, PortType | null>;
  /** Trainable numbers of each node, those of a block's copies together. */
  readonly parameters: ReadonlyMap<string, number>;
  /** Values of a block's parameters. */
  readonly bindings: Bindings;
}

export function standingOf(document: GanDocument, analysis: Analysis, name: GraphName): Standing {
  const graph = graphOf(document, name) ?? emptyGraph;
  if (name === "training") return { prefix: "", types: analysis.training.types, parameters: new Map(), bindings: null };
  const count = (layers: readonly Layer[], prefix: string) => parametersOf(layers, prefix, Object.keys(graph.nodes));
  const network = analysis.networks.get(name.slice("networks.".length));
  if (name.startsWith("networks."))
    return {
      prefix: "",
      types: network?.types ?? new Map(),
      parameters: count(network?.layers ?? [], ""),
      bindings: null,
    };
  const bindings = (graph as { readonly params?: Bindings }).params ?? {};
  for (const { blocks, layers, types } of analysis.networks.values()) {
    if (!blocks.has(name.slice("blocks.".length))) continue;
    const inside = layers.find(({ place }) => place.graph === name);
    if (!inside) continue;
    const prefix = inside.path.slice(0, inside.path.length - inside.place.node!.length);
    return { prefix, types, parameters: count(layers, prefix), bindings };
  }
  return { prefix: "", types: new Map(), parameters: new Map(), bindings };
}

function parametersOf(layers: readonly Layer[], prefix: string, ids: readonly string[]): Map<string, number> {
  const names = new Set(ids);
  const counted = new Map<string, number>();
  const seen = new Set<string>(); // a shared weight counts once
  for (const { path, weights } of layers) {
    if (!path.startsWith(prefix)) continue;
    const id = nodeAt(path.slice(prefix.length), names);
    if (!id) continue;
    for (const { path: weight, shape, trainable } of weights) {
      if (!trainable || seen.has(weight)) continue;
      seen.add(weight);
      counted.set(id, (counted.get(id) ?? 0) + shape.reduce((size, extent) => size * extent, 1));
    }
  }
  return counted;
}

/** The node that a path leads through: ids hold dots themselves. */
function nodeAt(path: string, ids: ReadonlySet<string>): string | null {
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    if (ids.has(path.slice(0, end))) return path.slice(0, end);
    if (path.lastIndexOf(".", end - 1) < 0) break;
  }
  return null;
}
