/** An optimizer's step weight by weight: slots and averages are tensors of their own, and a step puts new ones in their place. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { clipGradNorm, clipWeights, gradientLength, updateAverage, type Slots } from "../runtime/optimizers.ts";
import type { Tf } from "../runtime/tf.ts";
import type { Cell } from "./state.ts";
import { averageName, scheduleOf, slotName, type StepOptions, type Stepped, type Stepper, type Trained } from "./stepper.ts"; // prettier-ignore

export function stepEach(tf: Tf, optimizer: Stepped): Stepper {
  const { id, plan, rule, trained } = optimizer;
  const slotNames = rule.slots({ ...plan.hyper, lr: 0 });
  const slots = new Map(
    trained.map((weight): [Trained, Slots] => [
      weight,
      Object.fromEntries(slotNames.map((name) => [name, tf.keep(tf.zeros(weight.variable.shape))])),
    ]),
  );
  const averages = new Map<Trained, Tensor>();

  return {
    slotsOf: (weight) => slots.get(weight)!,
    average: (weight) => averages.get(weight),
    restartAverage(weight) {
      if (averages.has(weight)) setAverage(weight, tf.keep(tf.clone(weight.variable as Tensor)));
    },
    step,
    cells: trained.flatMap((weight) => [...slotCells(weight), ...(plan.ema ? [averageCell(weight)] : [])]),
    dispose() {
      tf.dispose([[...slots.values()], [...averages.values()]]);
    },
  };

  function step(gradients: readonly (Tensor | null)[], options: StepOptions): Scalar | null {
    const { measure = false, observe } = options;
    if (plan.ema && averages.size === 0)
      for (const weight of trained) averages.set(weight, tf.keep(tf.clone(weight.variable as Tensor)));
    const reached = trained.flatMap((weight, index) =>
      gradients[index] ? [{ weight, gradient: gradients[index] }] : [],
    );
    const own = reached.map(({ gradient }) => gradient);
    const norm = measure ? gradientLength(tf, own) : null;
    let clipped: readonly Tensor[] = own;
    const schedule = scheduleOf(tf, options.feeds);
    try {
      tf.tidy(() => {
        clipped = clip(own);
        reached.forEach(({ weight }, index) => {
          update(weight, clipped[index], options, schedule(optimizer.stepsOf(weight)));
          observe?.("the updated", weight, weight.variable);
        });
        if (plan.ema) average(plan.ema, options);
      });
      return norm;
    } catch (error) {
      norm?.dispose();
      throw error;
    }
  }

  function clip(gradients: readonly Tensor[]): readonly Tensor[] {
    if (plan.clipGradNorm === null || gradients.length === 0) return gradients;
    return clipGradNorm(tf, gradients, plan.clipGradNorm).grads;
  }

  function update(
    weight: Trained,
    grad: Tensor,
    { rate }: StepOptions,
    schedule: ReturnType<ReturnType<typeof scheduleOf>>,
  ) {
    // prettier-ignore
    const before = slots.get(weight)!;
    const next = tf.tidy(() => {
      const updated = rule.update(tf, {
        param: weight.variable,
        grad,
        slots: before,
        hyper: {
          ...plan.hyper,
          get lr() {
            return rate();
          },
        },
        get step() {
          return optimizer.stepsOf(weight);
        },
        schedule,
      });
      return {
        param: plan.weightClip === null ? updated.param : clipWeights(tf, updated.param, plan.weightClip),
        slots: { ...updated.slots },
      };
    });
    weight.variable.assign(next.param);
    next.param.dispose();
    Object.values(next.slots).forEach((slot) => tf.keep(slot));
    slots.set(weight, next.slots);
    tf.dispose(before);
  }

  /** ē ← decay·ē + (1 − decay)·θ; in the first `start` steps the average is the weight itself. */
  function average({ decay, start }: { decay: number; start: number }, { feeds }: StepOptions): void {
    const moves = feeds.decide(() => optimizer.steps > start);
    for (const weight of trained) {
      const value = weight.variable as Tensor;
      const after = tf.tidy(() => (moves ? updateAverage(tf, averages.get(weight)!, value, decay) : tf.clone(value)));
      setAverage(weight, tf.keep(after));
    }
  }

  function slotCells(weight: Trained): Cell[] {
    return slotNames.map((slot) => ({
      name: slotName(id, weight, slot),
      role: "slot",
      network: weight.network,
      weight: weight.declaration,
      get: () => slots.get(weight)![slot],
      set: (value) => {
        const held = slots.get(weight)!;
        held[slot].dispose();
        slots.set(weight, { ...held, [slot]: value });
      },
    }));
  }

  function averageCell(weight: Trained): Cell {
    return {
      name: averageName(id, weight),
      role: "average",
      network: weight.network,
      weight: weight.declaration,
      get: () => averages.get(weight) ?? (weight.variable as Tensor),
      set: (value) => setAverage(weight, value),
    };
  }

  /** Takes the tensor over. */
  function setAverage(weight: Trained, value: Tensor): void {
    averages.get(weight)?.dispose();
    averages.set(weight, value);
  }
}
