/** Where the nodes of a graph stand: where the document says, or, for those that it gives no place, in order (ordered.ts). */
import type { Edit } from "../../core/document/edits.ts";
import { pointOf } from "../../core/document/layout.ts";
import type { GraphName } from "../../core/document/types.ts";
import { pitch, sizeOfNode, turned, turnedBack, type Flow, type Point, type Rect } from "./geometry.ts";
import { inOrder } from "./ordered.ts";
import type { Scene } from "./scene.ts";

/** The way values flow in a graph: training to the right, networks as the person set it. */
export const flowOf = (name: GraphName, direction: Flow): Flow => (name === "training" ? "right" : direction);

/** True where what is shown stands turned from what is kept. */
const isTurned = (name: GraphName, direction: Flow): boolean => name !== "training" && direction === "right";

/** From the document's place to the canvas's, and back. */
export const toCanvas = (name: GraphName, direction: Flow, point: Point): Point =>
  isTurned(name, direction) ? turned(point) : point;
export const toDocument = (name: GraphName, direction: Flow, point: Point): Point =>
  isTurned(name, direction) ? turnedBack(point) : point;

/** Upper left corners on the canvas. */
export function placesOf(scene: Scene, direction: Flow): ReadonlyMap<string, Point> {
  const places = new Map<string, Point>();
  const homeless: string[] = [];
  for (const id of scene.nodes.keys()) {
    const place = pointOf(scene.places[id]);
    if (place) places.set(id, toCanvas(scene.name, direction, place));
    else homeless.push(id);
  }
  if (homeless.length === 0) return places;
  const below = Math.max(0, ...[...places.values()].map(({ y }) => y + 2 * pitch.down));
  const columns = inOrder(scene, flowOf(scene.name, direction));
  for (const id of homeless) {
    const { x, y } = columns.get(id)!;
    places.set(id, { x, y: y + below });
  }
  return places;
}

export function rectsOf(scene: Scene, places: ReadonlyMap<string, Point>, flow: Flow): ReadonlyMap<string, Rect> {
  const rects = new Map<string, Rect>();
  for (const [id, node] of scene.nodes) rects.set(id, { ...places.get(id)!, ...sizeOfNode(node, flow) });
  return rects;
}

/** Edits that keep the nodes without a place where they are shown: whoever gives one of a graph a place keeps the others'. */
export function settling(scene: Scene, direction: Flow, rects: ReadonlyMap<string, Point>): Edit[] {
  const homeless = [...scene.nodes.keys()].filter((id) => !pointOf(scene.places[id]) && rects.has(id));
  return homeless.map((node) => {
    const { x, y } = toDocument(scene.name, direction, rects.get(node)!);
    return { do: "set-place", graph: scene.name, node, place: { x, y } };
  });
}
