/** What the studio's canvas is measured beside: React Flow with 1,000 of its own nodes in the places of the studio's. */
import "@xyflow/react/dist/style.css";
import { Background, MiniMap, ReactFlow, useNodesState, type Edge, type Node } from "@xyflow/react";
import { createRoot } from "react-dom/client";
import graph from "./graph.json";

const nodes: Node[] = graph.nodes.map(({ id, x, y }) => ({
  id,
  position: { x, y },
  data: { label: id },
  style: { width: 320 },
}));
const edges: Edge[] = graph.edges.map(({ source, target }) => ({ id: target, source, target }));

function Plain() {
  const [present, , onNodesChange] = useNodesState(nodes);
  return (
    <ReactFlow
      nodes={present}
      edges={edges}
      onNodesChange={onNodesChange}
      minZoom={0.05}
      defaultViewport={{ x: 200, y: 24, zoom: 1 }}
    >
      <Background />
      <MiniMap />
    </ReactFlow>
  );
}

createRoot(document.getElementById("root")!).render(<Plain />);
