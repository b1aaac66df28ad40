/** Threads of this process that compute parts of batches beside it. They live as long as the process and serve every session. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Hand, Opening, Order, Problem } from "../session/orders.ts";

/**
 * So many hands, started where there are fewer; null where one computes with another variant of the kernels, since its rounding
 * would be another.
 */
export async function openHands(
  count: number,
  variant: string,
  options: { readonly execArgv?: readonly string[] } = {},
): Promise<readonly Hand[] | null> {
  while (started.length < count) started.push(start(options.execArgv));
  const hands = await Promise.all(started.slice(0, count));
  return hands.every((hand) => hand.variant === variant) ? hands : null;
}

/** Ends all threads. */
export async function closeHands(): Promise<void> {
  for (const hand of await Promise.allSettled(started.splice(0)))
    if (hand.status === "fulfilled") await hand.value.end();
}

/** Processors that this process may use. */
export const processors = (): number => availableParallelism();

interface Started extends Hand {
  readonly variant: string;
  end(): Promise<void>;
}

const started: Promise<Started>[] = [];

/** Rejects where the thread's backend does not start. */
async function start(execArgv: readonly string[] | undefined): Promise<Started> {
  const own = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(own), `crew-hand${path.extname(own)}`); // the source, or what was built of it
  const worker = new Worker(file, execArgv ? { execArgv: [...execArgv] } : {});
  let ended: Error | null = null;
  let waiting: { resolve(answer: unknown): void; reject(error: Error): void } | null = null;

  const end = (error: Error) => {
    ended ??= error;
    waiting?.reject(ended);
    waiting = null;
  };
  worker.on("message", (answer: unknown) => {
    worker.unref(); // nothing is awaited of it: it keeps nobody from ending
    waiting?.resolve(answer);
    waiting = null;
  });
  worker.on("error", end);
  worker.on("exit", () => end(new Error("A worker of the training has ended.")));

  const answer = <T>() =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      worker.ref();
      waiting = { resolve: (given) => resolve(given as T), reject };
    });
  const post = (order: Order) => {
    if (ended) throw ended;
    worker.postMessage(order);
  };

  const variant = await answer<string>();
  return {
    variant,
    open(order: Opening) {
      const answered = answer<Problem | null>();
      if (!ended) post(order);
      return answered;
    },
    post,
    async end() {
      await worker.terminate();
    },
  };
}
