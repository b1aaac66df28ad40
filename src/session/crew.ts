/**
 * A session's batches computed by several threads: the one that holds the session is rank 0, and hands compute the other parts.
 * They are told what to do next and do it at the same time; rank 0's state is the truth, and the hands take it over where it was
 * changed by anything but training.
 */
import type { Program } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { collectiveMemory, joinCollective, type Collective } from "../runtime/collective.ts";
import { createParts, type Parts } from "../runtime/parts.ts";
import { beginIteration, type Clock, type Iteration, type Machine } from "./iteration.ts";
import { causeOf, errorOf, reasonOf, type Hand, type Opening, type Order, type Standing } from "./orders.ts";
import { sharedDataSet, sharedTensors } from "./shared.ts";

export interface Crew {
  /** Makes the hands ready, in the state that rank 0 is in. Throws what stops one of them. */
  gather(standing: () => Promise<Standing>): Promise<void>;
  /**
   * As beginIteration, for all. What it throws ends the common work; the next `gather` begins anew. Of a `whole` iteration all
   * slices are performed: the hands are told once, and need not be woken between them.
   */
  begin(clock: Clock, whole: boolean): Iteration;
  /** Says that rank 0's state has changed otherwise: the hands' is no longer the same. */
  stray(): void;
  dispose(): void;
}

export interface CrewOptions {
  readonly machine: Machine;
  readonly program: Program;
  readonly dataSets: ReadonlyMap<string, DataSet>;
  /** One at least, and fewer than rows in a batch. */
  readonly hands: readonly Hand[];
}

export function createCrew({ machine, program, dataSets, hands }: CrewOptions): Crew {
  const { tf, seed, batch, measureGradients, training } = machine;
  const ranks = hands.length + 1;
  const crew = nextCrew++;
  let joined: { readonly collective: Collective; readonly parts: Parts } | null = null;
  let equal = false;

  const tell = (order: Exclude<Order, Opening>) => hands.forEach((hand) => hand.post(order));

  async function join(): Promise<NonNullable<typeof joined>> {
    const memory = collectiveMemory(ranks);
    const sets = new Map([...dataSets].map(([id, set]) => [id, sharedDataSet(set)]));
    const opening = { do: "open", crew, memory, program, dataSets: sets, seed, batch, measureGradients } as const;
    const problems = await Promise.all(hands.map((hand, index) => hand.open({ ...opening, rank: index + 1 })));
    const problem = problems.find((each) => each !== null);
    if (problem) throw errorOf(problem);
    const collective = joinCollective(memory, 0);
    return { collective, parts: createParts(tf, collective, batch) };
  }

  return {
    async gather(standing) {
      if (!joined) {
        joined = await join();
        equal = false;
      }
      if (equal) return;
      const { tensors, ...rest } = await standing();
      tell({ do: "take", crew, standing: { ...rest, tensors: sharedTensors(tensors) } });
      equal = true;
    },

    begin(clock, whole) {
      const { collective, parts } = joined!;
      tell({ do: whole ? "iterate" : "begin", crew, iteration: clock.iteration });
      const work = beginIteration({ ...machine, parts }, clock);
      return {
        perform(slice) {
          if (!whole) tell({ do: "perform", crew, slice: training.iteration.indexOf(slice) });
          try {
            work.perform(slice);
          } catch (error) {
            collective.end(reasonOf(error));
            joined = null;
            throw causeOf(error);
          }
        },
        losses: work.losses,
        gradients: work.gradients,
        finish() {
          if (!whole) tell({ do: "finish", crew });
          work.finish();
        },
      };
    },

    stray() {
      equal = false;
    },

    dispose() {
      joined?.collective.end("The session has ended.");
      tell({ do: "close", crew });
    },
  };
}

let nextCrew = 0;
