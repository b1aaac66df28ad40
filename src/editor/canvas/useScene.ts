/** The graph that is shown, as React Flow takes it; recomputed when the document, its meaning or the tab changes. */
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { createStore } from "zustand/vanilla";
import { notesOf } from "../../core/document/layout.ts";
import type { GraphName } from "../../core/document/types.ts";
import { vocabulary } from "../../kinds/index.ts";
import { useStudio, useWorkbench } from "../model/context.ts";
import { drawingsOf, flowEdges, flowNodes, flowNotes } from "./flow.ts";
import type { Flow, Rect } from "./geometry.ts";
import type { KindFlowNode } from "./KindNode.tsx";
import type { NoteFlowNode } from "./NoteNode.tsx";
import { flowOf, placesOf, rectsOf } from "./places.ts";
import { sceneOf, type Scene } from "./scene.ts";
import { noViews, type ViewsStore } from "./views.ts";
import type { WireEdge } from "./Wire.tsx";

export interface Stage {
  readonly scene: Scene;
  readonly flow: Flow;
  /** How the person wants networks to run. */
  readonly direction: Flow;
  readonly rects: ReadonlyMap<string, Rect>;
  readonly nodes: ReadonlyMap<string, KindFlowNode>;
  readonly edges: ReadonlyMap<string, WireEdge>;
  /** Notes and frames, frames first: they lie at the bottom. */
  readonly notes: readonly NoteFlowNode[];
  /** What nodes and wires say now. */
  readonly views: ViewsStore;
}

export function useScene(tab: GraphName): Stage {
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const selection = useStudio((state) => state.selection);
  const direction = useWorkbench((state) => state.direction);
  const last = useRef<{ scene: Scene | null; nodes: Stage["nodes"]; edges: Stage["edges"] }>({
    scene: null,
    nodes: new Map(),
    edges: new Map(),
  });
  const scene = useMemo(() => {
    const next = sceneOf(document, analysis, tab, vocabulary, last.current.scene);
    last.current.scene = next;
    return next;
  }, [document, analysis, tab]);
  const flow = flowOf(tab, direction);
  const rects = useMemo(() => rectsOf(scene, placesOf(scene, direction), flow), [scene, direction, flow]);
  const drawings = useMemo(() => drawingsOf(scene, rects, flow), [scene, rects, flow]);
  const [views] = useState((): ViewsStore => createStore(() => noViews));
  useLayoutEffect(() => {
    const wires = new Map(scene.wires.map((wire) => [wire.key, wire]));
    views.setState({ nodes: scene.nodes, wires, drawings });
  }, [views, scene, drawings]);
  const nodes = useMemo(() => {
    const before = last.current.nodes;
    return (last.current.nodes = keeping(before, flowNodes(scene, rects, flow, drawings, selection.nodes, before)));
  }, [scene, rects, flow, drawings, selection.nodes]);
  const edges = useMemo(() => {
    const before = last.current.edges;
    return (last.current.edges = keeping(before, flowEdges(scene, rects, flow, selection.edges, before)));
  }, [scene, rects, flow, selection.edges]);
  const { layout } = document;
  const kept = useMemo(() => notesOf({ layout }, tab), [layout, tab]);
  const notes = useMemo(
    () => flowNotes(kept, tab, direction, selection.nodes),
    [kept, tab, direction, selection.nodes],
  );
  return { scene, flow, direction, rects, nodes, edges, notes, views };
}

/** The former map where the new one holds the same in the same order: React Flow then has nothing to do. */
function keeping<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if (before.size !== after.size) return after;
  const [was, is] = [before.values(), after.values()];
  for (let index = 0; index < after.size; index++) if (was.next().value !== is.next().value) return after;
  return before;
}
