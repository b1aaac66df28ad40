/** How many workers a run is worth, and how a checkpoint's variant tells how many it had. */
import type { Program } from "../core/program/types.ts";

/** What networks compute forward in an iteration, in FLOPs; gradients take about twice as much again. */
export function forwardFlops({ networks, training }: Program, batch: number): number {
  const ofSample = new Map(
    networks.map(({ name, instructions }) => [name, instructions.reduce((sum, { flops }) => sum + flops, 0)]),
  );
  const evaluated = (training?.iteration ?? []).flatMap(({ instructions }) =>
    instructions.flatMap((each) => (each.op === "evaluate" ? ofSample.get(each.network)! : [])),
  );
  return batch * evaluated.reduce((sum, flops) => sum + flops, 0);
}

/**
 * Below half a GFLOP an iteration takes some ten milliseconds, and two workers lose by meeting what they gain. All processors are
 * taken where there are two or three, and half of more than that, which are often two to a core; four at most.
 */
export function usualWorkers(flops: number, processors: number): number {
  if (flops < 5e8) return 1;
  return processors < 4 ? Math.min(2, processors) : Math.min(4, processors >> 1);
}

/** "wasm-relaxed×2" → 2; 1 where none is said. */
export const workersIn = (variant: string): number => Number(/×(\d+)$/.exec(variant)?.[1] ?? 1);
