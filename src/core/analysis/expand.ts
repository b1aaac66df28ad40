/**
 * Blocks written out: a network's graph becomes a flat list of layers and boundary ports whose ids are paths
 * ("main.3.conv1"). Recursion and size are judged on the block definitions, before anything is expanded.
 */
import { emptyGraph, type GanDocument, type Graph } from "../document/types.ts";
import type { BlockKind, BlockReference, BoundaryKind, LayerKind, Vocabulary } from "../kind/kind.ts";
import type { Fields, Params } from "../kind/fields.ts";
import type { PortSpec } from "../kind/ports.ts";
import { diagnose, nearest, type Diagnostic, type Place } from "./diagnostics.ts";
import { byId } from "./order.ts";
import { bind, readParams, type Bindings } from "./params.ts";
import { inputsOf, wire } from "./wiring.ts";

export const expansionLimit = 100_000;

/** "path.port" of the output that a value comes from. */
export type ValueId = string;

export interface FlatInput {
  readonly port: PortSpec;
  readonly name: string;
  /** Null where an optional port has no wire, undefined where a needed one is missing. */
  readonly value: ValueId | null | undefined;
}
export interface FlatNode {
  readonly path: string;
  readonly kind: LayerKind | BoundaryKind;
  readonly params: Params<Fields>;
  readonly inputs: readonly FlatInput[];
  /** Where the node stands in the document, for messages. */
  readonly place: Place;
  /** Weights of shared blocks live under a name of the whole document instead of the path. */
  readonly shared: string | null;
}
export interface Repetition {
  readonly path: string;
  readonly place: Place;
  readonly input: ValueId | null;
  readonly output: ValueId;
}
export interface Expansion {
  readonly nodes: ReadonlyMap<string, FlatNode>;
  /** The chained copies of repeated blocks: each copy's input and output must have one type. */
  readonly repetitions: readonly Repetition[];
  /** Output ports of block nodes → the value inside that they stand for, so that a canvas can show their types. */
  readonly aliases: ReadonlyMap<ValueId, ValueId | null>;
}

export const valueId = (path: string, port: string): ValueId => `${path}.${port}`;

/** The named ports of a network or block: its Input and Output nodes, in the order of their ids. */
export function boundary(graph: Graph, vocabulary: Vocabulary): { inputs: string[]; outputs: string[] } {
  const named = (role: "input" | "output") =>
    Object.keys(graph.nodes)
      .filter((id) => vocabulary.network.get(graph.nodes[id].kind)?.role === role)
      .sort(byId);
  return { inputs: named("input"), outputs: named("output") };
}

interface Level {
  readonly graph: Graph;
  readonly name: string;
  readonly prefix: string;
  readonly shared: string | null;
  readonly bindings: Bindings;
}

export function expand(
  document: GanDocument,
  network: string,
  vocabulary: Vocabulary,
  report: (diagnostic: Diagnostic) => void,
): Expansion {
  const nodes = new Map<string, FlatNode>();
  const aliases = new Map<ValueId, ValueId | null>();
  const repetitions: Repetition[] = [];
  const top = document.networks[network] ?? emptyGraph;
  const name = `networks.${network}`;
  const refused = refusedBlocks(document, top, name, vocabulary, report);
  const levels: Level[] = [{ graph: top, name, prefix: "", shared: null, bindings: null }];
  for (let level = levels.pop(); level; level = levels.pop()) levels.push(...expandLevel(level));

  const resolve = (value: ValueId): ValueId | undefined => {
    let at: ValueId | null | undefined = value;
    while (at && aliases.has(at)) at = aliases.get(at);
    return at ?? undefined;
  };
  for (const [path, node] of nodes) {
    const inputs = node.inputs.map((input) => ({ ...input, value: input.value && resolve(input.value) }));
    nodes.set(path, { ...node, inputs });
  }
  return {
    nodes,
    aliases: new Map([...aliases.keys()].map((value) => [value, resolve(value) ?? null])),
    repetitions: repetitions.map((each) => ({ ...each, input: (each.input && resolve(each.input)) ?? null, output: resolve(each.output) ?? each.output })),
  };

  /** Adds one level's layers and returns the levels of its blocks. */
  function expandLevel({ graph, name, prefix, shared, bindings }: Level): Level[] {
    const inner: Level[] = [];
    const ports = (id: string) => {
      const kind = vocabulary.network.get(graph.nodes[id].kind);
      if (!kind) return null;
      if (kind.role !== "block") return kind;
      const reference = kind.reference(readParams(kind, graph.nodes[id], bindings, {}, () => {}));
      const block = document.blocks[reference.block];
      return block && Object.hasOwn(document.blocks, reference.block) ? blockPorts(block, vocabulary) : null;
    };
    const wiring = wire(graph, name, ports, report);
    for (const id of Object.keys(graph.nodes).sort(byId)) {
      const declaration = graph.nodes[id];
      const place = { graph: name, node: id };
      const path = prefix + id;
      if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(id)) report(diagnose("node-name", place, { found: id }));
      const kind = vocabulary.network.get(declaration.kind);
      if (!kind) {
        report(unknownKind(declaration.kind, place, vocabulary, "network"));
        continue;
      }
      const params = readParams(kind, declaration, bindings, place, report);
      const portSpecs = ports(id);
      if (!portSpecs) {
        const { block } = (kind as BlockKind).reference(params);
        report(diagnose("block-unknown", { ...place, param: "block" }, { block, blocks: Object.keys(document.blocks).sort(byId) }));
        continue;
      }
      const arriving = inputsOf(portSpecs.inputs, wiring.get(id), place, prefix && kind.role === "input" ? () => {} : report);
      const inputs = arriving.inputs.map(({ port, name, producer }) => ({
        port,
        name,
        value: producer ? valueId(prefix + producer.node, producer.port) : port.optional ? null : undefined,
      }));
      if (kind.role === "block") {
        const reference = kind.reference(params);
        if (!refused.has(reference.block)) inner.push(...copies(kind.reference(params), path, place, inputs, bindings, shared));
        continue;
      }
      if (prefix && kind.role !== "layer") continue; // a block's own ports are aliases, set where the block stands
      nodes.set(path, { path, kind, params, inputs, place, shared: shared === null ? null : `${shared}.${id}` });
    }
    return inner;
  }

  /** The levels of one Block node, with its ports tied to what is inside. */
  function copies(
    reference: BlockReference, path: string, place: Place, inputs: readonly FlatInput[], outer: Bindings, shared: string | null,
  ): Level[] { // prettier-ignore
    const block = document.blocks[reference.block];
    const ports = boundary(block, vocabulary);
    const given = bind(reference.arguments, outer).value as Record<string, unknown>;
    for (const name of Object.keys(given))
      if (!Object.hasOwn(block.params ?? {}, name))
        report(diagnose("block-argument", { ...place, param: "with" }, { name, params: Object.keys(block.params ?? {}) }));
    const bindings = { ...block.params, ...given };
    let repeat = reference.repeat;
    if (repeat > 1 && (ports.inputs.length !== 1 || ports.outputs.length !== 1)) {
      report(diagnose("block-repeat", { ...place, param: "repeat" }, { inputs: ports.inputs.length, outputs: ports.outputs.length }));
      repeat = 1;
    }
    let feeds: readonly { name: string; value: ValueId | null | undefined }[] = inputs;
    const inner: Level[] = [];
    for (let copy = 0; copy < repeat; copy++) {
      const prefix = repeat > 1 ? `${path}.${copy}.` : `${path}.`;
      for (const port of ports.inputs)
        aliases.set(valueId(prefix + port, "out"), feeds.find((feed) => feed.name === port)?.value ?? null);
      const outputs = ports.outputs.map((port) => ({ name: port, value: producerOf(block, port, prefix) }));
      if (repeat > 1) repetitions.push({ path: prefix.slice(0, -1), place, input: feeds[0]?.value ?? null, output: outputs[0].value ?? "" });
      const ownName = reference.share ?? (shared === null ? null : `${shared}.${prefix.slice(path.lastIndexOf(".") + 1, -1)}`);
      inner.push({ graph: block, name: `blocks.${reference.block}`, prefix, shared: ownName, bindings });
      feeds = outputs.map((output) => ({ name: ports.inputs[0], value: output.value }));
      if (copy === repeat - 1)
        for (const output of outputs) aliases.set(valueId(path, output.name), output.value ?? null);
    }
    return inner;
  }
}

