/**
 * Where things are on the canvas, in its own pixels: how large nodes are, where their ports sit, how wires run. Networks
 * are rows read downwards, or cards to the right where the person has turned them; training is cards to the right.
 */
import type { NodeView } from "./scene.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Rect extends Point, Size {}
/** Which way values flow. */
export type Flow = "down" | "right";

/** Positions are multiples of it. */
export const grid = 8;
export const row: Size = { width: 304, height: 32 };
export const card: Size = { width: 160, height: 56 };
/** From one row to the next, and from one card to the next. */
export const pitch = { down: 56, right: 224 };

const portsTop = 46;
const portLine = 20;
const singlePort = 28;

/** Rows say little and are one line; blocks and everything to the right are cards. */
export function sizeOfNode(node: NodeView, flow: Flow): Size {
  if (flow === "down") return { width: row.width, height: node.repeat > 1 && !node.collapsed ? 48 : row.height };
  if (node.collapsed) return { width: card.width, height: row.height };
  const ports = node.collapsed ? 0 : portLines(node) * portLine;
  const foot = hasFoot(node) ? 24 : 0;
  return { width: card.width, height: card.height + ports + foot };
}

/** Several inputs have a line each, with their names; so have outputs after the first, which is the main one. */
export const portLines = ({ inputs, outputs }: NodeView): number =>
  Math.max(inputs.length > 1 ? inputs.length : 0, outputs.length - 1);
export const hasFoot = ({ shape, parameters, collapsed }: NodeView): boolean =>
  !collapsed && (shape !== "" || parameters > 0);

/** Where a port sits on the border of its node. */
export function portPlace(node: NodeView, flow: Flow, side: "inputs" | "outputs", index: number): Point {
  const { width, height } = sizeOfNode(node, flow);
  const count = node[side].length;
  const along = (length: number) => (length * (index + 1)) / (count + 1);
  if (flow === "down") return { x: along(width), y: side === "inputs" ? 0 : height };
  const x = side === "inputs" ? 0 : width;
  if (node.collapsed) return { x, y: along(height) };
  const line = side === "inputs" ? (count > 1 ? index : -1) : index - 1;
  return { x, y: line < 0 ? singlePort : portsTop + portLine * line + portLine / 2 };
}

export interface WireLine {
  readonly path: string;
  /** Where its words stand. */
  readonly label: Point & { readonly anchor: "start" | "middle" | "end" };
}

/**
 * A wire from one port to another. What runs back, or past nodes that stand in between, goes around them.
 * @param aside where to pass by (x, of a downward wire) when nodes stand between its ends
 */
export function wireLine(from: Point, to: Point, flow: Flow, aside: number | null = null): WireLine {
  return flow === "down" ? downward(from, to, aside) : rightward(from, to);
}

function downward(from: Point, to: Point, aside: number | null): WireLine {
  if (aside !== null || to.y < from.y + grid) {
    const x = aside ?? Math.min(from.x, to.x) - row.width / 2 - 24;
    const [out, into] = [from.y + 22, to.y - 22];
    const path =
      `M${from.x} ${from.y}C${from.x} ${out} ${x} ${from.y} ${x} ${out + 18}` +
      `L${x} ${into - 18}C${x} ${to.y} ${to.x} ${into} ${to.x} ${to.y}`;
    return { path, label: { x: x - grid, y: (from.y + to.y) / 2, anchor: "end" } };
  }
  const middle = (from.y + to.y) / 2;
  const straight = Math.abs(from.x - to.x) < 2; // measured places may be off by a part of a pixel
  const path = straight
    ? `M${to.x} ${from.y}L${to.x} ${to.y}`
    : `M${from.x} ${from.y}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
  return { path, label: { x: (from.x + to.x) / 2 + 12, y: middle, anchor: "start" } };
}

function rightward(from: Point, to: Point): WireLine {
  if (to.x < from.x + 16) {
    const middle = Math.abs(to.y - from.y) > 40 ? (from.y + to.y) / 2 : Math.max(from.y, to.y) + 72;
    const path =
      `M${from.x} ${from.y}C${from.x + 52} ${from.y} ${from.x + 40} ${middle} ${from.x - 40} ${middle}` +
      `L${to.x + 30} ${middle}C${to.x - 40} ${middle} ${to.x - 44} ${to.y} ${to.x} ${to.y}`;
    return { path, label: { x: (from.x + to.x) / 2, y: middle - 11, anchor: "middle" } };
  }
  const bend = Math.max(24, (to.x - from.x) / 2);
  const path = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
  return { path, label: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 11, anchor: "middle" } };
}

/** Whether a downward wire would run through one of the nodes between its ends. */
export function runsThrough(from: Point, to: Point, nodes: Iterable<Rect>): boolean {
  if (to.y - from.y < pitch.down) return false;
  for (const { x, y, width, height } of nodes) {
    if (y <= from.y || y + height >= to.y) continue;
    const at = from.x + ((to.x - from.x) * (y + height / 2 - from.y)) / (to.y - from.y);
    if (at > x - grid && at < x + width + grid) return true;
  }
  return false;
}

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export const inside = (point: Point, { x, y, width, height }: Rect): boolean =>
  point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;

/** Whether a straight line from a to b meets a rectangle: how a node dropped on a wire is told from one beside it. */
export function meets(a: Point, b: Point, rect: Rect): boolean {
  let [near, far] = [0, 1];
  for (const [start, delta, low, high] of [
    [a.x, b.x - a.x, rect.x, rect.x + rect.width],
    [a.y, b.y - a.y, rect.y, rect.y + rect.height],
  ]) {
    if (delta === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const [one, two] = [(low - start) / delta, (high - start) / delta];
    near = Math.max(near, Math.min(one, two));
    far = Math.min(far, Math.max(one, two));
  }
  return near <= far;
}

export function around(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null;
  const left = Math.min(...rects.map(({ x }) => x));
  const top = Math.min(...rects.map(({ y }) => y));
  return {
    x: left,
    y: top,
    width: Math.max(...rects.map(({ x, width }) => x + width)) - left,
    height: Math.max(...rects.map(({ y, height }) => y + height)) - top,
  };
}

export const snapped = (value: number): number => Math.round(value / grid) * grid;

/** Networks are kept as they stand downwards; turned, rows become columns. */
const turn = { along: 4, across: 0.375 };
export const turned = ({ x, y }: Point): Point => ({ x: y * turn.along, y: x * turn.across });
export const turnedBack = ({ x, y }: Point): Point => ({
  x: Math.round(y / turn.across),
  y: Math.round(x / turn.along),
});
