/**
 * What the canvas shows of one graph: its nodes with their words and ports, its wires with their types. Plain data,
 * derived from the document and its analysis; parts that did not change keep their identity. No React, no positions.
 */
import type { Analysis } from "../../core/analysis/analyze.ts";
import { sentence, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import { valueId } from "../../core/analysis/expand.ts";
import { readParams } from "../../core/analysis/params.ts";
import { asRecord, type Layout } from "../../core/document/layout.ts";
import {
  emptyGraph,
  graphOf,
  splitEnd,
  type EdgeDeclaration,
  type GanDocument,
  type Graph,
  type GraphName,
  type NodeDeclaration,
} from "../../core/document/types.ts";
import { opened } from "../../core/editing/sheet.ts";
import { briefOf } from "../../core/kind/brief.ts";
import { shapeText } from "../../core/kind/display.ts";
import type { NodeKind, Vocabulary } from "../../core/kind/kind.ts";
import { sameType, type PortKind, type PortType } from "../../core/kind/ports.ts";
import { edgeKey } from "../model/studio.ts";
import { groupBy, readingOrder } from "./order.ts";
import { portsIn, type NodePorts } from "./ports.ts";
import { standingOf, type Standing } from "./standing.ts";

export interface PortView {
  readonly name: string;
  /** What may flow here. */
  readonly types: readonly PortKind[];
  /** What does; null where it is not known or nothing is wired. */
  readonly type: PortType | null;
  readonly optional: boolean;
  readonly wired: boolean;
}

export interface Problem {
  readonly severity: Diagnostic["severity"];
  readonly sentences: readonly string[];
}

export interface NodeView {
  readonly id: string;
  readonly kind: string;
  /** The kind's title, or the name of the network or block that stands here. */
  readonly title: string;
  /** Its main parameters in a few words. */
  readonly brief: string;
  readonly inputs: readonly PortView[];
  readonly outputs: readonly PortView[];
  /** "128×14×14" of the first output; empty where there is nothing to say. */
  readonly shape: string;
  readonly parameters: number;
  /** True where the weights counted belong to a node before this one. */
  readonly shared: boolean;
  /** Copies in a row; 1 but for blocks. */
  readonly repeat: number;
  readonly problem: Problem | null;
  readonly bypassed: boolean;
  readonly collapsed: boolean;
  /** The graph behind it. */
  readonly opens: GraphName | null;
  /** What is drawn to scale beside it: its output, where the shape is another than that of its input. */
  readonly drawn: PortType | null;
}

export interface WireView {
  readonly key: string;
  readonly edge: EdgeDeclaration;
  readonly from: { readonly node: string; readonly port: string };
  readonly to: { readonly node: string; readonly port: string };
  readonly type: PortType | null;
  /** The type's name, also where the shape is not known yet. */
  readonly kind: PortKind | null;
  readonly text: string;
  readonly problem: boolean;
  /** True where it leads to or from a node that data goes around. */
  readonly idle: boolean;
}

export interface Scene {
  readonly name: GraphName;
  readonly training: boolean;
  /** What the document says of where nodes stand. */
  readonly places: Layout;
  /** In reading order: a node stands after what flows into it. */
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly wires: readonly WireView[];
  /** The wires as the graph has them. */
  readonly edges: readonly EdgeDeclaration[];
}

/** @param before the scene of the same graph a moment ago: what is the same in it is taken over as it is. */
export function sceneOf(
  document: GanDocument,
  analysis: Analysis,
  name: GraphName,
  vocabulary: Vocabulary,
  before: Scene | null = null,
): Scene {
  const sheet = opened({ document }, name);
  const graph = sheet?.graph ?? emptyGraph;
  const bypassed = sheet?.bypassed ?? new Set<string>();
  const standing = standingOf(document, analysis, name);
  const problems = problemsOf(analysis, name);
  const ports = portsIn(document, name, graph, vocabulary);
  const wires = wiresOf(graph, ports, bypassed, standing, problems.wires);
  const arriving = groupBy(wires, (wire) => wire.to.node);
  const leaving = groupBy(wires, (wire) => wire.from.node);
  const earlier = before?.name === name ? before : null;
  const known = new Map(earlier?.wires.map((wire) => [wire.key, wire]));
  const seen = new Set<string>();
  const nodes = new Map<string, NodeView>();
  for (const id of orderOf(graph, wires, earlier)) {
    const found: Surroundings = {
      ports: ports.get(id)!,
      arriving: arriving.get(id) ?? [],
      leaving: leaving.get(id) ?? [],
      problem: problems.nodes.get(id) ?? null,
      bypassed: bypassed.has(id),
      collapsed: asRecord(sheet?.places[id]).collapsed === true,
    };
    const view = nodeView(document, name, id, graph.nodes[id], vocabulary, analysis, standing, found, seen);
    const old = earlier?.nodes.get(id);
    nodes.set(id, old && same(old, view) ? old : view);
  }
  return {
    name,
    training: name === "training",
    places: sheet?.places ?? {},
    nodes,
    edges: graph.edges,
    wires: wires.map((wire) => {
      const old = known.get(wire.key);
      return old && same(old, wire) ? old : wire;
    }),
  };
}

/** The former order where the graph has the same nodes and wires, as it has while a parameter is typed. */
function orderOf({ nodes, edges }: Graph, wires: readonly WireView[], earlier: Scene | null): Iterable<string> {
  const ids = Object.keys(nodes);
  const isSame =
    earlier?.edges === edges && earlier.nodes.size === ids.length && ids.every((id) => earlier.nodes.has(id));
  if (isSame) return earlier.nodes.keys();
  return readingOrder(
    ids,
    wires.map(({ from, to }) => [from.node, to.node]),
  );
}

interface Surroundings {
  readonly ports: NodePorts;
  readonly arriving: readonly WireView[];
  readonly leaving: readonly WireView[];
  readonly problem: Problem | null;
  readonly bypassed: boolean;
  readonly collapsed: boolean;
}

function nodeView(
  document: GanDocument,
  name: GraphName,
  id: string,
  declaration: NodeDeclaration,
  vocabulary: Vocabulary,
  analysis: Analysis,
  standing: Standing,
  { ports, arriving, leaving, problem, bypassed, collapsed }: Surroundings,
  seen: Set<string>,
): NodeView {
  const kind: NodeKind | undefined = vocabulary[name === "training" ? "training" : "network"].get(declaration.kind);
  const stands = kind?.role === "call" || kind?.role === "block";
  const params = stands ? readParams(kind, declaration, standing.bindings, {}, () => {}) : {};
  const typeOut = (port: string) => standing.types.get(valueId(standing.prefix + id, port)) ?? null;
  const inputs = ports.inputs.map((port): PortView => {
    const wire = arriving.find(({ to }) => to.port === port.name);
    return { ...port, type: wire?.type ?? null, wired: wire !== undefined };
  });
  const outputs = ports.outputs.map((port): PortView => ({
    ...port,
    type: typeOut(port.name),
    wired: leaving.some((w) => w.from.port === port.name),
  }));
  const called = kind?.role === "call" ? kind.network(params) : null;
  const block = kind?.role === "block" ? kind.reference(params) : null;
  const held = called ?? block?.block ?? null;
  const graph: GraphName | null = called ? `networks.${called}` : block ? `blocks.${block.block}` : null;
  const first = outputs[0]?.type ?? null;
  const into = inputs[0]?.type ?? null;
  const shared = called !== null && seen.has(called);
  if (called) seen.add(called);
  return {
    id,
    kind: declaration.kind,
    title: held || (kind?.title ?? declaration.kind),
    brief: words(kind, declaration, id, held),
    inputs,
    outputs,
    shape: first ? said(first) : "",
    parameters: called ? (analysis.networks.get(called)?.parameters ?? 0) : (standing.parameters.get(id) ?? 0),
    shared,
    repeat: block?.repeat ?? 1,
    problem,
    bypassed,
    collapsed,
    opens: graph && graphOf(document, graph) ? graph : null,
    drawn:
      name !== "training" && first && outputs.length > 0 && !(into && sameType(into, first)) && first.shape.length > 0
        ? first
        : null,
  };
}

/** What stands beside the title. Ports of a network are told apart by their names, so is each use of a network. */
function words(kind: NodeKind | undefined, declaration: NodeDeclaration, id: string, held: string | null): string {
  if (!kind) return "unknown kind";
  if (kind.role === "input" || kind.role === "output") return id;
  if (kind.role === "call") return held ? `${kind.title} · ${id}` : `no network · ${id}`;
  if (kind.role === "block") return held ? id : "no block";
  const known = briefs.get(declaration);
  if (known !== undefined) return known;
  const brief = briefOf(kind, declaration.params ?? {});
  briefs.set(declaration, brief);
  return brief;
}

/** What a declaration says never changes: an edit makes another one. */
const briefs = new WeakMap<NodeDeclaration, string>();

function wiresOf(
  graph: Graph,
  ports: ReadonlyMap<string, NodePorts>,
  bypassed: ReadonlySet<string>,
  standing: Standing,
  wrong: ReadonlySet<string>,
): WireView[] {
  const keys = new Set<string>();
  const before = new Map(graph.edges.map((edge) => [edge.to, edge.from]));
  /** What a bypassed node gives is what arrives at its first input. */
  const typeOf = (node: string, port: string, far = 0): PortType | null => {
    if (!bypassed.has(node)) return standing.types.get(valueId(standing.prefix + node, port)) ?? null;
    const [first] = ports.get(node)?.inputs ?? [];
    const from = first && before.get(valueId(node, first.name));
    const end = from && splitEnd(from, graph.nodes);
    return end && far < graph.edges.length ? typeOf(end.node, end.port, far + 1) : null;
  };
  return graph.edges.flatMap((edge) => {
    const from = splitEnd(edge.from, graph.nodes);
    const to = splitEnd(edge.to, graph.nodes);
    const key = edgeKey(edge);
    if (!from || !to || !ports.has(from.node) || !ports.has(to.node) || keys.has(key)) return [];
    keys.add(key);
    const type = typeOf(from.node, from.port);
    const idle = bypassed.has(from.node) || bypassed.has(to.node);
    const declared = ports.get(from.node)!.outputs.find((port) => port.name === from.port)?.types ?? [];
    const kind = type?.type ?? (declared.length === 1 ? declared[0] : null);
    const problem = wrong.has(`${to.node}.${to.port}`);
    return [{ key, edge, from, to, type, kind, text: type ? said(type) : "", problem, idle }];
  });
}

/** A loss is a number, as all losses are: its colour says it. */
const said = (type: PortType): string => (type.type === "loss" ? "" : shapeText(type));

function problemsOf(analysis: Analysis, name: GraphName) {
  const nodes = new Map<string, Problem>();
  const wires = new Set<string>();
  for (const diagnostic of analysis.diagnostics) {
    const { at, severity } = diagnostic;
    if (at.graph !== name || !at.node) continue;
    const before = nodes.get(at.node);
    nodes.set(at.node, {
      severity: before?.severity ?? severity, // errors come first
      sentences: [...(before?.sentences ?? []), sentence(diagnostic)],
    });
    if (at.port && severity === "error") wires.add(`${at.node}.${at.port}`);
  }
  return { nodes, wires };
}

/** Deep equality of plain data. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
