/**
 * What a document's layout holds of one graph: the place of each node, and, under keys that begin with "$" and so are no
 * nodes, notes and frames, and nodes that are bypassed. Whatever is not readable is left alone and not given out.
 */
import { graphOf, type EdgeDeclaration, type GanDocument, type NodeDeclaration } from "./types.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A text on the canvas, or a frame around nodes. */
export interface Note extends Point {
  readonly kind: "note" | "frame";
  readonly width: number;
  readonly height: number;
  readonly text: string;
  readonly color?: string;
}

/** A node that data goes around: what it takes to put it back. */
export interface Bypassed {
  readonly declaration: NodeDeclaration;
  /** The wires that arrived, the one that data goes around by first. */
  readonly inputs: readonly EdgeDeclaration[];
  readonly outputs: readonly EdgeDeclaration[];
  readonly place?: Readonly<Record<string, unknown>>;
}

export type Layout = Readonly<Record<string, unknown>>;

export const notesKey = "$notes";
export const bypassedKey = "$bypassed";

/** Places and all else of one graph; empty where there is nothing readable. */
export const layoutOf = (document: Pick<GanDocument, "layout">, graph: string): Layout =>
  asRecord(own(document.layout, graph));

/** The notes and frames of a graph, by their ids. */
export function notesOf(document: Pick<GanDocument, "layout">, graph: string): Readonly<Record<string, Note>> {
  const notes = Object.entries(asRecord(layoutOf(document, graph)[notesKey]));
  return Object.fromEntries(notes.filter((entry): entry is [string, Note] => isNote(entry[1])));
}

/** The bypassed nodes of a graph; without those whose name another node has taken since. */
export function bypassedOf(document: GanDocument, graph: string): Readonly<Record<string, Bypassed>> {
  const nodes = graphOf(document, graph)?.nodes ?? {};
  const records = Object.entries(asRecord(layoutOf(document, graph)[bypassedKey]));
  return Object.fromEntries(
    records.flatMap(([id, record]) => (Object.hasOwn(nodes, id) || !isBypassed(record) ? [] : [[id, record] as const])),
  );
}

/** A node's place where it has a readable one. */
export function pointOf(place: unknown): Point | null {
  const { x, y } = asRecord(place);
  return typeof x === "number" && typeof y === "number" && Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/** A key of a layout that stands for no node. */
export const isReserved = (key: string): boolean => key.startsWith("$");

export const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function isNote(value: unknown): boolean {
  const { kind, text, width, height } = asRecord(value);
  return (
    (kind === "note" || kind === "frame") &&
    typeof text === "string" &&
    Number.isFinite(width) &&
    Number.isFinite(height) &&
    pointOf(value) !== null
  );
}

function isBypassed(value: unknown): value is Bypassed {
  const { declaration, inputs, outputs } = asRecord(value);
  const { kind, params } = asRecord(declaration);
  return (
    typeof kind === "string" &&
    (params === undefined || asRecord(params) === params) &&
    [inputs, outputs].every(areWires)
  );
}

const areWires = (wires: unknown): boolean =>
  Array.isArray(wires) &&
  wires.every((wire) => typeof asRecord(wire).from === "string" && typeof asRecord(wire).to === "string");
