/** The order in which nodes are read, and who stands beside whom along the wires. */

type Pairs = readonly (readonly [from: string, to: string])[];

/** What flows into a node stands before it, as far as there is no circle; else the order given is kept. */
export function readingOrder(ids: readonly string[], wires: Pairs): string[] {
  const rank = ranks(ids, wires);
  const position = new Map(ids.map((id, index) => [id, index]));
  return [...ids].sort((a, b) => rank.get(a)! - rank.get(b)! || position.get(a)! - position.get(b)!);
}

/** The length of the longest way that leads to each node; wires that close a circle do not count. */
export function ranks(ids: readonly string[], wires: Pairs): Map<string, number> {
  const producers = groupBy(wires, ([, to]) => to);
  const rank = new Map<string, number>();
  const open = new Set<string>();
  for (const root of ids) {
    const stack = [root];
    while (stack.length > 0) {
      const id = stack[stack.length - 1];
      const from = (producers.get(id) ?? []).map(([producer]) => producer);
      const waiting = open.has(id) ? [] : from.filter((producer) => !rank.has(producer) && !open.has(producer));
      open.add(id);
      if (waiting.length > 0) stack.push(...waiting);
      else {
        stack.pop();
        if (!rank.has(id)) rank.set(id, Math.max(-1, ...from.map((producer) => rank.get(producer) ?? -1)) + 1);
      }
    }
  }
  return rank;
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
