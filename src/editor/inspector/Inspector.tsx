/**
 * The inspector: what is selected, in words, numbers and a form. Everything in it is derived from the document, its
 * analysis and the kinds; nothing here knows any kind by name.
 */
import { useShallow } from "zustand/react/shallow";
import { bypassedOf, notesOf } from "../../core/document/layout.ts";
import { graphOf, type GraphName } from "../../core/document/types.ts";
import { useStudio } from "../model/context.ts";
import { edgeKey, type StudioState } from "../model/studio.ts";
import { GraphInspector } from "./graph/GraphInspector.tsx";
import styles from "./Inspector.module.css";
import { NodeInspector } from "./node/NodeInspector.tsx";
import { NoteInspector } from "./NoteInspector.tsx";
import { SeveralInspector } from "./SeveralInspector.tsx";
import { WireInspector } from "./WireInspector.tsx";

export function Inspector() {
  const { show, graph, ids } = useStudio(useShallow(shown));
  const listed = ids === "" ? [] : ids.split("\n");
  return (
    <div className={styles.inspector}>
      {show === "node" && <NodeInspector key={graph} graph={graph} id={ids} />}
      {show === "several" && <SeveralInspector graph={graph} ids={listed} />}
      {show === "note" && <NoteInspector key={`${graph}/${ids}`} graph={graph} id={ids} />}
      {show === "wires" && <WireInspector graph={graph} keys={listed} />}
      {show === "graph" && <GraphInspector key={graph} graph={graph} />}
    </div>
  );
}

interface Shown {
  readonly show: "node" | "several" | "note" | "wires" | "graph";
  readonly graph: GraphName;
  /** A line each: a text compares at a glance. */
  readonly ids: string;
}

/** What the selection asks for: nodes before notes, notes before wires, and the graph where nothing is selected. */
export function shown({ document, tab, selection }: Pick<StudioState, "document" | "tab" | "selection">): Shown {
  const graph = graphOf(document, tab);
  const [ghosts, notes] = [bypassedOf(document, tab), notesOf(document, tab)];
  const selected = [...selection.nodes];
  const nodes = selected.filter((id) => (graph && Object.hasOwn(graph.nodes, id)) || Object.hasOwn(ghosts, id));
  if (nodes.length > 0) return { show: nodes.length === 1 ? "node" : "several", graph: tab, ids: nodes.join("\n") };
  const note = selected.find((id) => Object.hasOwn(notes, id));
  if (note !== undefined) return { show: "note", graph: tab, ids: note };
  const wires = (graph?.edges ?? []).map(edgeKey).filter((key) => selection.edges.has(key));
  if (wires.length > 0) return { show: "wires", graph: tab, ids: wires.join("\n") };
  return { show: "graph", graph: tab, ids: "" };
}
