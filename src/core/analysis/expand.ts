/**
 * Blocks written out: a network's graph becomes a flat list of layers and boundary ports whose ids are paths
 * ("main.3.conv1"). What may not be written out is left out (see limits.ts).
 */
import { emptyGraph, graphOf, type GanDocument, type Graph, type GraphName } from "../document/types.ts";
import type { BlockKind, BlockReference, BoundaryKind, LayerKind, Vocabulary } from "../kind/kind.ts";
import type { Fields, Params } from "../kind/fields.ts";
import type { PortSpec } from "../kind/ports.ts";
import { brief, diagnose, nearest, type Diagnostic, type Place } from "./diagnostics.ts";
import { bindingsOf, refusedBlocks, type BoundGraph } from "./limits.ts";
import { byId } from "./order.ts";
import { readParams, type Bindings } from "./params.ts";
import { nodeNamePattern } from "./parts.ts";
import { inputsOf, wire } from "./wiring.ts";

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
  /** The blocks that were written out in it. */
  readonly blocks: ReadonlySet<string>;
}

export const nodeName = new RegExp(nodeNamePattern);

export const valueId = (path: string, port: string): ValueId => `${path}.${port}`;

/** The named ports of a network or block: its Input and Output nodes, in the order of their ids. */
export function boundary(graph: Graph, vocabulary: Vocabulary): { inputs: string[]; outputs: string[] } {
  const named = (role: "input" | "output") =>
    Object.keys(graph.nodes)
      .filter((id) => vocabulary.network.get(graph.nodes[id].kind)?.role === role)
      .sort(byId);
  return { inputs: named("input"), outputs: named("output") };
}

interface Level extends BoundGraph {
  readonly prefix: string;
  readonly shared: string | null;
}

/**
 * @param root the graph to write out: a network's; or that of a block that stands nowhere, which is judged with the
 * defaults of its parameters and without what is inside its own blocks.
 */
export function expand(
  document: GanDocument,
  root: GraphName,
  vocabulary: Vocabulary,
  report: (diagnostic: Diagnostic) => void,
): Expansion {
  const nodes = new Map<string, FlatNode>();
  const places = new Map<string, Place>(); // of every path, also of block nodes and their inner ports
  const aliases = new Map<ValueId, ValueId | null>();
  const repetitions: Repetition[] = [];
  const blocks = new Set<string>();
  const top: Graph & { readonly params?: Bindings } = graphOf(document, root) ?? emptyGraph;
  const alone = root.startsWith("blocks.");
  const level: Level = {
    graph: top,
    name: root,
    prefix: "",
    shared: null,
    bindings: alone ? (top.params ?? {}) : null,
  };
  const refused = refusedBlocks(document, level, vocabulary, report);
  const levels = [level];
  for (let next = levels.pop(); next; next = levels.pop()) {
    const inner = expandLevel(next);
    if (!alone) for (const each of inner) levels.push(each);
  }

  const resolve = resolver(aliases, (circle) => {
    const paths = [...new Set(circle.map((value) => value.slice(0, value.lastIndexOf("."))))].filter((path) =>
      places.has(path),
    );
    const outer = paths.filter((path) => places.get(path)!.graph === root);
    const around = outer.length > 0 ? outer : paths;
    report(diagnose("cycle", places.get(around[0]) ?? { graph: root }, { nodes: [...around, around[0]] }));
  });
  for (const [path, node] of nodes) {
    const inputs = node.inputs.map((input) => ({ ...input, value: input.value && resolve(input.value) }));
    nodes.set(path, { ...node, inputs });
  }
  return {
    nodes,
    blocks,
    aliases: new Map([...aliases.keys()].map((value) => [value, resolve(value) ?? null])),
    repetitions: repetitions.map((each) => ({
      ...each,
      input: (each.input && resolve(each.input)) ?? null,
      output: resolve(each.output) ?? each.output,
    })),
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
      return block && Object.hasOwn(document.blocks, reference.block) ? portsOf(block, vocabulary) : null;
    };
    const wiring = wire(graph, name, ports, report);
    for (const id of Object.keys(graph.nodes).sort(byId)) {
      const declaration = graph.nodes[id];
      const place = { graph: name, node: id };
      const path = prefix + id;
      if (!nodeName.test(id)) report(diagnose("node-name", place, { found: id }));
      const clashing = places.get(path);
      if (clashing) report(diagnose("path-clash", clashing.graph === root ? clashing : place, { path }));
      places.set(path, place);
      const kind = vocabulary.network.get(declaration.kind);
      if (!kind) {
        report(unknownKind(declaration.kind, place, vocabulary, "network"));
        continue;
      }
      const params = readParams(kind, declaration, bindings, place, report);
      const portSpecs = ports(id);
      if (!portSpecs) {
        const { block } = (kind as BlockKind).reference(params);
        report(
          diagnose(
            "block-unknown",
            { ...place, param: "block" },
            { block, blocks: Object.keys(document.blocks).sort(byId) },
          ),
        );
        continue;
      }
      const arriving = inputsOf(
        portSpecs.inputs,
        wiring.get(id),
        place,
        prefix && kind.role === "input" ? () => {} : report,
      );
      const inputs = arriving.inputs.map(({ port, name, producer }) => ({
        port,
        name,
        value: producer ? valueId(prefix + producer.node, producer.port) : port.optional ? null : undefined,
      }));
      if (kind.role === "block") {
        const reference = shareable(kind.reference(params), place, report);
        if (refused.has(reference.block)) continue;
        blocks.add(reference.block);
        for (const copy of copies(reference, id, prefix, place, inputs, shared)) inner.push(copy);
        continue;
      }
      if (prefix && kind.role !== "layer") continue; // a block's own ports are aliases, set where the block stands
      nodes.set(path, { path, kind, params, inputs, place, shared: shared === null ? null : `${shared}.${id}` });
    }
    return inner;
  }

  /** The levels of one Block node, with its ports tied to what is inside. */
  function copies(
    reference: BlockReference,
    id: string,
    outer: string,
    place: Place,
    inputs: readonly FlatInput[],
    shared: string | null,
  ): Level[] {
    const block = document.blocks[reference.block];
    const path = outer + id;
    const ports = boundary(block, vocabulary);
    for (const name of Object.keys(reference.arguments))
      if (!Object.hasOwn(block.params ?? {}, name))
        report(
          diagnose("block-argument", { ...place, param: "with" }, { name, params: Object.keys(block.params ?? {}) }),
        );
    const bindings = bindingsOf(block.params, reference);
    let repeat = reference.repeat;
    if (repeat > 1 && (ports.inputs.length !== 1 || ports.outputs.length !== 1)) {
      report(
        diagnose(
          "block-repeat",
          { ...place, param: "repeat" },
          { inputs: ports.inputs.length, outputs: ports.outputs.length },
        ),
      );
      repeat = 1;
    }
    let feeds: readonly { name: string; value: ValueId | null | undefined }[] = inputs;
    const inner: Level[] = [];
    for (let copy = 0; copy < repeat; copy++) {
      const prefix = repeat > 1 ? `${path}.${copy}.` : `${path}.`;
      for (const port of ports.inputs)
        aliases.set(valueId(prefix + port, "out"), feeds.find((feed) => feed.name === port)?.value ?? null);
      const outputs = ports.outputs.map((port) => ({ name: port, value: producerOf(block, port, prefix) }));
      if (repeat > 1)
        repetitions.push({
          path: prefix.slice(0, -1),
          place,
          input: feeds[0]?.value ?? null,
          output: outputs[0].value ?? "",
        });
      const ownName = reference.share ?? (shared === null ? null : `${shared}.${prefix.slice(outer.length, -1)}`);
      inner.push({ graph: block, name: `blocks.${reference.block}`, prefix, shared: ownName, bindings });
      feeds = outputs.map((output) => ({ name: ports.inputs[0], value: output.value }));
      if (copy === repeat - 1)
        for (const output of outputs) aliases.set(valueId(path, output.name), output.value ?? null);
    }
    return inner;
  }
}