/** The value that arrives at an Output node of a block. */
function producerOf(block: Graph, output: string, prefix: string): ValueId | undefined {
  const edge = block.edges.find((candidate) => candidate.to === `${output}.in`);
  return edge && prefix + edge.from;
}

function blockPorts(block: Graph, vocabulary: Vocabulary): { inputs: PortSpec[]; outputs: PortSpec[] } {
  const { inputs, outputs } = boundary(block, vocabulary);
  const port = (name: string): PortSpec => ({ name, types: ["image", "vector", "label", "tokens", "embedded"], help: "" });
  return { inputs: inputs.map(port), outputs: outputs.map(port) };
}

export function unknownKind(kind: string, place: Place, vocabulary: Vocabulary, graph: "network" | "training"): Diagnostic {
  const other = graph === "network" ? vocabulary.training : vocabulary.network;
  if (other.has(kind)) return diagnose("kind-elsewhere", place, { kind, belongs: graph === "network" ? "the training graph" : "a network" });
  return diagnose("unknown-kind", place, { kind, near: nearest(kind, vocabulary[graph].keys()) });
}

/** Blocks that may not be expanded: they contain themselves, or the whole would grow past the limit. */
function refusedBlocks(
  document: GanDocument, top: Graph, topName: string, vocabulary: Vocabulary, report: (diagnostic: Diagnostic) => void,
): ReadonlySet<string> { // prettier-ignore
  const references = (graph: Graph) =>
    Object.entries(graph.nodes).flatMap(([node, declaration]) => {
      const kind = vocabulary.network.get(declaration.kind);
      if (kind?.role !== "block") return [];
      return [{ node, ...kind.reference(readParams(kind, declaration, null, {}, () => {})) }];
    });
  const refused = new Set<string>();
  const sizes = new Map<string, number>();
  const open: string[] = [];
  const sizeOf = (graph: Graph, name: string): number => {
    let size = 0;
    for (const { node, block, repeat } of references(graph)) {
      if (!Object.hasOwn(document.blocks, block)) continue;
      if (open.includes(block)) {
        const circle = [...open.slice(open.indexOf(block)), block];
        for (const member of circle) refused.add(member);
        report(diagnose("block-recursive", { graph: name, node }, { blocks: circle }));
        continue;
      }
      if (!sizes.has(block)) {
        open.push(block);
        sizes.set(block, sizeOf(document.blocks[block], `blocks.${block}`));
        open.pop();
      }
      size += repeat * sizes.get(block)!;
    }
    return size + Object.keys(graph.nodes).length;
  };
  const size = sizeOf(top, topName);
  if (size > expansionLimit) {
    report(diagnose("expansion-too-large", { graph: topName }, { nodes: size, limit: expansionLimit }));
    for (const { block } of references(top)) refused.add(block);
  }
  return refused;
}
