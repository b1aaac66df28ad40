/** A function of the training graph on tfjs over some steps: its outputs and gradients, in PyTorch's layout. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { drawNumbers, eagerFeeds } from "../../src/runtime/feeds.ts";
import { draw } from "../../src/runtime/philox.ts";
import type { Tf } from "../../src/runtime/tf.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { functionContext } from "../helpers/function-context.ts";
import { acceptedBy, type FunctionCase } from "./function-cases.ts";
import { cotangent, inputValues, isDiscrete, type Plain } from "./values.ts";

export interface Setting {
  readonly seed: number;
  readonly secondOrder?: boolean;
  readonly sampling?: boolean;
}
/** What the function keeps, by name: replaced by each step. */
export type KeptState = Record<string, Tensor>;

const order = (rank: number): readonly number[] | null => (rank === 4 ? [0, 2, 3, 1] : null);
const upload = (tf: Tf, { shape, data }: Plain, discrete = false): Tensor =>
  tf.tensor(
    toTfjs(data, shape, order(shape.length)).slice(),
    tfjsShape(shape, order(shape.length)),
    discrete ? "int32" : "float32",
  );

/** The inputs of a step; vectors that enter as images have their pixel. */
export const inputsOf = (tf: Tf, { kind, inputs, batch }: FunctionCase, seed: number, step: number): Tensor[] => {
  const taken = acceptedBy(kind, inputs);
  return inputs.map(({ port, type }, index) => {
    const { data } = inputValues(seed, `${port} ${step}`, type, batch);
    return upload(tf, { shape: [batch, ...taken[index].shape], data }, isDiscrete(type));
  });
};

/** The state before the first step, all zeros as PyTorch's pools are empty; the caller disposes it. */
export const emptyState = (tf: Tf, { kind, params, inputs }: FunctionCase): KeptState =>
  Object.fromEntries(
    (kind.state?.(params, acceptedBy(kind, inputs)) ?? []).map(({ name, shape, tfjs }) => [
      name,
      tf.keep(tf.zeros(tfjsShape(shape, tfjs ?? null))),
    ]),
  );

/** One step; what the function keeps takes its place in `state`, and what was there is disposed. */
export function computeStep(
  tf: Tf,
  { kind, params, inputs, outputs }: FunctionCase,
  values: readonly Tensor[],
  step: number,
  state: KeptState,
  { seed, secondOrder = false, sampling = false }: Setting,
): readonly Tensor[] {
  const context = {
    ...functionContext(tf, { secondOrder, inputs: acceptedBy(kind, inputs), outputs, sampling, state }),
    drawn: drawNumbers(eagerFeeds(tf), () => draw(seed, "function", { iteration: step })),
    setState(name: string, value: Tensor) {
      const former = state[name];
      state[name] = tf.keep(value);
      former.dispose();
    },
  };
  return [kind.lowering.tfjs(context, params, values)].flat() as Tensor[];
}

/** For each step "0 out" of each output and "0 grad x" of each input that has one. */
export async function evaluateSteps(tf: Tf, c: FunctionCase, setting: Setting): Promise<Map<string, Plain>> {
  const results = new Map<string, Plain>();
  const state = emptyState(tf, c);
  for (let step = 0; step < c.steps; step++) {
    const collected: (readonly [string, Tensor])[] = [];
    tf.tidy(() => {
      const values = inputsOf(tf, c, setting.seed, step);
      const leaves = values.filter((_, index) => !isDiscrete(c.inputs[index].type));
      const names = c.inputs.filter(({ type }) => !isDiscrete(type)).map(({ port }) => port);
      let outputs: readonly Tensor[] = [];
      const summed = (): Scalar => {
        outputs = computeStep(tf, c, values, step, state, setting);
        outputs.forEach((output) => tf.keep(output));
        return outputs
          .map((y, index) => tf.sum<Scalar>(tf.mul(y, cotangentOf(tf, c, setting.seed, index))))
          .reduce((sum, term) => tf.add(sum, term));
      };
      const grads = leaves.length > 0 ? tf.engine().gradients(summed, leaves, undefined, true).grads : [];
      if (leaves.length === 0) summed();
      collected.push(
        ...c.kind.outputs.map(({ name }, index) => [`${step} ${name}`, outputs[index]] as const),
        ...leaves.map((leaf, index) => [`${step} grad ${names[index]}`, tf.keep(grads[index] ?? tf.zerosLike(leaf))] as const), // prettier-ignore
      );
    });
    for (const [name, tensor] of collected) {
      results.set(name, await download(tensor));
      tensor.dispose();
    }
  }
  tf.dispose(state);
  return results;
}

async function download(tensor: Tensor): Promise<Plain> {
  const layout = order(tensor.rank);
  const shape = layout ? tensor.shape.map((_, axis) => tensor.shape[layout.indexOf(axis)]) : tensor.shape;
  return { shape, data: fromTfjs(Float32Array.from(await tensor.data()), shape, layout) };
}

const cotangentOf = (tf: Tf, { kind, outputs, batch }: FunctionCase, seed: number, index: number): Tensor =>
  upload(tf, cotangent(seed, kind.outputs[index].name, [batch, ...outputs[index].shape]));
