/**
 * An optimizer's step on all weights at once, for a backend that has a kernel for it. Slots and averages lie in one tensor, their
 * cells are stretches of it, and a step puts a new one in its place.
 */
import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { assemble, flatForm, flatLayout, numbersPerWeight, stepFlat, stepNumbers, stepsFlat } from "../runtime/flat.ts";
import type { Tf } from "../runtime/tf.ts";
import type { Cell, Part } from "./state.ts";
import { averageName, slotName, type StepOptions, type Stepped, type Stepper, type Trained } from "./stepper.ts";

/** Null where the backend has no kernel, or its buffers do not hold so many weights. */
export function stepAll(tf: Tf, optimizer: Stepped): Stepper | null {
  const { id, plan, trained } = optimizer;
  const layout = flatLayout(trained.map(({ variable }) => variable.size));
  const form = flatForm(plan.rule, { ...plan.hyper, lr: 0 });
  const sections = form.slots.length + (plan.ema ? 1 : 0);
  if (trained.length === 0 || !stepsFlat(tf, layout, sections)) return null;

  const places = new Map(trained.map((weight, index) => [weight, layout.offsets[index]]));
  const blocks = tf.keep(tf.tensor2d(layout.blocks, [layout.blocks.length / 2, 2], "int32"));
  let state = tf.keep(tf.zeros<Rank.R1>([Math.max(1, sections * layout.size)]));
  /** Cells that were set since; they enter the state before it is read or stepped. */
  const pending = new Map<number, Tensor>();
  /** Averages begin with the first step or where they are set; until then they are the weights. */
  let averaging = false;
  /** The weights' data that averages which have not begun were set to. */
  const starts = new Map<Trained, object>();
  /** Averages as they were read after so many steps, until they are read again: a step frees nothing that it did not make. */
  let read: { readonly steps: number; readonly of: Tensor; readonly averages: Map<Trained, Tensor> } | null = null;
  let stale = false;

  const whole: Part = {
    get: settled,
    set(value) {
      stale = true;
      dropPending();
      starts.clear();
      state.dispose();
      state = value as Tensor1D;
    },
  };
  const averageSection = form.slots.length;

  return {
    slotsOf: (weight) =>
      Object.fromEntries(form.slots.map((slot, section) => [slot, stretch(settled(), section, weight)])),
    average(weight) {
      if (!averaging) return undefined;
      const of = settled();
      if (stale || read?.steps !== optimizer.steps || read.of !== of) forget();
      read ??= { steps: optimizer.steps, of, averages: new Map() };
      let average = read.averages.get(weight);
      if (!average) read.averages.set(weight, (average = tf.keep(stretch(of, averageSection, weight))));
      return average;
    },
    restartAverage(weight) {
      if (averaging) put(averageSection, weight, tf.keep(tf.clone(weight.variable as Tensor)));
    },
    step,
    cells: trained.flatMap((weight) => [
      ...form.slots.map((slot, section) => cell(weight, section, "slot", slotName(id, weight, slot))),
      ...(plan.ema ? [cell(weight, averageSection, "average", averageName(id, weight))] : []),
    ]),
    dispose() {
      forget();
      dropPending();
      tf.dispose([state, blocks]);
    },
  };

  function step(gradients: readonly (Tensor | null)[], options: StepOptions): Scalar | null {
    const { feeds, rate, measure = false, observe } = options;
    const before = settled();
    averaging = plan.ema !== null;
    const reached = gradients.map((gradient) => gradient !== null);
    const shape = [trained.length, numbersPerWeight];
    let norm: Scalar | null = null;
    const after = tf.tidy(() => {
      const stepped = stepFlat(tf, {
        form,
        layout,
        blocks: blocks as Tensor2D,
        state: before,
        averages: plan.ema !== null,
        params: trained.map(({ variable }) => variable),
        grads: gradients,
        numbers: feeds.feed(shape, "float32", () => numbers(reached, rate())) as Tensor2D,
        clipGradNorm: plan.clipGradNorm,
        weightClip: plan.weightClip,
        measure,
      });
      trained.forEach(({ variable }, index) => reached[index] && variable.assign(stepped.params[index]));
      if (measure) norm = tf.keep(stepped.length);
      return sections > 0 ? tf.keep(stepped.state) : before; // without slots and averages no cell tells of the state
    });
    if (after !== before) before.dispose();
    state = after;
    trained.forEach((weight, index) => reached[index] && observe?.("the updated", weight, weight.variable));
    return norm;
  }

  function numbers(reached: readonly boolean[], lr: number): Float32Array {
    const { decay, start } = plan.ema ?? { decay: 0, start: 0 };
    const weights = trained.map((weight, index) => ({ reached: reached[index], step: optimizer.stepsOf(weight) }));
    return stepNumbers(form, { ...plan.hyper, lr }, optimizer.steps > start ? decay : 0, weights);
  }

  /** The state with all that was set. */
  function settled(): Tensor1D {
    if (plan.ema && !averaging) averagesAreWeights();
    if (pending.size === 0) return state;
    const parts = [...pending].map(([offset, value]) => ({ offset, value }));
    const next = tf.keep(assemble(tf, state.size, parts, state));
    dropPending();
    state.dispose();
    state = next;
    return state;
  }

  function averagesAreWeights(): void {
    for (const weight of trained) {
      const { dataId } = weight.variable;
      if (starts.get(weight) === dataId) continue;
      starts.set(weight, dataId);
      put(averageSection, weight, tf.keep(tf.clone(weight.variable as Tensor)));
    }
  }

  /** Takes the tensor over. */
  function put(section: number, weight: Trained, value: Tensor): void {
    const offset = section * layout.size + places.get(weight)!;
    pending.get(offset)?.dispose();
    pending.set(offset, value);
  }

  function stretch(of: Tensor, section: number, weight: Trained): Tensor {
    const { shape, size } = weight.variable;
    return tf.tidy(() =>
      tf.reshape(tf.slice(of as Tensor1D, section * layout.size + places.get(weight)!, size), shape),
    );
  }

  function cell(weight: Trained, section: number, role: "slot" | "average", name: string): Cell {
    return {
      name,
      role,
      network: weight.network,
      weight: weight.declaration,
      within: whole,
      offset: section * layout.size + places.get(weight)!,
      get: settled,
      set(value) {
        if (role === "average" && !averaging) {
          averagesAreWeights();
          averaging = true;
        }
        put(section, weight, value);
      },
    };
  }

  function forget(): void {
    stale = false;
    tf.dispose([...(read?.averages.values() ?? [])]);
    read = null;
  }

  function dropPending(): void {
    tf.dispose([...pending.values()]);
    pending.clear();
  }
}
