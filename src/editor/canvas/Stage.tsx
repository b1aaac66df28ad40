/** One graph on React Flow. What is dragged moves here alone; the document learns of it when it is let go. */
import "@xyflow/react/dist/base.css";
import {
  Background,
  ConnectionMode,
  MiniMap,
  ReactFlow,
  SelectionMode,
  useKeyPress,
  useReactFlow,
  type OnMoveEnd,
  type Viewport,
} from "@xyflow/react";
import { useMemo, useRef, useState } from "react";
import type { GraphName } from "../../core/document/types.ts";
import { useParts, useTraining, useWorkbench } from "../model/context.ts";
import styles from "./Canvas.module.css";
import { CanvasMenu } from "./CanvasMenu.tsx";
import { ConnectList } from "./ConnectList.tsx";
import { ConnectionLine } from "./ConnectionLine.tsx";
import { Controls } from "./Controls.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { grid } from "./geometry.ts";
import { KindNode } from "./KindNode.tsx";
import { useLocal, useLocalStore } from "./local.ts";
import { NoteNode } from "./NoteNode.tsx";
import { Refusal } from "./Refusal.tsx";
import { SearchMenu } from "./SearchMenu.tsx";
import { useClipboard } from "./useClipboard.ts";
import { useCommands, type FlowInstance } from "./useCommands.ts";
import { useConnecting } from "./useConnecting.ts";
import { useDragging } from "./useDragging.ts";
import { useDrop } from "./useDrop.ts";
import { useKeys } from "./useKeys.ts";
import { useScene } from "./useScene.ts";
import { useSteady } from "./useSteady.ts";
import { ViewsContext } from "./views.ts";
import { firstView } from "./viewport.ts";
import { Wire } from "./Wire.tsx";

const nodeTypes = { kind: KindNode, note: NoteNode };
const edgeTypes = { wire: Wire };
const overview = { width: 132, height: 76 };
const snapGrid: [number, number] = [grid, grid];
const several = ["Meta", "Control"];

export interface StageProps {
  readonly tab: GraphName;
  /** Where the person last looked in this graph. */
  readonly remembered: Viewport | null;
  remember(viewport: Viewport): void;
}

export function Stage({ tab, remembered, remember }: StageProps) {
  const parts = useParts();
  const local = useLocalStore();
  const stage = useScene(tab);
  const flow: FlowInstance = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const snap = useWorkbench((state) => state.snap);
  const minimap = useWorkbench((state) => state.minimap);
  const isTraining = useTraining((state) => state.now.status === "training");
  const searching = useLocal((state) => state.searching);
  const connecting = useLocal((state) => state.connecting);
  const movesEnds = useKeyPress(several);
  const [isPlaced, setPlaced] = useState(false);
  const [pointer] = useState(() => ({ current: null as { x: number; y: number } | null }));

  const dragging = useDragging(stage);
  const wiring = useConnecting(stage, frame);
  const onMoveEnd: OnMoveEnd = (_, viewport) => remember(viewport);
  const handlers = useSteady({ ...dragging.handlers, ...wiring, onMoveEnd });
  const drop = useDrop(stage, frame);
  const press = useKeys(stage, frame);
  const commands = useCommands(stage, frame, pointer);
  useClipboard(frame);
  const large = stage.nodes.size > 300; // then only what is seen is drawn, and the overview rests while nodes move
  const edges = useMemo(() => [...stage.edges.values()], [stage.edges]);
  const space = () => ({ width: frame.current?.clientWidth ?? 0, height: frame.current?.clientHeight ?? 0 });

  return (
    <ViewsContext value={stage.views}>
      <CanvasMenu stage={stage} commands={commands}>
        <div
          ref={frame}
          className={styles.canvas}
          data-training={isTraining || undefined}
          data-moves-ends={movesEnds || undefined}
          data-unplaced={!isPlaced || undefined}
          onPointerMove={(event) => (pointer.current = { x: event.clientX, y: event.clientY })}
          onPointerLeave={() => (pointer.current = null)}
          onPointerDownCapture={() => {
            local.setState({ refusal: null });
            leaveFields(frame.current);
          }}
          onDoubleClick={(event) => {
            if ((event.target as Element).classList.contains("react-flow__pane")) commands.search();
          }}
          {...press}
          {...drop}
        >
          <ReactFlow
            nodes={dragging.nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            {...handlers}
            connectionLineComponent={ConnectionLine}
            connectionMode={ConnectionMode.Strict}
            connectionRadius={28}
            reconnectRadius={16}
            edgesReconnectable={movesEnds}
            onNodeDoubleClick={(_, node) => {
              const opens = stage.scene.nodes.get(node.id)?.opens;
              if (opens) parts.studio.show(opens);
            }}
            onInit={() => {
              void flow.setViewport(remembered ?? firstView(stage, space())).then(() => setPlaced(true));
            }}
            snapToGrid={snap}
            snapGrid={snapGrid}
            nodeDragThreshold={4} // a hand that trembles while it clicks moves nothing
            minZoom={0.1}
            maxZoom={2}
            deleteKeyCode={null}
            disableKeyboardA11y
            edgesFocusable={false}
            selectionKeyCode="Shift"
            multiSelectionKeyCode={several}
            selectionMode={SelectionMode.Partial}
            panOnDrag={[0, 1]}
            zoomOnDoubleClick={false}
            elevateNodesOnSelect={false}
            onlyRenderVisibleElements={large}
          >
            <Background gap={20} size={1.5} color="var(--grid)" />
            {minimap && stage.nodes.size > 0 && !(large && dragging.isMoving) && (
              <MiniMap className={styles.minimap} style={overview} pannable zoomable ariaLabel="Overview" />
            )}
          </ReactFlow>
          {stage.nodes.size === 0 && <EmptyState />}
          <Controls commands={commands} />
          <Refusal />
          {searching && (
            <SearchMenu
              searching={searching}
              space={space()}
              close={(added) => {
                local.setState({ searching: null });
                if (added) commands.focus(added);
                else frame.current?.querySelector<HTMLElement>(".react-flow__node.selected")?.focus();
              }}
            />
          )}
          {connecting !== null && <ConnectList node={connecting} stage={stage} commands={commands} />}
        </div>
      </CanvasMenu>
    </ViewsContext>
  );
}

/**
 * A box that was being typed in elsewhere is left: dragging prevents what the browser would do, and keys pressed next, or
 * help that still stands beside the box, would not belong to what the hand is at.
 */
function leaveFields(frame: HTMLElement | null): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && !frame?.contains(activeElement)) activeElement.blur();
}