/**
 * Follows aliases to the value that they stand for: undefined where nothing is wired, or where they only lead around (a
 * block that hands its input on, fed by its own output).
 */
function resolver(aliases: ReadonlyMap<ValueId, ValueId | null>, circular: (circle: readonly ValueId[]) => void) {
  const settled = new Map<ValueId, ValueId | undefined>();
  return (value: ValueId): ValueId | undefined => {
    const trail = new Set<ValueId>();
    let at: ValueId | undefined = value;
    while (at !== undefined && aliases.has(at) && !settled.has(at) && !trail.has(at)) {
      trail.add(at);
      at = aliases.get(at) ?? undefined;
    }
    if (at !== undefined && trail.has(at)) {
      const values = [...trail];
      circular(values.slice(values.indexOf(at)).reverse());
      at = undefined;
    } else if (at !== undefined && settled.has(at)) at = settled.get(at);
    for (const each of trail) settled.set(each, at);
    return at;
  };
}

/** A share names weights, in files too. */
function shareable(reference: BlockReference, place: Place, report: (diagnostic: Diagnostic) => void): BlockReference {
  if (reference.share === null || nodeName.test(reference.share)) return reference;
  const wanted = 'a name: letters, digits, "_", "-" and dots between them';
  report(
    diagnose("param-value", { ...place, param: "share" }, { param: "share", found: brief(reference.share), wanted }),
  );
  return { ...reference, share: null };
}

/** The value that arrives at an Output node of a block. */
function producerOf(block: Graph, output: string, prefix: string): ValueId | undefined {
  const edge = block.edges.find((candidate) => candidate.to === `${output}.in`);
  return edge && prefix + edge.from;
}

/** A network or block as a node: its Input and Output nodes are its ports, and what they carry is found by analysis. */
export function portsOf(graph: Graph, vocabulary: Vocabulary): { inputs: PortSpec[]; outputs: PortSpec[] } {
  const { inputs, outputs } = boundary(graph, vocabulary);
  const port = (name: string): PortSpec => ({
    name,
    types: ["image", "vector", "label", "tokens", "embedded"],
    help: "",
  });
  return { inputs: inputs.map(port), outputs: outputs.map(port) };
}

export function unknownKind(
  kind: string,
  place: Place,
  vocabulary: Vocabulary,
  graph: "network" | "training",
): Diagnostic {
  const other = graph === "network" ? vocabulary.training : vocabulary.network;
  const belongs = graph === "network" ? "the training graph" : "a network";
  if (other.has(kind)) return diagnose("kind-elsewhere", place, { kind, belongs });
  return diagnose("unknown-kind", place, { kind, near: nearest(kind, vocabulary[graph].keys()) });
}
