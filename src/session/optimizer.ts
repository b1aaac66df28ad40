/** One Optimizer at work: its slots and averages, and a step of its rule on the networks that it trains. */
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { OptimizerDeclaration, WeightDeclaration } from "../core/program/types.ts";
import { weightsOf } from "../core/program/weights.ts";
import { kindOf, sinks } from "../kinds/index.ts";
import type { OptimizerPlan, Progress } from "../kinds/lowering.ts";
import { clipGradNorm, clipWeights, optimizers, updateAverage, type Rule, type Slots } from "../runtime/optimizers.ts";
import type { Tf } from "../runtime/tf.ts";
import type { Cell, TrainedNetwork } from "./state.ts";

export interface Trained {
  readonly network: string;
  /** The weight's path in its network. */
  readonly path: string;
  readonly declaration: WeightDeclaration;
  readonly variable: Variable;
}

export interface OptimizerState {
  readonly declaration: OptimizerDeclaration;
  readonly trained: readonly Trained[];
  /** Steps done. */
  steps: number;
  /** Steps that were done when the slots of a weight ("NETWORK/PATH") began, where that is not 0: its rule counts from there. */
  began: ReadonlyMap<string, number>;
  /** Its slots and averages. */
  readonly cells: readonly Cell[];
  /** The moving average of a weight; undefined where it keeps none, and before its first step. */
  average(network: string, path: string): Tensor | undefined;
  /** Sets the averages of a network's weights to the weights, as before the first step. */
  restartAverages(network: string): void;
  readonly plan: OptimizerPlan;
  readonly rule: Rule;
  slotsOf(weight: Trained): Slots;
  /** How many steps its rule has done on a weight. */
  stepsOf(weight: Trained): number;
  /**
   * One step by these gradients, one for each of `trained` and null where the loss does not depend on it; they are taken over.
   * Gives the gradient's length, which the caller owns.
   */
  step(gradients: readonly (Tensor | null)[], at: Progress, looks?: Looks): Scalar | null;
  dispose(): void;
}

/** What is looked at in a step, besides doing it. */
export interface Looks {
  /** Whether to give ‖∇‖₂ over all the weights, before clipping; else null is given. */
  readonly measure?: boolean;
  /** Sees gradients and new weights. */
  observe?(what: string, weight: Trained, tensor: Tensor): void;
}

/** With fresh slots, at step 0. A weight that several of its networks share is stepped once. */
export function createOptimizer(
  tf: Tf,
  declaration: OptimizerDeclaration,
  networks: ReadonlyMap<string, TrainedNetwork>,
): OptimizerState {
  const plan = kindOf(sinks, declaration.kind).lowering.plan(declaration.params);
  const rule = optimizers[plan.rule];
  const seen = new Set<Variable>(); // a shared weight is stepped once
  const trained = declaration.trains.flatMap((network): Trained[] => {
    const { program, variables } = networks.get(network)!;
    return weightsOf(program).flatMap((weight) => {
      const variable = variables.all.get(weight.path)!;
      if (!weight.trainable || seen.has(variable)) return [];
      seen.add(variable);
      return [{ network, path: weight.path, declaration: weight, variable }];
    });
  });
  const slotNames = rule.slots({ ...plan.hyper, lr: 0 });
  const freshSlots = (variable: Variable): Slots =>
    Object.fromEntries(slotNames.map((name) => [name, tf.keep(tf.zeros(variable.shape))]));
  const slots = new Map(trained.map((each) => [each, freshSlots(each.variable)]));
  const averages = new Map<Trained, Tensor>();
  const byPath = new Map(trained.map((each) => [`${each.network}/${each.path}`, each]));
  const state: OptimizerState = {
    declaration,
    trained,
    plan,
    rule,
    slotsOf: (weight) => slots.get(weight)!,
    stepsOf: ({ network, path }) => state.steps - (state.began.get(`${network}/${path}`) ?? 0),
    steps: 0,
    began: new Map(),
    cells: trained.flatMap((weight) => [...slotCells(weight), ...(plan.ema ? [averageCell(weight)] : [])]),
    average(network, path) {
      const weight = byPath.get(`${network}/${path}`);
      return weight && averages.get(weight);
    },

    restartAverages(network) {
      for (const weight of trained.filter((each) => each.network === network && averages.has(each)))
        setAverage(weight, tf.keep(tf.clone(weight.variable as Tensor)));
    },

    step(gradients, at, { measure = false, observe } = {}) {
      const lr = plan.learningRate(at);
      if (plan.ema && averages.size === 0)
        for (const weight of trained) averages.set(weight, tf.keep(tf.clone(weight.variable as Tensor)));
      state.steps++;
      const reached = trained.flatMap((weight, index) =>
        gradients[index] ? [{ weight, gradient: gradients[index] }] : [],
      );
      // from the loss backwards, as they were computed
      for (const { weight, gradient } of reached.toReversed()) observe?.("the gradient of", weight, gradient);
      const own = reached.map(({ gradient }) => gradient);
      let clipped: readonly Tensor[] = own;
      let norm: Scalar | null = null;
      try {
        if (measure) norm = lengthOf(own);
        clipped = clip(own);
        reached.forEach(({ weight }, index) => {
          update(weight, clipped[index], lr);
          observe?.("the updated", weight, weight.variable);
        });
        if (plan.ema) average(plan.ema);
        return norm;
      } catch (error) {
        norm?.dispose();
        throw error;
      } finally {
        tf.dispose([own, [...clipped]]);
      }
    },

    dispose() {
      tf.dispose([[...slots.values()], [...averages.values()]]);
    },
  };
  return state;

  /** ‖∇‖₂ of all of them together; 0 of none. Nothing is read back from the device. */
  function lengthOf(gradients: readonly Tensor[]): Scalar {
    return tf.tidy(() => {
      const squares = gradients.map((gradient) => tf.sum<Scalar>(tf.square(gradient)));
      return tf.keep(tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square), tf.scalar(0))));
    });
  }

  function clip(gradients: readonly Tensor[]): readonly Tensor[] {
    if (plan.clipGradNorm === null || gradients.length === 0) return gradients;
    return tf.tidy(() => clipGradNorm(tf, gradients, plan.clipGradNorm!).grads);
  }

  function update(weight: Trained, grad: Tensor, lr: number): void {
    const before = slots.get(weight)!;
    const next = tf.tidy(() => {
      const updated = rule.update(tf, {
        param: weight.variable,
        grad,
        slots: before,
        hyper: { ...plan.hyper, lr },
        step: state.stepsOf(weight),
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
  function average({ decay, start }: { decay: number; start: number }): void {
    for (const weight of trained) {
      const after = tf.tidy(() =>
        state.steps > start
          ? updateAverage(tf, averages.get(weight)!, weight.variable as Tensor, decay)
          : tf.clone(weight.variable as Tensor),
      );
      setAverage(weight, tf.keep(after));
    }
  }

  function slotCells(weight: Trained): Cell[] {
    return slotNames.map((slot) => ({
      name: `slots/${declaration.id}/${weight.network}/${weight.path}/${slot}`,
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
      name: `averages/${declaration.id}/${weight.network}/${weight.path}`,
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
