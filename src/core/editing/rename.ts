/** Renaming with all that follows from it: a port's wires where its network or block stands, and who names a graph. */
import { networkNamePattern, nodeNamePattern } from "../analysis/parts.ts";
import type { Edit } from "../document/edits.ts";
import { bypassedOf } from "../document/layout.ts";
import { graphOf, type GanDocument, type GraphName, type NodeDeclaration } from "../document/types.ts";
import type { Field, Namesake } from "../kind/fields.ts";
import type { JudgingContext } from "./context.ts";
import { kindIn, standsFor } from "./ports.ts";
import { refusals, type Refused } from "./refusals.ts";

type Context = Pick<JudgingContext, "document" | "vocabulary">;

export function renameNode(context: Context, graph: GraphName, node: string, to: string): readonly Edit[] | Refused {
  const held = graphOf(context.document, graph);
  if (!held) return { why: refusals.noGraph(graph) };
  if (!Object.hasOwn(held.nodes, node)) return { why: refusals.noNode(node) };
  if (to === node) return [];
  if (!new RegExp(nodeNamePattern).test(to)) return { why: refusals.nodeName(to) };
  if (Object.hasOwn(held.nodes, to) || Object.hasOwn(bypassedOf(context.document, graph), to))
    return { why: refusals.nameTaken(to) };
  const role = kindIn(context.vocabulary, graph, held.nodes[node].kind)?.role;
  const ports = role === "input" || role === "output" ? standIns(context, graph) : [];
  const mentions = role === "sink" ? mentionsOf(context, "optimizers", node, to) : [];
  return [...mentions, { do: "rename-node", graph, node, to, ...(ports.length > 0 && { ports }) }];
}

/** @param name without its section: "generator" */
export function renameGraph(context: Context, graph: GraphName, name: string): readonly Edit[] | Refused {
  if (graph === "training") return { why: refusals.trainingName };
  if (!graphOf(context.document, graph)) return { why: refusals.noGraph(graph) };
  const section = graph.startsWith("networks.") ? "networks" : "blocks";
  const to: GraphName = `${section}.${name}`;
  if (to === graph) return [];
  if (!new RegExp(networkNamePattern).test(name)) return { why: refusals.graphName(name) };
  if (graphOf(context.document, to)) return { why: refusals.nameTaken(name) };
  const before = graph.slice(section.length + 1);
  return [...mentionsOf(context, section, before, name), { do: "rename-graph", graph, to }];
}

/** The new name in every parameter that holds the old one and says that it names such a thing. */
function mentionsOf({ document, vocabulary }: Context, of: Namesake, from: string, to: string): Edit[] {
  return graphsOf(document).flatMap((held): Edit[] =>
    [...nodesOf(document, held)].flatMap(([node, { kind, params }]) => {
      const fields = Object.entries(kindIn(vocabulary, held, kind)?.fields ?? {});
      return fields.flatMap(([param, field]): Edit[] => {
        const given = Object.hasOwn(params ?? {}, param) ? params![param] : undefined;
        const value = renamed(field, given, of, from, to);
        return value === given ? [] : [{ do: "set-param", graph: held, node, param, value }];
      });
    }),
  );
}

/** All nodes that stand for a network or block, the bypassed ones too. */
export function standIns({ document, vocabulary }: Context, graph: GraphName): { graph: GraphName; node: string }[] {
  return graphsOf(document).flatMap((held) =>
    [...nodesOf(document, held)]
      .filter(([, declaration]) => standsFor(document, held, declaration, vocabulary) === graph)
      .map(([node]) => ({ graph: held, node })),
  );
}

const graphsOf = ({ networks, blocks }: GanDocument): GraphName[] => [
  "training",
  ...Object.keys(networks).map((name): GraphName => `networks.${name}`),
  ...Object.keys(blocks).map((name): GraphName => `blocks.${name}`),
];

/** A parameter's value with one name in the place of another, by what its field says that it names. */
function renamed(field: Field<unknown>, value: unknown, of: Namesake, from: string, to: string): unknown {
  if (field.of === of && value === from) return to;
  const { member, fields } = field;
  if (fields && isRecord(value)) {
    const members = Object.entries(value).map(([name, each]): [string, unknown] => [
      name,
      Object.hasOwn(fields, name) ? renamed(fields[name], each, of, from, to) : each,
    ]);
    return members.some(([name, each]) => each !== value[name]) ? Object.fromEntries(members) : value;
  }
  if (!member || member.of !== of || !Array.isArray(value) || !value.includes(from)) return value;
  return value.map((each: unknown) => (each === from ? to : each));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function nodesOf(document: GanDocument, graph: GraphName): Map<string, NodeDeclaration> {
  const ghosts = Object.entries(bypassedOf(document, graph)).map(([id, ghost]) => [id, ghost.declaration] as const);
  return new Map([...Object.entries(graphOf(document, graph)?.nodes ?? {}), ...ghosts]);
}
