/**
 * Second-order gradients of cases on the backend in use: of Σ v·∇ + ½Σ ∇² by every leaf, where ∇ are the gradients of
 * Σ w·(y + ½y²) by all of them, for random w and v. On wasm the same are held against differences.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import type { Tf } from "../../src/runtime/tf.ts";
import { bent, secondGradients, type Differentiable } from "../runtime/finite-differences.ts";
import type { Case } from "./cases.ts";
import { openCase, type Results } from "./evaluation.ts";
import type { FunctionCase } from "./function-cases.ts";
import { computeStep, emptyState, inputsOf } from "./function-evaluation.ts";
import type { LossCase } from "./loss-cases.ts";
import { openLoss } from "./loss-evaluation.ts";
import { isDiscrete } from "./values.ts";

/** Of a layer in training, where nothing that follows its weight moves with it. */
export const secondOfLayer = (tf: Tf, c: Case, program: NetworkProgram): Promise<Results> =>
  evaluate(tf, () => {
    const training = !program.instructions[0].weights.some(({ init }) => init.type === "unit");
    const { leaves, evaluate } = openCase(tf, c, program, 0, { training, secondOrder: true });
    return {
      names: leaves.map(({ name }) => name),
      leaves: leaves.map(({ tensor }) => tensor),
      f: (...values) => joined(tf, Object.values(evaluate(values))),
    };
  });

export const secondOfLoss = (tf: Tf, c: LossCase): Promise<Results> =>
  evaluate(tf, () => {
    const { ports, leaves, compute } = openLoss(tf, c, 0);
    return { names: ports, leaves, f: (...values) => compute(values, true) };
  });

/** Of the first step of another function. */
export const secondOfFunction = (tf: Tf, c: FunctionCase): Promise<Results> =>
  evaluate(tf, () => {
    const inputs = inputsOf(tf, c, 0, 0);
    const continuous = inputs.flatMap((_, index) => (isDiscrete(c.inputs[index].type) ? [] : [index]));
    return {
      names: continuous.map((index) => c.inputs[index].port),
      leaves: continuous.map((index) => inputs[index]),
      f: (...values) => {
        const given = inputs.map((input, index) => values[continuous.indexOf(index)] ?? input);
        const state = emptyState(tf, c);
        const y = joined(tf, computeStep(tf, c, given, 0, state, { seed: 0, secondOrder: true }));
        tf.dispose(state);
        return y;
      },
    };
  });

interface Opened {
  readonly names: readonly string[];
  readonly leaves: readonly Tensor[];
  readonly f: Differentiable;
}

const joined = (tf: Tf, outputs: readonly Tensor[]): Tensor => tf.concat(outputs.map((y) => tf.reshape(y, [-1])));

/** "second x" for each leaf, in tfjs's layout; nothing where there is no leaf. */
async function evaluate(tf: Tf, open: () => Opened): Promise<Results> {
  let names: readonly string[] = [];
  const tensors = tf.tidy(() => {
    const { leaves, f, ...opened } = open();
    names = opened.names;
    return leaves.length === 0 ? [] : secondGradients(tf, bent(tf, f), leaves);
  });
  const read = tensors.map(async (tensor, index) => {
    const data = Float32Array.from(await tensor.data());
    tensor.dispose();
    return [`second ${names[index]}`, { shape: tensor.shape, data }] as const;
  });
  return new Map(await Promise.all(read));
}
