/** Threads that serve as hands, started when they are first wanted and kept for every session after that. */
import type { Hand, Opening, Order, Problem } from "./orders.ts";

/** A thread that runs createHand: it first says the variant of its kernels, then answers openings. */
export interface Thread {
  post(order: Order): void;
  /** Whether an answer is awaited of it: where none is, it keeps nobody from ending. */
  awaited(answer: boolean): void;
  end(): unknown;
}

/** What is heard of a thread. */
export interface Heard {
  answer(said: unknown): void;
  failed(error: Error): void;
}

export interface Pool {
  /** So many hands. Null where one computes with another variant, since its rounding would be another. Rejects where one does not start. */
  hands(count: number, variant: string): Promise<readonly Hand[] | null>;
  /** Ends all threads. */
  close(): Promise<void>;
}

export function createPool(spawn: (heard: Heard) => Thread): Pool {
  const started: Promise<Started>[] = [];
  return {
    async hands(count, variant) {
      while (started.length < count) started.push(start(spawn));
      try {
        const hands = await Promise.all(started.slice(0, count));
        return hands.every((hand) => hand.variant === variant) ? hands : null;
      } catch (error) {
        await end(started.splice(0)); // the next asking starts new ones
        throw error;
      }
    },
    close: () => end(started.splice(0)),
  };
}

interface Started extends Hand {
  readonly variant: string;
  end(): unknown;
}

async function end(threads: readonly Promise<Started>[]): Promise<void> {
  for (const each of await Promise.allSettled(threads)) if (each.status === "fulfilled") await each.value.end();
}

async function start(spawn: (heard: Heard) => Thread): Promise<Started> {
  let ended: Error | null = null;
  let waiting: { resolve(answer: unknown): void; reject(error: Error): void } | null = null;
  const thread = spawn({
    answer(said) {
      thread.awaited(false);
      waiting?.resolve(said);
      waiting = null;
    },
    failed(error) {
      ended ??= error;
      waiting?.reject(ended);
      waiting = null;
    },
  });

  const answer = <T>() =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      thread.awaited(true);
      waiting = { resolve: (said) => resolve(said as T), reject };
    });
  const post = (order: Order) => {
    if (ended) throw ended;
    thread.post(order);
  };

  const variant = await answer<string>();
  return {
    variant,
    async open(order: Opening) {
      post(order);
      return answer<Problem | null>();
    },
    post,
    end: () => thread.end(),
  };
}
