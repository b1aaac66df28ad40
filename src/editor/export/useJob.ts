/** Work of the worker that a person waits for, can call off, and sees the end of. What is called off ends unheard. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useParts } from "../model/context.ts";
import { messageOf } from "../training/client.ts";

export type Job<T> =
  | { readonly status: "idle" }
  /** `what` is being done, as the worker tells it. */
  | { readonly status: "running"; readonly what: string }
  | { readonly status: "done"; readonly result: T }
  | { readonly status: "failed"; readonly error: unknown };

export interface JobControls<T> {
  readonly job: Job<T>;
  /** @param then done with what came out, unless it was called off */
  run(what: string, work: () => Promise<T>, then?: (result: T) => void): Promise<void>;
  /** Back to idle: calls off what runs, forgets what was found. */
  clear(): void;
}

export function useJob<T>(): JobControls<T> {
  const { client } = useParts();
  const [job, setJob] = useState<Job<T>>({ status: "idle" });
  const current = useRef(0);
  useEffect(
    () =>
      client.onNews((news) => {
        if (news.kind !== "preparing") return;
        const part = news.part === null ? "" : `, ${Math.round(100 * news.part)} %`;
        setJob((before) => (before.status === "running" ? { ...before, what: news.what + part } : before));
      }),
    [client],
  );
  useEffect(() => () => void current.current++, []);
  const run = useCallback(async (what: string, work: () => Promise<T>, then?: (result: T) => void) => {
    const own = ++current.current;
    setJob({ status: "running", what });
    const end = await work().then(
      (result): Job<T> => ({ status: "done", result }),
      (error: unknown): Job<T> => ({ status: "failed", error }),
    );
    if (own !== current.current) return;
    setJob(end);
    if (end.status === "done") then?.(end.result);
  }, []);
  const clear = useCallback(() => {
    current.current++;
    setJob({ status: "idle" });
  }, []);
  return { job, run, clear };
}

/** What went wrong, as a sentence. */
export function reasonOf(error: unknown): string {
  return messageOf(error) || "The run was closed or opened anew meanwhile. Try again.";
}
