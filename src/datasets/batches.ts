/**
 * Which rows a draw sees: a pure function of the draw's number and the epoch's permutation, so that a resumed run and
 * another target go on with the same rows. The rows themselves are fetched in gather.ts.
 */
import { DatasetProblem } from "./problems.ts";

export interface BatchPlan {
  /** The data set's name, for messages. */
  readonly name: string;
  readonly count: number;
  readonly batch: number;
  /** False takes the rows as they come. */
  readonly shuffle: boolean;
  /** Leaves out the last batch of an epoch where it would be smaller. */
  readonly dropLast: boolean;
}

export interface DrawnRows {
  readonly rows: Uint32Array;
  /** From 0: how often the data set has been gone through before this draw. */
  readonly epoch: number;
}

/**
 * The rows of draw 0, 1, 2, … of one Dataset node: `batch` of them, or what is left in the last draw of an epoch.
 * @param permutation gives the order of an epoch, a permutation of 0 … count − 1; asked only where `shuffle` is set
 * @throws DatasetProblem batch-too-large where not one batch fills and incomplete ones are dropped
 */
export function rowsOfDraw(plan: BatchPlan, draw: number, permutation: (epoch: number) => Uint32Array): DrawnRows {
  const perEpoch = drawsPerEpoch(plan);
  const epoch = Math.floor(draw / perEpoch);
  const start = (draw % perEpoch) * plan.batch;
  const end = Math.min(start + plan.batch, plan.count);
  if (plan.shuffle) return { rows: permutation(epoch).slice(start, end), epoch };
  return { rows: Uint32Array.from({ length: end - start }, (_, i) => start + i), epoch };
}

/** Draws until every row (but those that are dropped) has been seen once. @throws as {@link rowsOfDraw} */
export function drawsPerEpoch({ name, count, batch, dropLast }: Omit<BatchPlan, "shuffle">): number {
  if (!dropLast) return Math.ceil(count / batch);
  if (batch > count) throw new DatasetProblem("batch-too-large", { name, batch, count });
  return Math.floor(count / batch);
}

/** Remembers the last two epochs' orders: the draws of one iteration may lie on both sides of an epoch's end. */
export function rememberPermutations(permutation: (epoch: number) => Uint32Array): (epoch: number) => Uint32Array {
  const orders = new Map<number, Uint32Array>();
  return (epoch) => {
    const known = orders.get(epoch);
    if (known) return known;
    const order = permutation(epoch);
    if (orders.size === 2) orders.delete(orders.keys().next().value!);
    orders.set(epoch, order);
    return order;
  };
}
