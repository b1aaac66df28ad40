/** One graph on React Flow. What is dragged moves here alone; the document learns of it when it is let go. */
import "@xyflow/react/dist/base.css";
import {
  Background,
  MiniMap,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  type EdgeChange,
  type NodeChange,
  type Viewport,
} from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { GraphName } from "../../core/document/types.ts";
import { useParts, useTraining, useWorkbench } from "../model/context.ts";
import styles from "./Canvas.module.css";
import { around, grid, type Point, type Rect } from "./geometry.ts";
import { KindNode, type KindFlowNode } from "./KindNode.tsx";
import { toDocument } from "./places.ts";
import { useScene } from "./useScene.ts";
import { Wire, type WireEdge } from "./Wire.tsx";

const nodeTypes = { kind: KindNode };
const edgeTypes = { wire: Wire };
const overview = { width: 132, height: 76 };

export interface StageProps {
  readonly tab: GraphName;
  /** Where the person last looked in this graph. */
  readonly remembered: Viewport | null;
  remember(viewport: Viewport): void;
}

export function Stage({ tab, remembered, remember }: StageProps) {
  const { studio } = useParts();
  const stage = useScene(tab);
  const [moved, setMoved] = useState<ReadonlyMap<string, Point>>(new Map());
  const flow = useReactFlow<KindFlowNode, WireEdge>();
  const frame = useRef<HTMLDivElement>(null);
  const snap = useWorkbench((state) => state.snap);
  const minimap = useWorkbench((state) => state.minimap);
  const isTraining = useTraining((state) => state.now.status === "training");

  const nodes = useMemo(() => {
    const all = [...stage.nodes.values()];
    return moved.size === 0
      ? all
      : all.map((node) => (moved.has(node.id) ? { ...node, position: moved.get(node.id)! } : node));
  }, [stage.nodes, moved]);
  const edges = useMemo(() => [...stage.edges.values()], [stage.edges]);

  const onNodesChange = useCallback(
    (changes: NodeChange<KindFlowNode>[]) => {
      const places = new Map<string, Point>();
      const selects: { id: string; selected: boolean }[] = [];
      for (const change of changes) {
        if (change.type === "position" && change.position) places.set(change.id, change.position);
        if (change.type === "select") selects.push(change);
      }
      if (places.size > 0) setMoved((before) => new Map([...before, ...places]));
      if (selects.length > 0) {
        const { nodes, edges } = studio.store.getState().selection;
        studio.select(changed(nodes, selects), edges);
      }
    },
    [studio],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WireEdge>[]) => {
      const selects = changes.filter((change) => change.type === "select");
      const { nodes, edges } = studio.store.getState().selection;
      if (selects.length > 0) studio.select(nodes, changed(edges, selects));
    },
    [studio],
  );

  const onDragStop = useCallback(
    (_: unknown, __: unknown, dragged: KindFlowNode[]) => {
      const edits = dragged.map(({ id, position }) => ({
        do: "move-node" as const,
        graph: tab,
        node: id,
        to: toDocument(tab, stage.direction, position),
      }));
      studio.edit(dragged.length === 1 ? `Move ${dragged[0].id}` : `Move ${dragged.length} nodes`, edits);
      setMoved(new Map());
    },
    [studio, tab, stage.direction],
  );

  return (
    <div ref={frame} className={styles.canvas} data-training={isTraining || undefined}>
      <ReactFlow<KindFlowNode, WireEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onDragStop}
        onInit={() => void flow.setViewport(remembered ?? firstView(stage.rects, frame.current!))}
        onMoveEnd={(_, viewport) => remember(viewport)}
        snapToGrid={snap}
        snapGrid={[grid, grid]}
        minZoom={0.1}
        maxZoom={2}
        deleteKeyCode={null}
        disableKeyboardA11y
        edgesFocusable={false}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Meta", "Control"]}
        selectionMode={SelectionMode.Partial}
        panOnDrag={[0, 1]}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect={false}
        onlyRenderVisibleElements={nodes.length > 300}
      >
        <Background gap={20} size={1.5} color="var(--grid)" />
        {minimap && nodes.length > 0 && (
          <MiniMap className={styles.minimap} style={overview} pannable zoomable ariaLabel="Overview" />
        )}
      </ReactFlow>
    </div>
  );
}

function changed(
  selected: ReadonlySet<string>,
  selects: readonly { readonly id: string; readonly selected: boolean }[],
): Set<string> {
  const next = new Set(selected);
  for (const { id, selected: now } of selects)
    if (now) next.add(id);
    else next.delete(id);
  return next;
}

/** All of the graph, or its beginning where all would be too small to read. */
export function firstView(rects: ReadonlyMap<string, Rect>, { clientWidth, clientHeight }: HTMLElement): Viewport {
  const bounds = around(
    [...rects.values()].map((rect) => (rect.width > 200 ? { ...rect, width: rect.width + 190 } : rect)),
  );
  if (!bounds) return { x: 40, y: 40, zoom: 1 };
  const zoom = Math.min(1, (clientWidth - 48) / bounds.width, (clientHeight - 40) / bounds.height);
  const readable = Math.max(zoom, Math.min(0.75, (clientWidth - 48) / bounds.width));
  const free = clientHeight - bounds.height * readable;
  return {
    x: (clientWidth - bounds.width * readable) / 2 - bounds.x * readable,
    y: (free > 0 ? free / 2 : 20) - bounds.y * readable,
    zoom: readable,
  };
}
