/** Whether contestants train the same thing: the same losses of the first step where weights are the same, as many parameters. */
import type { RunningTrainer } from "./trainers.ts";

/** Relative; losses are sums of float32 numbers in another order. */
const tolerance = 1e-4;

/** A sentence for each contestant that trains something else than the first. */
export function disagreements(running: ReadonlyMap<string, RunningTrainer>): string[] {
  const [[name, first], ...others] = [...running];
  return others.flatMap(([other, { ready }]) => {
    const { losses, parameters } = ready;
    const found: string[] = [];
    for (const [node, loss] of Object.entries(first.ready.losses)) {
      const theirs = losses[node];
      if (theirs === undefined) continue; // a program written by hand names no nodes and starts from weights of its own
      if (!(Math.abs(theirs - loss) <= tolerance * Math.max(1, Math.abs(loss))))
        found.push(`${node} is ${theirs} in the first step of ${other} and ${loss} in that of ${name}`);
    }
    if (parameters !== undefined && parameters !== first.ready.parameters)
      found.push(`${other} trains ${parameters} numbers and ${name} ${first.ready.parameters}`);
    return found;
  });
}
