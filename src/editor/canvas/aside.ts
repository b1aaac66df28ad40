/** Wires that go around the rows between their ends, beside the column: shorter ones within longer ones, each in a lane of its own. */
import { pitch, portPlace, row, runsThrough, type Point, type Rect } from "./geometry.ts";
import type { Scene } from "./scene.ts";

/** Where such wires pass by (x, in the canvas's pixels), by their keys; wires that run straight are not among them. */
export function passingBy(scene: Scene, rects: ReadonlyMap<string, Rect>): Map<string, number> {
  const spans = scene.wires
    .filter(({ from, to }) => goesAround(scene, rects, from, to))
    .map(({ key, from, to }) => {
      const [a, b] = [rects.get(from.node)!.y, rects.get(to.node)!.y];
      return { key, left: leftOf(rects, from.node, to.node), top: Math.min(a, b), bottom: Math.max(a, b) };
    })
    .sort((a, b) => a.bottom - a.top - (b.bottom - b.top));
  const lanes: (typeof spans)[] = [];
  const passing = new Map<string, number>();
  for (const span of spans) {
    const isClear = (lane: typeof spans) => lane.every(({ top, bottom }) => bottom <= span.top || top >= span.bottom);
    const free = lanes.findIndex(isClear);
    const at = free < 0 ? lanes.length : free;
    (lanes[at] ??= []).push(span);
    passing.set(span.key, span.left - 24 - 16 * at);
  }
  return passing;
}

interface End {
  readonly node: string;
  readonly port: string;
}

function goesAround(scene: Scene, rects: ReadonlyMap<string, Rect>, from: End, to: End): boolean {
  const [a, b] = [rects.get(from.node), rects.get(to.node)];
  if (!a || !b) return false;
  if (b.y < a.y + a.height) return true; // back up
  if (b.y - a.y < 2 * pitch.down - 8) return false;
  const start = endOf(scene, a, from, "outputs");
  const end = endOf(scene, b, to, "inputs");
  const between = [...rects]
    .filter(([id]) => id !== from.node && id !== to.node && !scene.nodes.get(id)?.bypassed)
    .map(([, rect]) => rect);
  return runsThrough(start, end, between);
}

function endOf(scene: Scene, { x, y }: Rect, { node, port }: End, side: "inputs" | "outputs"): Point {
  const view = scene.nodes.get(node)!;
  const index = Math.max(
    0,
    view[side].findIndex(({ name }) => name === port),
  );
  const at = portPlace(view, "down", side, index);
  return { x: x + at.x, y: y + at.y };
}

/** The left border of what stands between two nodes, themselves included. */
function leftOf(rects: ReadonlyMap<string, Rect>, from: string, to: string): number {
  const [a, b] = [rects.get(from)!, rects.get(to)!];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  const middle = (a.x + b.x) / 2;
  const near = [...rects.values()].filter(
    ({ x, y, width }) => y >= top && y <= bottom && Math.abs(x + width / 2 - (middle + width / 2)) < row.width,
  );
  return Math.min(...near.map(({ x }) => x));
}
