/** The order within columns: each item near the middle of its neighbours, swept to and fro, the best of all sweeps. */
import type { Item } from "./layered.ts";

const sweeps = 12;

/** Columns of item positions, from top to bottom. */
export function ordered(items: readonly Item[]): number[][] {
  let columns: number[][] = [];
  items.forEach(({ column }, at) => (columns[column] ??= []).push(at));
  columns = Array.from(columns, (column) => column ?? []);
  let best = columns;
  let fewest = crossings(items, columns);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    columns = swept(items, columns, sweep % 2 === 0 ? "before" : "after");
    const count = crossings(items, columns);
    if (count < fewest) [best, fewest] = [columns, count];
  }
  return best;
}

function swept(items: readonly Item[], columns: readonly number[][], side: "before" | "after"): number[][] {
  const next = columns.map((column) => [...column]);
  const position = positionsOf(items, next);
  const indices = next.map((_, column) => column);
  for (const column of side === "before" ? indices : indices.reverse()) {
    const wish = new Map(
      next[column].map((at) => {
        const around = items[at][side];
        const mean = around.reduce((sum, other) => sum + position[other], 0) / around.length;
        return [at, around.length === 0 ? position[at] : mean];
      }),
    );
    next[column].sort((a, b) => wish.get(a)! - wish.get(b)! || position[a] - position[b]);
    next[column].forEach((at, index) => (position[at] = index));
  }
  return next;
}

function positionsOf(items: readonly Item[], columns: readonly number[][]): number[] {
  const position = new Array<number>(items.length).fill(0);
  for (const column of columns) column.forEach((at, index) => (position[at] = index));
  return position;
}

/** Pairs of wires between neighbouring columns that cross, counted as inversions with a Fenwick tree. */
function crossings(items: readonly Item[], columns: readonly number[][]): number {
  const position = positionsOf(items, columns);
  let count = 0;
  columns.forEach((column, index) => {
    const ends = column.flatMap((at) => items[at].after.map((to) => position[to]).sort((a, b) => a - b));
    const tree = new Array<number>((columns[index + 1]?.length ?? 0) + 1).fill(0);
    ends.forEach((end, seen) => {
      let notBelow = 0;
      for (let at = end + 1; at > 0; at -= at & -at) notBelow += tree[at];
      count += seen - notBelow;
      for (let at = end + 1; at < tree.length; at += at & -at) tree[at]++;
    });
  });
  return count;
}
