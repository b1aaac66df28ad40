/** Where items stand within their columns: as near to their neighbours as order and distance allow. */
import type { Item } from "./layered.ts";

const sweeps = 8;

/** The middle of every item; the uppermost begins at 0. */
export function settled(items: readonly Item[], columns: readonly number[][], gap: number): number[] {
  const middles = new Array<number>(items.length).fill(0);
  for (const column of columns) spread(items, column, gap, middles, () => 0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const side = sweep % 2 === 0 ? "before" : "after";
    for (const column of side === "before" ? columns : [...columns].reverse())
      spread(items, column, gap, middles, (at) => mean(items[at][side], middles) ?? middles[at]);
  }
  // Starts and ends have neighbours at one side alone and go to them last.
  for (const column of columns)
    spread(items, column, gap, middles, (at) =>
      items[at].before.length === 0 ? (mean(items[at].after, middles) ?? middles[at]) : middles[at],
    );
  const least = Math.min(...middles.map((middle, at) => middle - items[at].height / 2));
  return middles.map((middle) => middle - (Number.isFinite(least) ? least : 0));
}

function mean(others: readonly number[], middles: readonly number[]): number | null {
  return others.length === 0 ? null : others.reduce((sum, at) => sum + middles[at], 0) / others.length;
}

/**
 * Sets a column's middles so that the squares of their distances from what they wish are least, in order and `gap` apart:
 * isotonic regression by pooling neighbours that would be too near. Wires that only pass weigh more, to run straight.
 */
function spread(
  items: readonly Item[],
  column: readonly number[],
  gap: number,
  middles: number[],
  wish: (at: number) => number,
): void {
  const pools: { sum: number; weight: number; size: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  column.forEach((at, index) => {
    const above = items[column[index - 1]];
    if (above) offset += (above.height + items[at].height) / 2 + (above.passes || items[at].passes ? gap / 2 : gap);
    offsets.push(offset);
    const weight = items[at].passes ? 4 : 1;
    let pool = { sum: weight * (wish(at) - offset), weight, size: 1 };
    for (let last = pools.at(-1); last && last.sum / last.weight >= pool.sum / pool.weight; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, size: last.size + pool.size };
    }
    pools.push(pool);
  });
  let index = 0;
  for (const { sum, weight, size } of pools)
    for (let member = 0; member < size; member++, index++) middles[column[index]] = sum / weight + offsets[index];
}
