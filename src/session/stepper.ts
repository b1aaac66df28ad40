/** What an optimizer's step is made of: its weights, and where slots and averages lie (step-each.ts, step-all.ts). */
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { WeightDeclaration } from "../core/program/types.ts";
import type { OptimizerPlan } from "../kinds/lowering.ts";
import type { Feeds } from "../runtime/feeds.ts";
import type { Rule, Schedule, Slots } from "../runtime/optimizers.ts";
import type { Tf } from "../runtime/tf.ts";
import type { Cell } from "./state.ts";

export interface Trained {
  readonly network: string;
  /** The weight's path in its network. */
  readonly path: string;
  readonly declaration: WeightDeclaration;
  readonly variable: Variable;
}

/** What is looked at in a step, besides doing it. */
export interface Looks {
  /** Whether to give ‖∇‖₂ over all the weights, before clipping; else null is given. */
  readonly measure?: boolean;
  /** Sees gradients and new weights. */
  observe?(what: string, weight: Trained, tensor: Tensor): void;
}

/** An optimizer as its steppers see it. */
export interface Stepped {
  readonly id: string;
  readonly plan: OptimizerPlan;
  readonly rule: Rule;
  readonly trained: readonly Trained[];
  /** Steps done, the one that is being done among them. */
  readonly steps: number;
  /** The same of one weight's rule. */
  stepsOf(weight: Trained): number;
}

export interface StepOptions extends Looks {
  readonly feeds: Feeds;
  /** The learning rate; asked again where the step is repeated. */
  rate(): number;
}

export interface Stepper {
  /** The caller's, where it runs within a tidy. */
  slotsOf(weight: Trained): Slots;
  /** Undefined before the first step. It stays the stepper's. */
  average(weight: Trained): Tensor | undefined;
  /** Sets a weight's average to the weight, where it has one. */
  restartAverage(weight: Trained): void;
  /** By gradients, one for each weight and null where the loss does not depend on it; they stay the caller's. */
  step(gradients: readonly (Tensor | null)[], options: StepOptions): Scalar | null;
  readonly cells: readonly Cell[];
  dispose(): void;
}

export const slotName = (id: string, { network, path }: Trained, slot: string): string =>
  `slots/${id}/${network}/${path}/${slot}`;
export const averageName = (id: string, { network, path }: Trained): string => `averages/${id}/${network}/${path}`;

/**
 * How numbers that change from step to step enter composed updates: as they are on WebAssembly, where every step runs this code,
 * and fed on WebGPU, each once for all weights at the same step of their rule.
 */
export function scheduleOf(tf: Tf, feeds: Feeds): (step: number) => Schedule | undefined {
  if (tf.getBackend() !== "webgpu") return () => undefined;
  const fed = new Map<string, Scalar>();
  return (step) => ({
    number(name, make) {
      const key = `${name}@${step}`;
      if (!fed.has(key)) fed.set(key, feeds.feed([], "float32", () => Float32Array.of(make())) as Scalar);
      return fed.get(key)!;
    },
    decide: (f) => feeds.decide(f),
  });
}
