/** The order of a worker's work: one request after the other, but for those that first stop the training that runs. */
import { UserError } from "../core/analysis/diagnostics.ts";
import type { Answers, FromWorker, RequestName, Requests, ToWorker } from "../session/protocol.ts";

/** What does the work. The signal is aborted when a later request asks training to stop. */
export type Handlers = {
  readonly [Name in RequestName]: (given: Requests[Name], signal: AbortSignal) => Promise<Answers[Name]>;
};

/** These do not wait for the training before them to come to its end: it stops after its iteration. */
const interrupting: ReadonlySet<RequestName> = new Set<RequestName>(["pause", "open", "close"]);

/** @returns takes messages as they come; answers go to `send` in the same order. */
export function createServer(handlers: Handlers, send: (message: FromWorker) => void): (message: ToWorker) => void {
  let last = Promise.resolve();
  const waiting = new Set<AbortController>();
  return (message) => {
    if (interrupting.has(message.request)) for (const controller of waiting) controller.abort();
    const controller = new AbortController();
    waiting.add(controller);
    last = last.then(async () => {
      send(await answerTo(handlers, message, controller.signal));
      waiting.delete(controller);
    });
  };
}

async function answerTo(
  handlers: Handlers,
  { id, request, given }: ToWorker,
  signal: AbortSignal,
): Promise<FromWorker> {
  // each name's handler takes what comes with that name: ToWorker says so, a union of functions cannot
  const handle = handlers[request] as (given: unknown, signal: AbortSignal) => Promise<Answers[RequestName]>;
  try {
    return { id, answer: await handle(given, signal) };
  } catch (error) {
    if (error instanceof UserError) return { id, refused: { diagnostics: error.diagnostics } };
    return { id, broke: error instanceof Error ? error.message : String(error) };
  }
}
