/** The head of a network's or a block's inspector: its name, renamed wherever it is spoken of. */
import type { GraphName as Name } from "../../../core/document/types.ts";
import { renameGraph } from "../../../core/editing/rename.ts";
import { isRefused } from "../../../core/editing/refusals.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { useParts } from "../../model/context.ts";
import { sectionOf, titleOf } from "../../model/graphs.ts";
import { NameBox } from "../NameBox.tsx";

export function GraphTitle({ graph }: { readonly graph: Name }) {
  const { studio } = useParts();
  const name = titleOf(graph);
  const noun = sectionOf(graph) === "blocks" ? "block" : "network";
  function rename(to: string): string | null {
    const edits = renameGraph({ document: studio.store.getState().document, vocabulary }, graph, to);
    if (isRefused(edits)) return edits.why;
    studio.edit(`Rename ${name} to ${to}`, edits, { tab: `${noun}s.${to}` as Name });
    return null;
  }
  return <NameBox key={name} large label={`Name of this ${noun}`} name={name} take={rename} />;
}
