/** What is known of one node, gathered for the inspector: its kind and parameters, what arrives and leaves, its weights. */
import type { Analysis } from "../../../core/analysis/analyze.ts";
import type { Diagnostic } from "../../../core/analysis/diagnostics.ts";
import type { Layer, LayerWeight } from "../../../core/analysis/network.ts";
import { readParams } from "../../../core/analysis/params.ts";
import { bypassedOf, own } from "../../../core/document/layout.ts";
import { graphOf, splitEnd, type GanDocument, type GraphName, type NodeDeclaration } from "../../../core/document/types.ts"; // prettier-ignore
import { bindingsIn, kindIn, portsOfNode, standsFor, typeAt } from "../../../core/editing/ports.ts";
import { standIns } from "../../../core/editing/rename.ts";
import { arithmeticOf } from "../../../core/kind/arithmetic.ts";
import type { Fields, Params } from "../../../core/kind/fields.ts";
import type { Arithmetic, NodeKind, Vocabulary } from "../../../core/kind/kind.ts";
import type { PortType } from "../../../core/kind/ports.ts";
import type { InitScheme } from "../../../core/kind/weights.ts";
import type { References } from "../form/controls.ts";

export interface PortFact {
  readonly name: string;
  readonly type: PortType | null;
}

export interface NodeFacts {
  readonly graph: GraphName;
  readonly id: string;
  readonly declaration: NodeDeclaration;
  /** Undefined where this version does not know it. */
  readonly kind: NodeKind | undefined;
  readonly bypassed: boolean;
  /** As the analysis reads them: defaults filled in, the block's parameters put in their places. */
  readonly params: Params<Fields>;
  /** The block's parameters, where the node stands in a block. */
  readonly references: References;
  readonly inputs: readonly PortFact[];
  readonly outputs: readonly PortFact[];
  readonly arithmetic: readonly Arithmetic[];
  /** Why there are no numbers, names of ports between backticks; null where there are. */
  readonly missing: string | null;
  readonly weights: WeightFacts | null;
  /** The layer that the worker can look into: the first copy, where there are several. */
  readonly looked: { readonly network: string; readonly layer: string } | null;
  readonly problems: readonly Diagnostic[];
}

export interface WeightFacts {
  readonly rows: readonly LayerWeight[];
  readonly init: InitScheme;
  /** Trainable numbers, one that is shared once. */
  readonly parameters: number;
  /** One sample's forward pass. */
  readonly flops: number;
  /** Layers that the node stands for: 1 for a layer itself. */
  readonly layers: number;
}

