/** Threads that run a module of the tests, with the project's sources. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Makes Node run TypeScript in a thread. */
export const runTypeScript = ["--import", new URL("./run-typescript.mjs", import.meta.url).href];

/** Starts a thread on a module, and gives its only message. Rejects where it fails. */
export async function answerOf<T>(module: URL, workerData: unknown): Promise<T> {
  const worker = new Worker(module, { workerData, execArgv: runTypeScript });
  const failed = once(worker, "error").then(([error]) => Promise.reject(error as Error));
  try {
    const [answer] = (await Promise.race([once(worker, "message"), failed])) as [T];
    return answer;
  } finally {
    await worker.terminate();
  }
}
