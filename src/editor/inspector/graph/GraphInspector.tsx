/** The graph that is shown, where nothing in it is selected. */
import { sectionOf, titleOf } from "../../model/graphs.ts";
import type { GraphName } from "../../../core/document/types.ts";
import { BlockInspector } from "./BlockInspector.tsx";
import { NetworkInspector } from "./NetworkInspector.tsx";
import { TrainingInspector } from "./TrainingInspector.tsx";

export function GraphInspector({ graph }: { readonly graph: GraphName }) {
  const section = sectionOf(graph);
  if (section === null) return <TrainingInspector />;
  return section === "networks" ? <NetworkInspector name={titleOf(graph)} /> : <BlockInspector name={titleOf(graph)} />;
}
