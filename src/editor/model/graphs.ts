/** Names of a document's graphs, as tabs show them. */
import type { GraphName } from "../../core/document/types.ts";

export const sectionOf = (tab: GraphName): "networks" | "blocks" | null =>
  tab === "training" ? null : tab.startsWith("networks.") ? "networks" : "blocks";
export const titleOf = (tab: GraphName): string => (tab === "training" ? "Training" : tab.slice(tab.indexOf(".") + 1));
