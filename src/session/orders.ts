/**
 * What one thread (rank 0, which holds the session) tells the hands, threads that compute the other parts of its batches. Plain
 * messages, in order; a hand answers the opening ones alone.
 */
import type { Diagnostic } from "../core/analysis/diagnostics.ts";
import { UserError } from "../core/analysis/diagnostics.ts";
import type { Program } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { CollectiveEnded, type CollectiveMemory } from "../runtime/collective.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** Builds all that training a program needs, in the place of what was there before. */
export interface Opening {
  readonly do: "open";
  /** Tells this common work from others; the orders that follow bear it. */
  readonly crew: number;
  readonly rank: number;
  readonly memory: CollectiveMemory;
  readonly program: Program;
  readonly dataSets: ReadonlyMap<string, DataSet>;
  readonly seed: number;
  readonly batch: number;
  readonly measureGradients: boolean;
}

/** A run's state between two iterations. */
export type Standing = Pick<Checkpoint, "iteration" | "steps" | "began" | "tensors">;

export type Order =
  | Opening
  | { readonly do: "take"; readonly crew: number; readonly standing: Standing }
  /** All of an iteration at once. */
  | { readonly do: "iterate"; readonly crew: number; readonly iteration: number }
  | { readonly do: "begin"; readonly crew: number; readonly iteration: number }
  /** A slice of the iteration that is begun, by its place. */
  | { readonly do: "perform"; readonly crew: number; readonly slice: number }
  | { readonly do: "finish"; readonly crew: number }
  | { readonly do: "close"; readonly crew: number };

/** A hand as rank 0 sees it. Whoever starts the thread makes it. */
export interface Hand {
  /** Resolves when all is built, with what went wrong if something did. */
  open(order: Opening): Promise<Problem | null>;
  post(order: Exclude<Order, Opening>): void;
}

/** An error that can be told to another thread. */
export type Problem = { readonly diagnostics: readonly Diagnostic[] } | { readonly message: string };

export const problemOf = (error: unknown): Problem =>
  error instanceof UserError
    ? { diagnostics: error.diagnostics }
    : { message: error instanceof Error ? error.message : String(error) };

export const errorOf = (problem: Problem): Error =>
  "diagnostics" in problem ? new UserError(...problem.diagnostics) : new Error(problem.message);

/** The reason with which a rank ends the common work. */
export const reasonOf = (error: unknown): string => JSON.stringify(problemOf(error));

/** The error of the rank that ended the common work, where another one did; else the error itself. */
export function causeOf(error: unknown): unknown {
  if (!(error instanceof CollectiveEnded)) return error;
  try {
    return errorOf(JSON.parse(error.message) as Problem);
  } catch {
    return error; // a rank that did not come gives its reason in words
  }
}
