/** One Optimizer at work: its slots and averages, and a step of its rule on the networks that it trains. */
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { OptimizerDeclaration } from "../core/program/types.ts";
import { kindOf, sinks } from "../kinds/index.ts";
import type { Progress } from "../kinds/lowering.ts";
import { clipGradNorm, clipWeights, optimizers, updateAverage } from "../runtime/optimizers.ts";
import type { GradientTape } from "../runtime/tape.ts";
import type { Tf } from "../runtime/tf.ts";
import type { NetworkVariables } from "../targets/tfjs/variables.ts";

export interface Trained {
  readonly network: string;
  /** The weight's path in its network. */
  readonly path: string;
  readonly variable: Variable;
}

export interface OptimizerState {
  readonly declaration: OptimizerDeclaration;
  readonly trained: readonly Trained[];
  /** Steps done. */
  steps: number;
  /** Per trained weight, the rule's tensors by name. */
  readonly slots: Map<Trained, Record<string, Tensor>>;
  /** Moving averages of the weights, once averaging has begun. */
  readonly averages: Map<Trained, Tensor>;
  /** One step: differentiates the loss over the tape and updates. `observe` sees gradients and new weights. */
  step(tape: GradientTape, loss: Scalar, at: Progress, observe?: (what: string, weight: Trained, tensor: Tensor) => void): void;
  dispose(): void;
}

export function createOptimizer(tf: Tf, declaration: OptimizerDeclaration, networks: ReadonlyMap<string, NetworkVariables>): OptimizerState {
  const plan = kindOf(sinks, declaration.kind).lowering.plan(declaration.params);
  const rule = optimizers[plan.rule];
  const seen = new Set<Variable>(); // a shared weight is stepped once
  const trained = declaration.trains.flatMap((network) =>
    [...networks.get(network)!.trainable].flatMap(([path, variable]) => (seen.has(variable) ? [] : (seen.add(variable), [{ network, path, variable }]))),
  );
  const slotNames = rule.slots({ ...plan.hyper, lr: 0 });
  const freshSlots = (variable: Variable) => Object.fromEntries(slotNames.map((name) => [name, tf.keep(tf.zeros(variable.shape))]));
  const state: OptimizerState = {
    declaration,
    trained,
    steps: 0,
    slots: new Map(trained.map((each) => [each, freshSlots(each.variable)])),
    averages: new Map(),

    step(tape, loss, at, observe) {
      const lr = plan.learningRate(at);
      const gradients = tape.gradients(loss, trained.map((each) => each.variable)); // prettier-ignore
      state.steps++;
      const reached = trained.flatMap((weight, index) => (gradients[index] ? [{ weight, gradient: gradients[index] }] : []));
      for (const { weight, gradient } of reached) observe?.("the gradient of", weight, gradient);
      const clipped = plan.clipGradNorm === null || reached.length === 0 ? null : tf.tidy(() => clipGradNorm(tf, reached.map((each) => each.gradient), plan.clipGradNorm!).grads); // prettier-ignore
      reached.forEach(({ weight, gradient }, index) => {
        update(weight, clipped?.[index] ?? gradient, lr);
        observe?.("the updated", weight, weight.variable);
      });
      tf.dispose([gradients.filter((gradient) => gradient !== null), clipped ?? []]);
      if (plan.ema) average(plan.ema);
    },

    dispose() {
      for (const slots of state.slots.values()) tf.dispose(slots);
      for (const average of state.averages.values()) average.dispose();
    },
  };
  return state;

  function update(weight: Trained, grad: Tensor, lr: number): void {
    const before = state.slots.get(weight)!;
    const { param, slots } = tf.tidy(() => {
      const updated = rule.update(tf, { param: weight.variable, grad, slots: before, hyper: { ...plan.hyper, lr }, step: state.steps });
      return { param: plan.weightClip === null ? updated.param : clipWeights(tf, updated.param, plan.weightClip), slots: { ...updated.slots } };
    });
    weight.variable.assign(param);
    param.dispose();
    Object.values(slots).forEach((slot) => tf.keep(slot));
    state.slots.set(weight, slots);
    tf.dispose(before);
  }

  /** ē ← decay·ē + (1 − decay)·θ; before `start` the average is the weight itself. */
  function average({ decay, start }: { decay: number; start: number }): void {
    for (const weight of trained) {
      const before = state.averages.get(weight);
      const begun = before && state.steps > start;
      const after = tf.tidy(() => (begun ? updateAverage(tf, before, weight.variable as Tensor, decay) : tf.clone(weight.variable)));
      state.averages.set(weight, tf.keep(after));
      before?.dispose();
    }
  }
}
