/** Networks and blocks as wholes: their names, and renaming one wherever it is spoken of. */
import { networkNamePattern } from "../../core/analysis/parts.ts";
import type { GanDocument, Graph, GraphName, NodeDeclaration } from "../../core/document/types.ts";
import type { Fields } from "../../core/kind/fields.ts";
import { vocabulary } from "../../kinds/index.ts";

export type Section = "networks" | "blocks";

export const sectionOf = (tab: GraphName): Section | null =>
  tab === "training" ? null : tab.startsWith("networks.") ? "networks" : "blocks";
export const titleOf = (tab: GraphName): string => (tab === "training" ? "Training" : tab.slice(tab.indexOf(".") + 1));

/** "network", "network2", …: the first that is free. */
export function freeName({ networks, blocks }: GanDocument, wanted: string): string {
  const taken = (name: string) => Object.hasOwn(networks, name) || Object.hasOwn(blocks, name);
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}${count}`;
    if (!taken(name)) return name;
  }
}

/** Why a graph of this section cannot be called so; null where it can. */
export function judgeName(document: GanDocument, section: Section, name: string): string | null {
  if (!new RegExp(networkNamePattern).test(name)) return "Letters, digits, - and _ only.";
  return Object.hasOwn(document[section], name) ? `There is one called ${name} already.` : null;
}

/** The document with a graph under another name, in its place among the others, and with all that speaks of it. */
export function renameGraph(document: GanDocument, tab: GraphName, to: string): GanDocument {
  const section = sectionOf(tab);
  const from = titleOf(tab);
  if (!section || judgeName(document, section, to) !== null) return document;
  const graph = <G extends Graph>(given: G, inTraining: boolean): G => {
    const nodes = Object.entries(given.nodes).map(([id, node]) => [id, renamed(node, inTraining, section, from, to)]);
    return { ...given, nodes: Object.fromEntries(nodes) as Graph["nodes"] };
  };
  const graphs = <G extends Graph>(given: Readonly<Record<string, G>>, own: Section) =>
    Object.fromEntries(
      Object.entries(given).map(([name, member]) => [
        own === section && name === from ? to : name,
        graph(member, false),
      ]),
    );
  const { [tab]: places, ...layout } = document.layout;
  return {
    ...document,
    networks: graphs(document.networks, "networks"),
    blocks: graphs(document.blocks, "blocks"),
    training: graph(document.training, true),
    layout: places ? { ...layout, [`${section}.${to}`]: places } : layout,
  };
}

/** A node with every parameter that names the graph naming it anew: its fields say which those are. */
function renamed(
  node: NodeDeclaration,
  inTraining: boolean,
  section: Section,
  from: string,
  to: string,
): NodeDeclaration {
  const kind = (inTraining ? vocabulary.training : vocabulary.network).get(node.kind);
  if (!kind || !node.params) return node;
  const swap = (value: unknown) => (value === from ? to : value);
  const params = Object.entries(node.params).map(([name, value]) => {
    const field = Object.hasOwn(kind.fields, name) ? (kind.fields as Fields)[name] : undefined;
    if (field?.of === section) return [name, swap(value)];
    return [name, field?.member?.of === section && Array.isArray(value) ? value.map(swap) : value];
  });
  return { ...node, params: Object.fromEntries(params) as Record<string, unknown> };
}
