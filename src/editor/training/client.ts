/**
 * The page's end of the training worker: requests become promises, news goes to listeners. The worker starts at the first
 * request; one that died can be started anew.
 */
import { sentence, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import type { Answers, FromWorker, News, RequestName, Requests, ToWorker } from "../../session/protocol.ts";

export interface TrainingClient {
  /** Rejects with {@link Refused} or {@link WorkerBroke}. Files and numbers are copied, not taken. */
  request<Name extends RequestName>(name: Name, given: Requests[Name]): Promise<Answers[Name]>;
  /** @returns what takes the listener off again */
  onNews(listener: (news: News) => void): () => void;
  /** Ends the worker at once; what is pending is rejected, and the next request starts another. */
  restart(): void;
  dispose(): void;
}

/** What was asked cannot be done, for reasons that are the person's to mend. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(sentence).join(" "));
    this.diagnostics = diagnostics;
  }
}

/** The worker failed in a way that is no one's mistake but ours, or it died. */
export class WorkerBroke extends Error {
  override readonly name = "WorkerBroke";
}

/** What an error says to a person; of a refusal, all its sentences. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @param spawn starts a worker; called at the first request, and again after a restart */
export function createTrainingClient(spawn: () => Worker): TrainingClient {
  let worker: Worker | null = null;
  let lastId = 0;
  const pending = new Map<number, Pending>();
  const listeners = new Set<(news: News) => void>();

  function start(): Worker {
    const started = spawn();
    started.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
    started.onerror = (event) => {
      event.preventDefault();
      end(`Training stopped working${event.message ? ` (${event.message})` : ""}. Start it again: the run is kept.`);
    };
    started.onmessageerror = () =>
      end("Training sent something that this page could not read. Start it again: the run is kept.");
    return started;
  }

  function receive(message: FromWorker): void {
    if ("news" in message) return listeners.forEach((listener) => listener(message.news));
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ("answer" in message) waiting?.resolve(message.answer);
    else if ("refused" in message) waiting?.reject(new Refused(message.refused.diagnostics));
    else waiting?.reject(new WorkerBroke(message.broke));
  }

  function end(why: string): void {
    worker?.terminate();
    worker = null;
    const waiting = [...pending.values()];
    pending.clear();
    for (const { reject } of waiting) reject(new WorkerBroke(why));
  }

  return {
    request<Name extends RequestName>(request: Name, given: Requests[Name]) {
      worker ??= start();
      const id = ++lastId;
      const answer = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject }));
      worker.postMessage({ id, request, given } as ToWorker);
      return answer as Promise<Answers[Name]>;
    },
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    restart: () => end("Training was started anew."),
    dispose() {
      end("Training was closed.");
      listeners.clear();
    },
  };
}

interface Pending {
  resolve(answer: unknown): void;
  reject(reason: Error): void;
}
