/** Networks and blocks that a graph's nodes stand for: making one, going into one. */
import { freshGraphName } from "../../core/editing/place.ts";
import type { Parts } from "../model/context.ts";

/** Adds an empty network and shows it. */
export function addNetwork({ studio }: Parts): void {
  const { document } = studio.store.getState();
  const graph = `networks.${freshGraphName(document, "networks", "network")}` as const;
  studio.edit("Add network", [{ do: "add-graph", graph }], { tab: graph });
}