/** Null where there is no such node. */
export function factsOf(
  document: GanDocument,
  analysis: Analysis,
  vocabulary: Vocabulary,
  graph: GraphName,
  id: string,
): NodeFacts | null {
  const held = graphOf(document, graph);
  const ghost = own(bypassedOf(document, graph), id);
  const declaration = held && (own(held.nodes, id) ?? ghost?.declaration);
  if (!declaration) return null;
  const kind = kindIn(vocabulary, graph, declaration.kind);
  const references = bindingsIn(document, graph);
  const params = kind
    ? readParams(kind as { name: string; fields: Fields }, declaration, references, {}, () => {})
    : {};
  const context = { document, analysis, vocabulary };
  const ports = portsOfNode(context, graph, declaration);

  const arriving = held.edges.flatMap((edge): PortFact[] => {
    const [from, to] = [splitEnd(edge.from, held.nodes), splitEnd(edge.to, held.nodes)];
    return to?.node === id && from ? [{ name: to.port, type: typeAt(context, graph, from) }] : [];
  });
  const layers = layersOf(analysis, graph, id);
  const inside = kind?.role === "layer" ? layers?.of[0] : undefined;
  const outputs = (ports?.outputs ?? []).map(({ name }, index): PortFact => {
    return { name, type: inside?.outputs[index] ?? typeAt(context, graph, { node: id, port: name }) };
  });
  const inputs = (ports?.inputs ?? []).flatMap((port): PortFact[] => {
    const wired = arriving.filter(({ name }) => name === port.name || name.startsWith(`${port.name}.`));
    return port.variadic ? wired : [{ name: port.name, type: wired[0]?.type ?? null }];
  });
  const called = kind?.role === "call" ? analysis.networks.get(kind.network(params)) : undefined;
  return {
    graph,
    id,
    declaration,
    kind,
    bypassed: ghost !== undefined,
    params,
    references,
    inputs,
    outputs,
    arithmetic: kind ? numbers(kind, inside?.params ?? params, inside?.inputs ?? inputs, inside?.outputs ?? outputs.map(({ type }) => type)) : [], // prettier-ignore
    missing: missingOf(),
    weights: called
      ? weightsOf(
          called.layers.filter(({ used }) => used),
          schemeOf(document, called.name),
        )
      : layers &&
        weightsOf(kind?.role === "layer" ? layers.of.slice(0, 1) : layers.of, schemeOf(document, layers.network)),
    looked: inside?.used && layers ? { network: layers.network, layer: inside.path } : null,
    problems: analysis.diagnostics.filter(({ at }) => at.graph === graph && at.node === id),
  };

  function missingOf(): string | null {
    if (ghost) return "Data goes around this node while it is bypassed.";
    if (!kind || kind.role === "source") return null;
    if (kind.role === "call" || kind.role === "block") {
      const stands = standsFor(document, graph, declaration!, vocabulary);
      if (!stands || !graphOf(document, stands)) return `Choose a ${kind.role === "call" ? "network" : "block"} to see its numbers.`; // prettier-ignore
    }
    const open = (ports?.inputs ?? []).find(
      (port) => !port.optional && !arriving.some(({ name }) => name === port.name || name.startsWith(`${port.name}.`)),
    );
    if (open) return `Wire something into \`${open.name}\` to see the numbers.`;
    if (inside || !arriving.some(({ type }) => type === null)) return null;
    if (graph.startsWith("blocks.") && standIns(context, graph).length === 0)
      return "This block stands nowhere yet, so its shapes are not known.";
    return "What arrives here is not known yet: look at the nodes before it.";
  }
}

function numbers(
  kind: NodeKind,
  params: Params<Fields>,
  inputs: readonly { readonly type: PortType | null }[],
  outputs: readonly (PortType | null)[],
): readonly Arithmetic[] {
  return arithmeticOf(kind, params, inputs.map(({ type }) => type), outputs); // prettier-ignore
}

/** The layers that a node of a network or block became where it is written out first, in one network. */
export function layersOf(
  analysis: Analysis,
  graph: GraphName,
  id: string,
): { readonly network: string; readonly prefix: string; readonly of: readonly Layer[] } | null {
  if (graph === "training") return null;
  const name = graph.slice(graph.indexOf(".") + 1);
  for (const network of analysis.networks.values()) {
    const prefix = prefixIn(network.name, network.layers);
    if (prefix === null) continue;
    const path = prefix + id;
    const of = network.layers.filter((layer) => layer.path === path || layer.path.startsWith(`${path}.`));
    return { network: network.name, prefix, of };
  }
  return null;

  function prefixIn(network: string, layers: readonly Layer[]): string | null {
    if (graph.startsWith("networks.")) return network === name ? "" : null;
    const first = layers.find(({ place }) => place.graph === graph && place.node);
    return first ? first.path.slice(0, -first.place.node!.length) : null;
  }
}

export const schemeOf = (document: GanDocument, network: string): InitScheme =>
  document.networks[network]?.init === "dcgan" ? "dcgan" : "pytorch";

function weightsOf(layers: readonly Layer[], init: InitScheme): WeightFacts {
  const rows = [...new Map(layers.flatMap(({ weights }) => weights).map((weight) => [weight.path, weight])).values()];
  return {
    rows,
    init,
    parameters: rows.reduce((sum, { shape, trainable }) => sum + (trainable ? shape.reduce((a, b) => a * b, 1) : 0), 0),
    flops: layers.reduce((sum, layer) => sum + layer.flops, 0),
    layers: layers.length,
  };
}

/** What a parameter that may be left out stands for where it is, as far as the kind says. */
export function resolvedDefaults({
  kind,
  params,
}: Pick<NodeFacts, "kind" | "params">): Readonly<Record<string, unknown>> {
  if (kind?.role !== "sink") return {};
  const optional = Object.keys(kind.fields).filter((name) => (kind.fields as Fields)[name].optional);
  return Object.fromEntries(optional.map((name) => [name, kind.resolve({ ...params, [name]: null })[name]]));
}
