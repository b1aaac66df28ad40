/**
 * A thread that computes one part of every batch for a session in another thread: it has a state of its own, does the same
 * slices on its rows, and meets the others in the collective. Since all it adds up is the same everywhere to the bit, its weights
 * stay equal to theirs.
 */
import { joinCollective, type Collective } from "../runtime/collective.ts";
import { createParts, type Parts } from "../runtime/parts.ts";
import type { Tf } from "../runtime/tf.ts";
import { assemble, type Assembly } from "./assembly.ts";
import { beginIteration, type Iteration } from "./iteration.ts";
import { problemOf, reasonOf, type Opening, type Order, type Problem } from "./orders.ts";

/** Obeys orders one after the other. Gives what went wrong in an opening; what goes wrong later ends the common work. */
export function createHand(tf: Tf): (order: Order) => Problem | null {
  let work: Work | null = null;

  return (order) => {
    if (order.do === "open") {
      work?.close();
      work = null;
      try {
        work = openWork(tf, order);
        return null;
      } catch (error) {
        return problemOf(error);
      }
    }
    if (work?.crew !== order.crew) return null; // of work that has ended
    if (order.do !== "close" && work.obey(order)) return null;
    work.close();
    work = null;
    return null;
  };
}

interface Work {
  readonly crew: number;
  /** False where it failed: the others have been told. */
  obey(order: Exclude<Order, Opening>): boolean;
  close(): void;
}

function openWork(tf: Tf, { crew, rank, memory, ...options }: Opening): Work {
  const collective: Collective = joinCollective(memory, rank);
  const parts: Parts = createParts(tf, collective, options.batch);
  const assembly: Assembly = assemble({ tf, ...options });
  const { machine } = assembly;
  let iteration: Iteration | null = null;

  const finish = () => {
    iteration?.finish();
    iteration = null;
  };

  function perform(order: Exclude<Order, Opening>): void {
    if (order.do === "take") assembly.takeOver(order.standing);
    if (order.do === "begin" || order.do === "iterate")
      iteration = beginIteration({ ...machine, parts }, { iteration: order.iteration });
    if (order.do === "iterate") for (const slice of machine.training.iteration) iteration!.perform(slice);
    if (order.do === "perform") iteration!.perform(machine.training.iteration[order.slice]);
    if (order.do === "finish" || order.do === "iterate") finish();
  }

  return {
    crew,
    obey(order) {
      try {
        perform(order);
        return true;
      } catch (error) {
        collective.end(reasonOf(error));
        return false;
      }
    },
    close() {
      finish();
      assembly.dispose();
    },
  };
}
