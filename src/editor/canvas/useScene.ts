/** The graph that is shown, as React Flow takes it; recomputed when the document, its meaning or the tab changes. */
import { useMemo, useRef } from "react";
import { notesOf } from "../../core/document/layout.ts";
import type { GraphName } from "../../core/document/types.ts";
import { vocabulary } from "../../kinds/index.ts";
import { useStudio, useWorkbench } from "../model/context.ts";
import { flowEdges, flowNodes, flowNotes } from "./flow.ts";
import type { Flow, Rect } from "./geometry.ts";
import type { KindFlowNode } from "./KindNode.tsx";
import type { NoteFlowNode } from "./NoteNode.tsx";
import { flowOf, placesOf, rectsOf } from "./places.ts";
import { sceneOf, type Scene } from "./scene.ts";
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
  const nodes = useMemo(() => {
    last.current.nodes = flowNodes(scene, rects, flow, selection.nodes, last.current.nodes);
    return last.current.nodes;
  }, [scene, rects, flow, selection.nodes]);
  const edges = useMemo(() => {
    last.current.edges = flowEdges(scene, rects, flow, selection.edges, last.current.edges);
    return last.current.edges;
  }, [scene, rects, flow, selection.edges]);
  const kept = useMemo(() => notesOf(document, tab), [document, tab]);
  const notes = useMemo(
    () => flowNotes(kept, tab, direction, selection.nodes),
    [kept, tab, direction, selection.nodes],
  );
  return { scene, flow, direction, rects, nodes, edges, notes };
}
