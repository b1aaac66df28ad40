/**
 * Where the nodes of a graph stand: where the document says, or, for those that it gives no place, in columns by how
 * far they are from the sources. Needs no library; Tidy finds better places.
 */
import { pointOf } from "../../core/document/layout.ts";
import type { GraphName } from "../../core/document/types.ts";
import { pitch, row, sizeOfNode, turned, turnedBack, type Flow, type Point, type Rect } from "./geometry.ts";
import { ranks } from "./order.ts";
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
  const columns = layered(scene, flowOf(scene.name, direction));
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

function layered(scene: Scene, flow: Flow): Map<string, Point> {
  const rank = ranks(
    [...scene.nodes.keys()],
    scene.wires.map(({ from, to }) => [from.node, to.node]),
  );
  const filled = new Map<number, number>();
  const places = new Map<string, Point>();
  for (const id of scene.nodes.keys()) {
    const layer = rank.get(id) ?? 0;
    const lane = filled.get(layer) ?? 0;
    filled.set(layer, lane + 1);
    const [along, across] = flow === "down" ? [pitch.down, row.width + 40] : [pitch.right, 120];
    places.set(id, flow === "down" ? { x: lane * across, y: layer * along } : { x: layer * along, y: lane * across });
  }
  return places;
}
