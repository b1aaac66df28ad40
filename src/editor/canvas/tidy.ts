/** Order in a graph, when a person asks for it: cards in layers with few crossings, by dagre. Loaded when it is first asked for. */
import dagre from "@dagrejs/dagre";
import { card, pitch, sizeOfNode, snapped, type Flow, type Point } from "./geometry.ts";
import { inOrder } from "./ordered.ts";
import type { Scene } from "./scene.ts";

/** Upper left corners on the canvas, on its grid; the first node in reading order stands at 0, 0 or right of it. */
export function tidied(scene: Scene, flow: Flow): Map<string, Point> {
  if (flow === "down") return inOrder(scene, flow); // dagre would centre rows over each other, and columns would waver
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranksep: pitch.right - card.width, nodesep: 40 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, node] of scene.nodes) graph.setNode(id, { ...sizeOfNode(node, flow) });
  for (const { key, from, to } of scene.wires) graph.setEdge(from.node, to.node, {}, key);
  dagre.layout(graph);
  const places = new Map(
    [...scene.nodes.keys()].map((id) => {
      const { x, y, width, height } = graph.node(id);
      return [id, { x: x - width / 2, y: y - height / 2 }] as const;
    }),
  );
  const left = Math.min(...[...places.values()].map(({ x }) => x));
  const top = Math.min(...[...places.values()].map(({ y }) => y));
  return new Map([...places].map(([id, { x, y }]) => [id, { x: snapped(x - left), y: snapped(y - top) }]));
}
