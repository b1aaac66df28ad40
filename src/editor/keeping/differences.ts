/** How one state of a document differs from another, in words: what a person looks for in a history. */
import { graphOf, type GanDocument, type Graph, type GraphName } from "../../core/document/types.ts";
import { titleOf } from "../model/graphs.ts";
import { tabsOf } from "../model/studio.ts";

/** "generator: up3 was added". Places on the canvas do not count. */
export function differences(from: GanDocument, to: GanDocument): string[] {
  const tabs = new Set([...tabsOf(from), ...tabsOf(to)]);
  const named = from.name === to.name ? [] : [`The name was ${from.name}`];
  return [...named, ...[...tabs].flatMap((tab) => ofGraph(tab, graphOf(from, tab), graphOf(to, tab)))];
}

function ofGraph(tab: GraphName, from: Graph | undefined, to: Graph | undefined): string[] {
  const name = titleOf(tab);
  if (!to) return [`${name} was deleted`];
  if (!from) return [`${name} was added`];
  if (from === to) return [];
  const ids = new Set([...Object.keys(from.nodes), ...Object.keys(to.nodes)]);
  const nodes = [...ids].flatMap((id) => {
    const [before, after] = [from.nodes[id], to.nodes[id]];
    if (!before) return [`${name}: ${id} was added`];
    if (!after) return [`${name}: ${id} was deleted`];
    if (before.kind !== after.kind) return [`${name}: ${id} was a ${before.kind}`];
    return ofParams(`${name}: ${id}`, before.params ?? {}, after.params ?? {});
  });
  const wires = same(from.edges, to.edges) ? [] : [`${name}: wires were changed`];
  const settings = Object.keys({ ...from, ...to }).filter(
    (key) => key !== "nodes" && key !== "edges" && !same(from[key], to[key]),
  );
  return [...nodes, ...wires, ...settings.map((key) => `${name}: ${key} was ${printed(from[key])}`)];
}

function ofParams(
  place: string,
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((param) => !same(from[param], to[param]))
    .map((param) => `${place}.${param} was ${printed(from[param])}`);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const printed = (value: unknown): string =>
  value === undefined ? "not set" : (JSON.stringify(value) ?? "").slice(0, 40);
