/** A graph as the canvas draws it, small and still. */
import "@xyflow/react/dist/base.css";
import { ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { useMemo } from "react";
import { vocabulary } from "../../kinds/index.ts";
import { drawingsOf, flowEdges, flowNodes } from "../canvas/flow.ts";
import { KindNode } from "../canvas/KindNode.tsx";
import { createLocal, LocalContext } from "../canvas/local.ts";
import { flowOf, placesOf, rectsOf } from "../canvas/places.ts";
import { sceneOf } from "../canvas/scene.ts";
import { Wire } from "../canvas/Wire.tsx";
import styles from "./Gallery.module.css";
import type { Specimen } from "./specimens.ts";

const nodeTypes = { kind: KindNode };
const edgeTypes = { wire: Wire };

export function SmallCanvas({
  specimen: { document, analysis, graph, node },
  title,
}: {
  readonly specimen: Specimen;
  readonly title: string;
}) {
  const local = useMemo(createLocal, []);
  const { nodes, edges } = useMemo(() => {
    const scene = sceneOf(document, analysis, graph, vocabulary);
    const flow = flowOf(graph, "down");
    const rects = rectsOf(scene, placesOf(scene, "down"), flow);
    return {
      nodes: [...flowNodes(scene, rects, flow, drawingsOf(scene, rects, flow), new Set([node]), new Map()).values()],
      edges: [...flowEdges(scene, rects, flow, new Set(), new Map()).values()],
    };
  }, [document, analysis, graph, node]);
  return (
    <figure className={styles.node} aria-label={`${title} on the canvas`}>
      <ReactFlowProvider>
        <LocalContext value={local}>
          <ReactFlow
            {...{ nodes, edges, nodeTypes, edgeTypes }}
            fitView
            fitViewOptions={{ padding: 0.12, maxZoom: 1, ...(graph === "training" ? { nodes: [{ id: node }] } : {}) }}
            minZoom={0.1}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            panOnDrag={false}
            zoomOnScroll={false}
            zoomOnPinch={false}
            zoomOnDoubleClick={false}
            preventScrolling={false}
          />
        </LocalContext>
      </ReactFlowProvider>
    </figure>
  );
}
