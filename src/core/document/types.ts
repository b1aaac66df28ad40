/**
 * The document: what a `*.gan.json` holds. Every half-finished document is legal here; whether it means something is
 * the analysis's question. Parts that this version does not know are kept as they came.
 */
import type { InitScheme } from "../kind/weights.ts";

export const currentFormat = "ganvas/1";

export interface NodeDeclaration {
  readonly kind: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly [unknown: string]: unknown;
}

/** `from` and `to` are "node.port"; a node id may hold dots, the port follows the last one. */
export interface EdgeDeclaration {
  readonly from: string;
  readonly to: string;
  /** In training: take the value from before this iteration's updates. */
  readonly stale?: boolean;
  readonly [unknown: string]: unknown;
}

export interface Graph {
  readonly nodes: Readonly<Record<string, NodeDeclaration>>;
  readonly edges: readonly EdgeDeclaration[];
  readonly [unknown: string]: unknown;
}

export interface NetworkDeclaration extends Graph {
  /** How weights start where a node does not say; "pytorch" if left out. */
  readonly init?: InitScheme;
  /** What weights start from in place of `init`; a network that no optimizer trains keeps them. */
  readonly weights?: WeightsFile;
}

export interface WeightsFile {
  /** A safetensors file, as a path from the document's folder. */
  readonly file: string;
  /** SHA-256 of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface BlockDeclaration extends Graph {
  /** Parameters with their defaults; nodes inside use them as "$name". */
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface TrainingDeclaration extends Graph {
  /** Samples in a batch. */
  readonly batch?: number;
  /** Iterations of a full run. */
  readonly iterations?: number;
  readonly seed?: number;
}

export interface GanDocument {
  readonly $schema?: string;
  readonly format: string;
  readonly name: string;
  readonly description?: string;
  readonly networks: Readonly<Record<string, NetworkDeclaration>>;
  readonly blocks: Readonly<Record<string, BlockDeclaration>>;
  readonly training: TrainingDeclaration;
  /** Canvas positions, apart from the architecture: graph → node id → {x, y, …}. */
  readonly layout: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [unknown: string]: unknown;
}

/** Names one of a document's graphs: "training", "networks.generator", "blocks.residual". */
export type GraphName = "training" | `networks.${string}` | `blocks.${string}`;

export function graphOf(document: GanDocument, name: string): Graph | undefined {
  if (name === "training") return document.training;
  const [, section, key] = /^(networks|blocks)\.(.*)$/s.exec(name) ?? [];
  if (!section) return undefined;
  const graphs = section === "networks" ? document.networks : document.blocks;
  return Object.hasOwn(graphs, key) ? graphs[key] : undefined;
}

export const emptyGraph: Graph = { nodes: {}, edges: [] };

export const emptyDocument = (name = "Untitled"): GanDocument => ({
  format: currentFormat,
  name,
  networks: {},
  blocks: {},
  training: emptyGraph,
  layout: {},
});

/**
 * Splits "main.0.out" into its node id and port; null without a dot. The port follows the last dot, except where it has
 * dots itself: a variadic port keeps its index ("sum.in.0"), and a network's port may be called like a node with a dot.
 */
export function splitEnd(end: string, nodes: Graph["nodes"]): { node: string; port: string } | null {
  const last = end.lastIndexOf(".");
  if (last <= 0) return null;
  if (isIndex(end, last + 1)) {
    const before = end.lastIndexOf(".", last - 1);
    if (before > 0 && Object.hasOwn(nodes, end.slice(0, before)) && before < last - 1)
      return { node: end.slice(0, before), port: end.slice(before + 1) };
  }
  for (let dot = last; dot > 0; dot = end.lastIndexOf(".", dot - 1))
    if (Object.hasOwn(nodes, end.slice(0, dot))) return { node: end.slice(0, dot), port: end.slice(dot + 1) };
  return { node: end.slice(0, last), port: end.slice(last + 1) };
}

/** Whether digits alone stand from here on. */
function isIndex(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return from < text.length;
}
