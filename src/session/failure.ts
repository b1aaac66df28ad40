/** What goes wrong while a program runs, as diagnostics: memory that is not to be had, and numbers that are none. */
import type { Tensor } from "@tensorflow/tfjs";
import { diagnose, UserError, type Place } from "../core/analysis/diagnostics.ts";
import { AllocationError } from "../runtime/errors.ts";

/** Runs f; an allocation that fails becomes a diagnostic at this place, and everything else stays what it is. */
export function withinMemory<T>(place: Place, tensor: string, batch: number, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    const named = error.shape ? `${tensor} [${error.shape.join(", ")}]` : tensor;
    throw new UserError(diagnose("out-of-memory", place, { tensor: named, bytes: error.bytes, batch }));
  }
}

/** A copy of something that was computed, to be looked at afterwards. */
export interface Witness {
  readonly place: Place;
  /** "the output of up1", "the gradient of main.0.weight". */
  readonly what: string;
  readonly tensor: Tensor;
}

/** The first witness that holds a NaN or an infinity, as a diagnostic; null where all are finite. Disposes them. */
export async function firstNotFinite(witnesses: readonly Witness[], iteration: number): Promise<UserError | null> {
  let found: UserError | null = null;
  for (const { place, what, tensor } of witnesses) {
    const culprit: number | undefined = found
      ? undefined
      : (await tensor.data()).find((value) => !Number.isFinite(value));
    if (culprit !== undefined)
      found = new UserError(
        diagnose("not-finite", place, { value: Number.isNaN(culprit) ? "NaN" : "An infinite value", what, iteration }),
      );
    tensor.dispose();
  }
  return found;
}
