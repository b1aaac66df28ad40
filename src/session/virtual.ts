/**
 * Virtual steps: an optimizer's rule applied to copies, recorded so that another optimizer is differentiated through it
 * (unrolled GANs; Metz et al. 2017). What they change lies over weights, buffers, slots and functions' state, and is taken away
 * again.
 */
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { Progress } from "../kinds/lowering.ts";
import { clipGradNorm, clipWeights, type Slots } from "../runtime/optimizers.ts";
import type { Feeds } from "../runtime/feeds.ts";
import { gradientsWithin, type GradientTape } from "../runtime/tape.ts";
import type { Tf } from "../runtime/tf.ts";
import type { CompiledNetwork } from "../targets/tfjs/network.ts";
import type { FunctionState } from "./function-state.ts";
import type { OptimizerState, Trained } from "./optimizer.ts";
import { scheduleOf } from "./stepper.ts";

/** What is there while virtual steps are taken, in the place of the real. */
export interface VirtualState extends Pick<FunctionState, "of" | "set"> {
  readonly networks: ReadonlyMap<string, CompiledNetwork>;
  /**
   * A step of the optimizer's rule from where the last one led, or from the real weights and slots, recorded on the tape.
   * @param observe sees the new weights
   */
  step(
    optimizer: OptimizerState,
    tape: GradientTape,
    loss: Scalar,
    now: { readonly at: Progress; readonly feeds: Feeds },
    observe: (weight: Trained, tensor: Tensor) => void,
  ): void;
  /** All is real again. */
  putBack(): void;
}

/** Compiles all networks over these tensors in the place of their variables. */
export type Compile = (
  tensorOf: (variable: Variable) => Tensor,
  setBuffer: (variable: Variable, value: Tensor) => void,
) => ReadonlyMap<string, CompiledNetwork>;

export function createVirtualState(tf: Tf, compile: Compile, functionState: FunctionState): VirtualState {
  const tensors = new Map<Variable, Tensor>(); // weights and buffers
  const slots = new Map<Trained, Slots>();
  const kept = new Map<string, Map<string, Tensor>>(); // what functions keep, by node and name
  const taken = new Map<OptimizerState, number>();

  const tensorOf = (variable: Variable): Tensor => tensors.get(variable) ?? variable;
  const replace = <K>(map: Map<K, Tensor>, key: K, value: Tensor) => {
    map.get(key)?.dispose();
    map.set(key, tf.keep(value));
  };

  return {
    networks: compile(tensorOf, (variable, value) => replace(tensors, variable, tf.clone(value))),
    of: (node) => ({ ...functionState.of(node), ...Object.fromEntries(kept.get(node) ?? []) }),
    set(node, name, value) {
      if (!kept.has(node)) kept.set(node, new Map());
      replace(kept.get(node)!, name, value);
    },

    step(optimizer, tape, loss, { at, feeds }, observe) {
      const { trained, plan, rule } = optimizer;
      const hyper = {
        ...plan.hyper,
        get lr() {
          return plan.learningRate(at);
        },
      };
      const schedule = scheduleOf(tf, feeds);
      const ahead = (taken.get(optimizer) ?? 0) + 1;
      const before = trained.map(({ variable }) => tensorOf(variable));
      const reached: Trained[] = [];
      const next = tape.recordUpdate(() =>
        tf.tidy(() => {
          const gradients = gradientsWithin(tf, loss, before);
          const own = gradients.filter((gradient) => gradient !== null);
          const clipped = plan.clipGradNorm === null || own.length === 0 ? own : clipGradNorm(tf, own, plan.clipGradNorm).grads; // prettier-ignore
          return trained.flatMap((weight, index) => {
            if (!gradients[index]) return [];
            const grad = clipped[reached.length];
            reached.push(weight);
            const updated = rule.update(tf, {
              param: before[index],
              grad,
              slots: slots.get(weight) ?? optimizer.slotsOf(weight),
              hyper,
              get step() {
                return optimizer.stepsOf(weight) + ahead;
              },
              schedule: schedule(optimizer.stepsOf(weight)),
              differentiable: true,
            });
            const { param } = updated;
            return [
              {
                param: plan.weightClip === null ? param : clipWeights(tf, param, plan.weightClip),
                slots: { ...updated.slots },
              },
            ];
          });
        }),
      );
      taken.set(optimizer, ahead);
      reached.forEach((weight, index) => {
        const { param, slots: after } = next[index];
        replace(tensors, weight.variable, param);
        tf.dispose(slots.get(weight) ?? {});
        for (const slot of Object.values(after)) tf.keep(slot);
        slots.set(weight, after);
        observe(weight, param);
      });
    },

    putBack() {
      tf.dispose([[...tensors.values()], [...slots.values()], [...kept.values()].map((parts) => [...parts.values()])]);
      for (const map of [tensors, slots, kept, taken]) map.clear();
    },
  };
}
