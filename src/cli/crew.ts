/** Threads of this process that compute parts of batches beside it. They live as long as the process and serve every session. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Hand } from "../session/orders.ts";
import { createPool, type Heard, type Thread } from "../session/pool.ts";

/** So many hands, or null where one computes with another variant of the kernels. Rejects where one does not start. */
export const openHands = (count: number, variant: string, { execArgv }: StartOptions = {}): Promise<Hands> => {
  flags = execArgv;
  return pool.hands(count, variant);
};

export interface StartOptions {
  /** Node's options in the threads; this process's where left out. */
  readonly execArgv?: readonly string[];
}

type Hands = readonly Hand[] | null;

/** Ends all threads. */
export const closeHands = (): Promise<void> => pool.close();

/** Processors that this process may use. */
export const processors = (): number => availableParallelism();

let flags: readonly string[] | undefined;
const pool = createPool(spawn);

function spawn({ answer, failed }: Heard): Thread {
  const own = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(own), `crew-hand${path.extname(own)}`); // the source, or what was built of it
  const worker = new Worker(file, flags ? { execArgv: [...flags] } : {});
  worker.on("message", answer);
  worker.on("error", failed);
  worker.on("exit", () => failed(new Error("A worker of the training has ended.")));
  return {
    post: (order) => worker.postMessage(order),
    awaited: (isAwaited) => (isAwaited ? worker.ref() : worker.unref()),
    end: () => worker.terminate(),
  };
}
