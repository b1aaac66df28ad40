/** Names for what is new: short, readable, and not taken yet. */
import { graphOf, type GanDocument, type Graph } from "../document/types.ts";

/**
 * "conv1", "relu2": the kind's name and the smallest number that is free.
 * @param taken further names that may not be used, as those of bypassed nodes
 */
export function freshId(graph: Graph, kindName: string, taken: Iterable<string> = []): string {
  const word = kindName.replace(/\d+d$/i, "").replace(/[^A-Za-z0-9_-]/g, "").toLowerCase() || "node"; // prettier-ignore
  return free(/\d$/.test(word) ? `${word}_` : word, 1, new Set([...Object.keys(graph.nodes), ...taken]));
}

/** `base` itself where it is free, else "base2", "base3", …; made of characters that names may have. */
export function freshGraphName(document: GanDocument, section: "networks" | "blocks", base: string): string {
  const word = base.trim().replace(/[^A-Za-z0-9_-]+/g, "_") || section.slice(0, -1);
  if (!graphOf(document, `${section}.${word}`)) return word;
  return free(word, 2, new Set(Object.keys(document[section])));
}

/** The id itself where it is free, else with a number. */
export function freshName(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  const [, stem, digits] = /^(.*?)(\d*)$/s.exec(id)!;
  return free(stem, digits === "" ? 2 : Number(digits.slice(-9)) + 1, taken);
}

function free(stem: string, first: number, taken: ReadonlySet<string>): string {
  for (let number = first; ; number++) if (!taken.has(`${stem}${number}`)) return `${stem}${number}`;
}
