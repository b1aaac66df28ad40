/**
 * Requests to the worker in the order that training needs: what comes back after the run was closed is void, and what is asked
 * while training goes on is done between two iterations.
 */
import type { Answers, RequestName, Requests } from "../../session/protocol.ts";
import type { TrainingClient } from "./client.ts";

/** What was asked no longer counts: the run was closed or another opened since. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

export interface Asking {
  /** Rejects with {@link Superseded} where the run was closed meanwhile, else as the client does. */
  ask<Name extends RequestName>(name: Name, given: Requests[Name]): Promise<Answers[Name]>;
  /** Does something between two iterations. Training that `goes` stops for it; who trains goes on after `settled`. */
  between<T>(goes: boolean, work: () => Promise<T>): Promise<T>;
  /** When all that was asked in between is done. */
  settled(): Promise<unknown>;
  /** What was asked before no longer counts. */
  forget(): void;
  /** Changes with `forget`. */
  readonly age: number;
}

export function createAsking(client: TrainingClient): Asking {
  let age = 0;
  let tail: Promise<unknown> = Promise.resolve();
  return {
    async ask(name, given) {
      const asked = age;
      const answer = await client.request(name, given).catch((error: unknown) => {
        throw asked === age ? error : new Superseded();
      });
      if (asked !== age) throw new Superseded();
      return answer;
    },
    between(goes, work) {
      if (goes) client.request("pause", {}).catch(() => {}); // what it answers is of no interest
      const done = tail.then(work, work);
      tail = done.catch(() => {});
      return done;
    },
    settled: () => tail,
    forget: () => void age++,
    get age() {
      return age;
    },
  };
}
