/** One Optimizer at work: its slots and averages, and a step of its rule on the networks that it trains. */
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { OptimizerDeclaration } from "../core/program/types.ts";
import { weightsOf } from "../core/program/weights.ts";
import { kindOf, sinks } from "../kinds/index.ts";
import type { OptimizerPlan, Progress } from "../kinds/lowering.ts";
import type { Feeds } from "../runtime/feeds.ts";
import { optimizers, type Rule, type Slots } from "../runtime/optimizers.ts";
import type { Tf } from "../runtime/tf.ts";
import type { Cell, TrainedNetwork } from "./state.ts";
import { stepAll } from "./step-all.ts";
import { stepEach } from "./step-each.ts";
import type { Looks, Stepped, Trained } from "./stepper.ts";

export type { Looks, Trained } from "./stepper.ts";

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
  /** To be used within a tidy, and no longer. */
  slotsOf(weight: Trained): Slots;
  /** How many steps its rule has done on a weight. */
  stepsOf(weight: Trained): number;
  /**
   * One step by these gradients, one for each of `trained` and null where the loss does not depend on it; they are taken over.
   * Gives the gradient's length, which the caller owns. What changes from step to step is fed.
   */
  step(gradients: readonly (Tensor | null)[], at: Progress, feeds: Feeds, looks?: Looks): Scalar | null;
  dispose(): void;
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
  const byPath = new Map(trained.map((each) => [`${each.network}/${each.path}`, each]));

  const counts = { steps: 0, began: new Map<string, number>() as ReadonlyMap<string, number> };
  const stepsOf = ({ network, path }: Trained) => counts.steps - (counts.began.get(`${network}/${path}`) ?? 0);
  const stepped: Stepped = {
    id: declaration.id,
    plan,
    rule,
    trained,
    get steps() {
      return counts.steps;
    },
    stepsOf,
  };
  const stepper = stepAll(tf, stepped) ?? stepEach(tf, stepped);

  return {
    declaration,
    trained,
    plan,
    rule,
    cells: stepper.cells,
    slotsOf: (weight) => stepper.slotsOf(weight),
    stepsOf,
    get steps() {
      return counts.steps;
    },
    set steps(steps) {
      counts.steps = steps;
    },
    get began() {
      return counts.began;
    },
    set began(began) {
      counts.began = began;
    },
    average(network, path) {
      const weight = byPath.get(`${network}/${path}`);
      return weight && stepper.average(weight);
    },

    restartAverages(network) {
      for (const weight of trained) if (weight.network === network) stepper.restartAverage(weight);
    },

    step(gradients, at, feeds, looks = {}) {
      counts.steps++;
      try {
        // from the loss backwards, as they were computed
        for (const [index, gradient] of [...gradients.entries()].toReversed())
          if (gradient) looks.observe?.("the gradient of", trained[index], gradient);
        return stepper.step(gradients, { ...looks, feeds, rate: () => plan.learningRate(at) });
      } finally {
        for (const gradient of gradients) gradient?.dispose();
      }
    },

    dispose: () => stepper.dispose(),
  };
}
