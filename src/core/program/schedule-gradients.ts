/** Which values of an iteration a gradient passes, whose update takes it, and how often it is differentiated. */
import { depthFirst } from "../analysis/order.ts";
import type { Producing } from "./schedule-values.ts";
import type { Gradient } from "./types.ts";

/** A value that has been scheduled: its instruction, what it was made of, and whether a gradient is taken of it. */
export interface Scheduled {
  readonly instruction: Producing;
  /** The slice that evaluates it, and those of its values among which it stands. */
  slice: number;
  home: Scheduled[];
  readonly inputs: readonly Scheduled[];
  /**
   * What a gradient may pass on its way back from here: inputs that are not constants, and behind virtual weights the loss that
   * made them what they are.
   */
  readonly live: readonly Scheduled[];
  /** True where it holds a gradient of its inputs. */
  readonly differentiates: boolean;
  gradient: Gradient | null;
}

/**
 * Marks what lies between the trained networks and the loss. What something differentiates within is differentiated twice, and
 * so is all that a virtual step differentiates.
 * @param recorded names the update, or its micro-batch
 * @param unrolled virtual steps before this loss
 */
export function differentiate(loss: Scheduled, trains: readonly string[], recorded: string, unrolled: number): void {
  const { order } = depthFirst([loss], ({ live }) => live);
  const within = new Set(order.filter(({ instruction }) => stepOf(instruction) < unrolled));
  const reached = new Set<Scheduled>();
  for (const value of order) {
    const own = value.instruction.op === "evaluate" && trains.includes(value.instruction.network);
    if (own || within.has(value) || value.live.some((input) => reached.has(input))) reached.add(value);
  }
  const differentiated = order.filter((value) => value.differentiates).flatMap((value) => value.live);
  const twice = new Set(depthFirst(differentiated, ({ live }) => live).order);
  for (const value of reached) {
    if (value.gradient)
      throw new Error(`${value.instruction.id} is differentiated by ${value.gradient.slice} and by ${recorded}`);
    value.gradient = { slice: recorded, order: twice.has(value) || within.has(value) ? 2 : 1 };
  }
}

/** After how many virtual steps it is computed; never, where its weights are the real ones. */
const stepOf = (instruction: Producing): number =>
  instruction.op === "draw" ? Infinity : (instruction.virtual?.step ?? Infinity);
