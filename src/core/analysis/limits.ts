/**
 * Which blocks may not be written out: those that contain themselves, that are nested too deep, or that would make the
 * network too large. Judged on the definitions, with the values that their parameters take, before anything is expanded.
 */
import type { GanDocument, Graph } from "../document/types.ts";
import type { BlockReference, Vocabulary } from "../kind/kind.ts";
import { diagnose, type Diagnostic } from "./diagnostics.ts";
import { byId } from "./order.ts";
import { readParams, type Bindings } from "./params.ts";

/** Nodes of one network, blocks written out. */
export const expansionLimit = 100_000;
/** Blocks within blocks. */
export const nestingLimit = 100;

/** A block's parameters where a Block node stands: the block's defaults, and what the node gives. */
export const bindingsOf = (
  params: Readonly<Record<string, unknown>> | undefined,
  reference: BlockReference,
): Bindings => ({
  ...params,
  ...reference.arguments,
});

/** A graph with the values of its "$name" parameters: null in a network, which has none. */
export interface BoundGraph {
  readonly graph: Graph;
  readonly name: string;
  readonly bindings: Bindings;
}

export function refusedBlocks(
  document: GanDocument,
  top: BoundGraph,
  vocabulary: Vocabulary,
  report: (diagnostic: Diagnostic) => void,
): ReadonlySet<string> {
  const refused = new Set<string>();
  const open: string[] = [];
  let nodes = 0;
  visit(top, 1);
  if (nodes > expansionLimit) {
    if (top.name.startsWith("networks."))
      report(diagnose("expansion-too-large", { graph: top.name }, { limit: expansionLimit }));
    for (const { reference } of references(top)) refused.add(reference.block);
  }
  return refused;

  /** Every visit counts at least the Block node that led to it, so that the limit also bounds the walk. */
  function visit(bound: BoundGraph, copies: number): void {
    const { graph, name } = bound;
    nodes += copies * Object.keys(graph.nodes).length;
    for (const { node, reference } of references(bound)) {
      const { block, repeat } = reference;
      if (nodes > expansionLimit) return;
      if (!Object.hasOwn(document.blocks, block) || refused.has(block)) continue;
      if (open.includes(block)) {
        const circle = [...open.slice(open.indexOf(block)), block];
        for (const member of circle) refused.add(member);
        report(diagnose("block-recursive", { graph: name, node }, { blocks: circle }));
      } else if (open.length === nestingLimit) {
        refused.add(block);
        report(diagnose("block-nesting", { graph: name, node }, { limit: nestingLimit }));
      } else {
        open.push(block);
        const inner = document.blocks[block];
        visit(
          { graph: inner, name: `blocks.${block}`, bindings: bindingsOf(inner.params, reference) },
          copies * repeat,
        );
        open.pop();
      }
    }
  }

  function references({
    graph,
    bindings,
  }: BoundGraph): { readonly node: string; readonly reference: BlockReference }[] {
    const ids = Object.keys(graph.nodes).filter((id) => vocabulary.network.get(graph.nodes[id].kind)?.role === "block");
    return ids.sort(byId).flatMap((node) => {
      const kind = vocabulary.network.get(graph.nodes[node].kind);
      if (kind?.role !== "block") return [];
      return [{ node, reference: kind.reference(readParams(kind, graph.nodes[node], bindings, {}, () => {})) }];
    });
  }
}
