/**
 * How much two states of a document differ, for a training that goes on: nothing that it would notice, what it can take
 * over as it runs, or what it was not started with.
 */
import { sameData } from "../document/same.ts";
import type { EdgeDeclaration, GanDocument, Graph, NodeDeclaration } from "../document/types.ts";
import type { Field, Fields } from "../kind/fields.ts";
import type { Vocabulary } from "../kind/kind.ts";

/**
 * - places: layout, names and descriptions of the document, and notes to other programs
 * - live: parameters in training that may change while it goes on, and how long it goes on
 * - meaning: anything else
 */
export type Difference = "nothing" | "places" | "live" | "meaning";

/** The document's own name means nothing to a training; the names of its networks and nodes do. */
export function whatChanged(before: GanDocument, after: GanDocument, vocabulary: Vocabulary): Difference {
  if (before === after) return "nothing";
  const meant = (["format", "networks", "blocks", "training"] as const).every(
    (part) => before[part] === after[part] || sameData(meaning[part](before), meaning[part](after)),
  );
  if (meant) return sameData(before, after) ? "nothing" : "places";
  const frozen = (document: GanDocument): GanDocument => ({
    ...document,
    training: withoutLive(document.training, vocabulary),
  });
  const [start, end] = [frozen(before), frozen(after)];
  const rest = (Object.keys(meaning) as (keyof typeof meaning)[]).every(
    (part) =>
      (part !== "training" && before[part] === after[part]) || sameData(meaning[part](start), meaning[part](end)),
  );
  return rest ? "live" : "meaning";
}

const meaning = {
  format: ({ format }: GanDocument) => format,
  networks: ({ networks }: GanDocument) => graphs(networks),
  blocks: ({ blocks }: GanDocument) => graphs(blocks),
  training: ({ training }: GanDocument) => graph(training),
} as const;

const graphs = (section: Readonly<Record<string, Graph>>) =>
  Object.fromEntries(Object.entries(section).map(([name, held]) => [name, graph(held)]));

/** Without what it says to people and to other programs; the order in which wires are written says nothing. */
function graph(held: Graph): object {
  const nodes = Object.entries(held.nodes).map(([id, node]) => [id, meant(node)] as const);
  const key = ({ to, from }: EdgeDeclaration) => `${to}\n${from}`;
  const edges = [...held.edges].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(meant);
  return { ...meant(held), nodes: Object.fromEntries(nodes), edges };
}

const meant = (held: object): object =>
  Object.fromEntries(Object.entries(held).filter(([key]) => key !== "description" && !key.startsWith("$")));

/** The training graph without everything that may change while it goes on. */
function withoutLive(training: GanDocument["training"], { training: kinds }: Vocabulary): GanDocument["training"] {
  const { iterations: _, ...rest } = training;
  const nodes = Object.entries(training.nodes).map(([id, node]): [string, NodeDeclaration] => {
    const fields = kinds.get(node.kind)?.fields;
    return [id, fields ? { ...node, params: frozenParams(node.params ?? {}, fields) } : node];
  });
  return { ...rest, nodes: Object.fromEntries(nodes) };
}

/** A live group goes as a whole, of another one its live members; one of which nothing is left was left out. */
function frozenParams(params: Readonly<Record<string, unknown>>, fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]): [string, unknown][] => {
      const field: Field<unknown> | undefined = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field?.live) return [];
      if (!field?.fields || typeof value !== "object" || value === null || Array.isArray(value)) return [[name, value]];
      const rest = frozenParams(value as Record<string, unknown>, field.fields);
      return Object.keys(rest).length === 0 && !field.optional ? [] : [[name, rest]];
    }),
  );
}
