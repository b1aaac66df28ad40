/**
 * Order in a graph that nobody has arranged. Rows run down one column, and where data parts, each branch keeps a column of its
 * own; wires that skip rows go around them (wires.ts). Cards stand in columns to the right, with few crossings.
 */
import { layered } from "../../targets/figure/layered.ts";
import { pitch, row, sizeOfNode, snapped, type Flow, type Point } from "./geometry.ts";
import { ranks } from "./order.ts";
import type { Scene } from "./scene.ts";

/** Upper left corners on the canvas, on its grid; none stands left of 0 or above it. */
export const inOrder = (scene: Scene, flow: Flow): Map<string, Point> => (flow === "down" ? rows(scene) : cards(scene));

function cards({ nodes, wires }: Scene): Map<string, Point> {
  const boxes = [...nodes].map(([id, node]) => ({ id, ...sizeOfNode(node, "right") }));
  const { positions } = layered(
    boxes,
    wires.map(({ from, to }) => ({ from: from.node, to: to.node })),
    { columnGap: 64, rowGap: 32 },
  );
  return new Map([...positions].map(([id, { x, y }]) => [id, { x: snapped(x), y: snapped(y) }]));
}

function rows({ nodes, wires }: Scene): Map<string, Point> {
  const rank = ranks(
    [...nodes.keys()],
    wires.map(({ from, to }) => [from.node, to.node]),
  );
  const heights: number[] = [];
  for (const [id, node] of nodes)
    heights[rank.get(id)!] = Math.max(heights[rank.get(id)!] ?? 0, sizeOfNode(node, "down").height);
  const tops = [0];
  heights.forEach((height, layer) => (tops[layer + 1] = tops[layer] + height + pitch.down - row.height));
  const lanes = lanesOf([...nodes.keys()], wires, rank);
  const across = row.width + 40;
  return new Map([...nodes.keys()].map((id) => [id, { x: lanes.get(id)! * across, y: tops[rank.get(id)!] }]));
}

/** Each node goes on in the column of what it comes from, the leftmost of those that are free in its row. */
function lanesOf(
  ids: readonly string[],
  wires: Scene["wires"],
  rank: ReadonlyMap<string, number>,
): Map<string, number> {
  const producers = new Map<string, string[]>();
  for (const { from, to } of wires) {
    const some = producers.get(to.node);
    if (some) some.push(from.node);
    else producers.set(to.node, [from.node]);
  }
  const taken = new Set<string>();
  const lanes = new Map<string, number>();
  for (const id of ids) {
    const isFree = (lane: number) => !taken.has(`${rank.get(id)} ${lane}`);
    const above = (producers.get(id) ?? []).map((producer) => lanes.get(producer) ?? 0).sort((a, b) => a - b);
    const lane = above.find(isFree) ?? firstFrom(above[0] ?? 0, isFree);
    taken.add(`${rank.get(id)} ${lane}`);
    lanes.set(id, lane);
  }
  return lanes;
}

function firstFrom(start: number, isFree: (lane: number) => boolean): number {
  let lane = start;
  while (!isFree(lane)) lane++;
  return lane;
}
