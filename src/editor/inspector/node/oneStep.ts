/**
 * What one step of an optimizer differentiates, in a line: generator → discriminator → GANLoss → ∂θ. From the Program; virtual
 * steps and further micro-batches, which repeat it, are left out.
 */
import type { Vocabulary } from "../../../core/kind/kind.ts";
import type { Program } from "../../../core/program/types.ts";
import { aheadOf } from "../../../core/program/virtual.ts";

export interface OneStep {
  /** What the gradient passes, in the order in which it is computed: networks by name, functions by title. */
  readonly chain: readonly { readonly name: string; readonly times: number }[];
  /** The networks whose weights change. */
  readonly trains: readonly string[];
  /** Steps of this optimizer in one iteration, and where its first stands among all of them, from 1. */
  readonly steps: number;
  readonly position: number;
  readonly of: number;
}

/** Null where the optimizer takes no part in the program. */
export function oneStepOf({ training }: Program, optimizer: string, vocabulary: Vocabulary): OneStep | null {
  const iteration = training?.iteration ?? [];
  const position = iteration.findIndex((slice) => slice.optimizer === optimizer);
  if (!training || position < 0) return null;
  const slice = iteration[position];
  const ahead = aheadOf(slice);
  const chain: { name: string; times: number }[] = [];
  for (const instruction of iteration.flatMap(({ instructions }) => instructions)) {
    if (instruction.op !== "evaluate" && instruction.op !== "compute") continue;
    if (instruction.gradient?.slice !== slice.id || ahead.has(instruction.id)) continue;
    const name =
      instruction.op === "evaluate"
        ? instruction.network
        : (vocabulary.training.get(instruction.kind)?.title ?? instruction.kind);
    const last = chain.at(-1);
    if (last?.name === name) last.times++;
    else chain.push({ name, times: 1 });
  }
  return {
    chain,
    trains: training.optimizers.find(({ id }) => id === optimizer)?.trains ?? [],
    steps: iteration.filter((each) => each.optimizer === optimizer).length,
    position: position + 1,
    of: iteration.length,
  };
}
