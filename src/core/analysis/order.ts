/**
 * Depth-first order of a graph, iterative so that 10,000 layers in a row are no deeper than one. Values come after what
 * they depend on; the order follows the roots and the declared order of inputs, never the order of keys in a file.
 */
export interface Ordered<Id> {
  readonly order: readonly Id[];
  /** The ids on each circle that was found, in the direction of the wires. */
  readonly cycles: readonly (readonly Id[])[];
}

export function depthFirst<Id>(roots: Iterable<Id>, dependencies: (id: Id) => readonly Id[]): Ordered<Id> {
  const order: Id[] = [];
  const cycles: Id[][] = [];
  const state = new Map<Id, "open" | "done">();
  for (const root of roots) {
    if (state.has(root)) continue;
    state.set(root, "open");
    const path = [{ id: root, rest: dependencies(root), next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (top.next === top.rest.length) {
        state.set(top.id, "done");
        order.push(top.id);
        path.pop();
        continue;
      }
      const id = top.rest[top.next++];
      const seen = state.get(id);
      if (seen === undefined) {
        state.set(id, "open");
        path.push({ id, rest: dependencies(id), next: 0 });
      } else if (seen === "open") {
        const start = path.findIndex((entry) => entry.id === id);
        cycles.push(
          path
            .slice(start)
            .map((entry) => entry.id)
            .reverse(),
        );
      }
    }
  }
  return { order, cycles };
}

/** Ids as people count: "up2" before "up10". */
export const byId = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
const collator = new Intl.Collator("en", { numeric: true });
