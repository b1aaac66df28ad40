/** What goes wrong while a program runs, as diagnostics: memory that is not to be had, and numbers that are none. */
import type { Tensor } from "@tensorflow/tfjs";
import { diagnose, UserError, type Place } from "../core/analysis/diagnostics.ts";
import type { Weight } from "../core/program/weights.ts";
import { AllocationError } from "../runtime/errors.ts";
import type { Readable } from "./state.ts";

/** Runs f; an allocation that fails becomes a diagnostic at this place, and everything else stays what it is. */
export function withinMemory<T>(place: Place, batch: number, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw inMemory(error, place, batch);
  }
}

/** As {@link withinMemory}, of what finishes later. */
export async function finishWithinMemory<T>(place: Place, batch: number, f: () => Promise<T>): Promise<T> {
  try {
    return await f();
  } catch (error) {
    throw inMemory(error, place, batch);
  }
}

/** A failed allocation as a diagnostic, anything else as it is. */
function inMemory(error: unknown, place: Place, batch: number): unknown {
  if (!(error instanceof AllocationError)) return error;
  const tensor = error.shape ? `a tensor [${error.shape.join(", ")}]` : "scratch memory";
  const owner = place.node ? `${tensor} of ${place.node}` : tensor;
  return new OutOfMemory(diagnose("out-of-memory", place, { tensor: owner, bytes: error.bytes, batch }));
}

export class OutOfMemory extends UserError {}

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
      found = new UserError(diagnose("not-finite", place, { value: valueOf(culprit), what, iteration }));
    tensor.dispose();
  }
  return found;
}

/** Throws the diagnostic of the first cell whose value holds a NaN or an infinity. */
export function requireFinite(
  cells: readonly Readable[],
  values: ReadonlyMap<string, Weight>,
  iteration: number,
): void {
  for (const { name, network, weight } of cells) {
    const culprit = values.get(name)!.data.find((value) => !Number.isFinite(value));
    if (culprit === undefined) continue;
    const place = { graph: `networks.${network}`, node: weight.path.slice(0, weight.path.lastIndexOf(".")) };
    throw new UserError(diagnose("not-finite", place, { value: valueOf(culprit), what: name, iteration }));
  }
}

/** A number that is not finite and that no place could be found for. */
export const notFinite = (what: string, iteration: number): UserError =>
  new UserError(
    diagnose("not-finite", { graph: "training" }, { value: "A number that is not finite", what, iteration }),
  );

const valueOf = (culprit: number): string => (Number.isNaN(culprit) ? "NaN" : "An infinite value");
