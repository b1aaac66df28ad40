/**
 * A small layered layout for any directed graph: nodes in columns by their longest way from a start, each column in the
 * order that crosses fewest wires, then moved to where wires run straight. After Sugiyama, Tagawa and Toda (1981). Knows
 * sizes and nothing of what is drawn.
 */
import { ordered } from "./layered-order.ts";
import { settled } from "./layered-places.ts";
import type { Point } from "./svg.ts";

export interface LayeredNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
export interface LayeredEdge {
  readonly from: string;
  readonly to: string;
}
export interface LayeredOptions {
  /** Between columns, and between neighbours of one column, in pixels. */
  readonly columnGap?: number;
  readonly rowGap?: number;
}
export interface Layered {
  /** The upper left corner of every node; their middles stand on a grid of 4 pixels. */
  readonly positions: ReadonlyMap<string, Point>;
  /** For each edge, the pairs of points between which it crosses the columns that it passes, in order. */
  readonly routes: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

/** A node, or the place where a long edge passes a column. */
export interface Item {
  readonly column: number;
  readonly height: number;
  /** Places of neighbours in the columns before and after, as positions in the list of items. */
  readonly before: number[];
  readonly after: number[];
  readonly passes: boolean;
}

/** Edges to nodes that are not there are passed over; those that would close a circle do not count for the columns. */
export function layered(
  nodes: readonly LayeredNode[],
  edges: readonly LayeredEdge[],
  { columnGap = 80, rowGap = 32 }: LayeredOptions = {},
): Layered {
  const index = new Map(nodes.map(({ id }, at) => [id, at]));
  const ends = edges.map(({ from, to }) => ({ from: index.get(from) ?? -1, to: index.get(to) ?? -1 }));
  const columns = columnsOf(
    nodes.length,
    ends.filter(({ from, to }) => from >= 0 && to >= 0 && from !== to),
  );
  const items: Item[] = nodes.map(({ height }, at) => ({
    column: columns[at],
    height,
    before: [],
    after: [],
    passes: false,
  }));
  const passed = ends.map(({ from, to }) => thread(items, from, to));
  const order = ordered(items);
  const middles = settled(items, order, rowGap);

  const widths = order.map((column) => Math.max(0, ...column.map((at) => nodes[at]?.width ?? 0)));
  const lefts: number[] = [];
  widths.reduce((left, width, at) => ((lefts[at] = left), left + width + columnGap), 0);
  const place = ({ column, height }: Item, at: number): Point => ({
    x: lefts[column] + (at < nodes.length ? snapped((widths[column] - nodes[at].width) / 2) : 0),
    y: snapped(middles[at]) - height / 2,
  });
  const places = items.map(place);
  return {
    positions: new Map(nodes.map(({ id }, at) => [id, places[at]])),
    routes: passed.map((some) =>
      some.flatMap((at) => {
        const { x, y } = { x: lefts[items[at].column], y: places[at].y + items[at].height / 2 };
        return [{ x, y }, { x: x + widths[items[at].column], y }]; // prettier-ignore
      }),
    ),
    width: widths.length === 0 ? 0 : lefts[widths.length - 1] + widths[widths.length - 1],
    height: Math.max(0, ...places.map(({ y }, at) => y + items[at].height)),
  };
}

const snapped = (value: number): number => Math.round(value / 4) * 4;

interface End {
  readonly from: number;
  readonly to: number;
}

/**
 * Nodes without an input stand in the first column, all others as far back as what they feed allows, so that an
 * evaluation stands beside the others that feed the same loss.
 */
function columnsOf(count: number, ends: readonly End[]): number[] {
  const order = topological(count, ends);
  const at = new Array<number>(count);
  order.forEach((node, position) => (at[node] = position));
  const forward = ends.filter(({ from, to }) => at[from] < at[to]);
  const column = new Array<number>(count).fill(0);
  const byStart = [...forward].sort((a, b) => at[a.from] - at[b.from]);
  for (const { from, to } of byStart) column[to] = Math.max(column[to], column[from] + 1);
  const last = Math.max(0, ...column);
  const latest = new Array<number>(count).fill(last);
  for (const { from, to } of byStart.reverse()) latest[from] = Math.min(latest[from], latest[to] - 1);
  const fed = new Set(forward.map(({ to }) => to));
  return column.map((earliest, node) => (fed.has(node) ? latest[node] : earliest));
}

/** Kahn's order; where only circles are left, the first node that remains goes next. */
function topological(count: number, ends: readonly End[]): number[] {
  const waits = new Array<number>(count).fill(0);
  const next = Array.from({ length: count }, (): number[] => []);
  for (const { from, to } of ends) {
    waits[to]++;
    next[from].push(to);
  }
  const order: number[] = [];
  const done = new Array<boolean>(count).fill(false);
  const ready = waits.flatMap((some, node) => (some === 0 ? [node] : [])).reverse();
  for (let first = 0; order.length < count;) {
    while (done[first]) first++;
    const node = ready.pop() ?? first;
    if (done[node]) continue;
    done[node] = true;
    order.push(node);
    for (const to of next[node]) if (--waits[to] === 0 && !done[to]) ready.push(to);
  }
  return order;
}

/** Links both ends of an edge through a place in every column between them; gives those places. */
function thread(items: Item[], from: number, to: number): number[] {
  if (from < 0 || to < 0 || items[from].column >= items[to].column) return [];
  const places: number[] = [];
  let before = from;
  for (let column = items[from].column + 1; column < items[to].column; column++) {
    const place = items.length;
    items.push({ column, height: 12, before: [before], after: [], passes: true });
    items[before].after.push(place);
    places.push(place);
    before = place;
  }
  items[before].after.push(to);
  items[to].before.push(before);
  return places;
}
