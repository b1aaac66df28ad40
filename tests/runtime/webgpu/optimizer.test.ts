// Optimizers' steps on all weights at once, against PyTorch and against the rules composed of tfjs's operations.

import { readFileSync } from "node:fs";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { assemble, flatForm, flatLayout, numbersPerWeight, stepFlat, stepNumbers, stepsFlat } from "../../../src/runtime/flat.ts"; // prettier-ignore
import { clipGradNorm, type Hyperparameters, type OptimizerName, optimizers, type Slots } from "../../../src/runtime/optimizers.ts"; // prettier-ignore
import { normalTensor } from "../finite-differences.ts";
import { driver, openWebGPU, tf } from "./software-webgpu.ts";

interface Update {
  name: OptimizerName;
  hyper: Hyperparameters;
  start: number[];
  grads: number[][];
  params: number[][];
  state: Record<string, number[]>;
}
const { updates } = JSON.parse(readFileSync(new URL("../../fixtures/optimizers.json", import.meta.url), "utf8")) as {
  updates: Update[];
};

interface Options {
  clipGradNorm?: number;
  weightClip?: number;
  ema?: { decay: number; start: number };
}

/** Weights and state, stepped all at once. */
function allAtOnce(name: OptimizerName, hyper: Hyperparameters, weights: readonly Tensor[], options: Options = {}) {
  const { clipGradNorm: norm = null, weightClip = null, ema } = options;
  const form = flatForm(name, hyper);
  const layout = flatLayout(weights.map(({ size }) => size));
  const sections = form.slots.length + (ema ? 1 : 0);
  expect(stepsFlat(tf, layout, sections)).toBe(true);
  const place = (section: number, weight: number) => section * layout.size + layout.offsets[weight];
  const averages = ema ? weights.map((value, i) => ({ offset: place(form.slots.length, i), value })) : [];
  let state = assemble(tf, Math.max(1, sections * layout.size), averages, tf.zeros([Math.max(1, sections * layout.size)])); // prettier-ignore
  let params = weights;
  let steps = 0;
  const section = (index: number) =>
    weights.map(({ shape, size }, i) => tf.reshape(tf.slice(state, place(index, i), size), shape));
  return {
    step(grads: readonly (Tensor | null)[]) {
      steps++;
      const decay = ema && steps > ema.start ? ema.decay : 0;
      const rows = grads.map((grad) => ({ reached: grad !== null, step: steps }));
      const numbers = tf.tensor2d(stepNumbers(form, hyper, decay, rows), [rows.length, numbersPerWeight]);
      const blocks = tf.tensor2d(layout.blocks, [layout.blocks.length / 2, 2], "int32");
      const stepped = stepFlat(tf, { form, layout, blocks, state, averages: !!ema, params, grads, numbers, clipGradNorm: norm, weightClip, measure: true }); // prettier-ignore
      ({ params } = stepped);
      state = stepped.state;
      return stepped.length;
    },
    params: () => params,
    slot: (slot: string) => section(form.slots.indexOf(slot)),
    averages: () => section(form.slots.length),
  };
}

/** The same weight by weight, composed. */
function oneByOne(name: OptimizerName, hyper: Hyperparameters, weights: readonly Tensor[], options: Options = {}) {
  const rule = optimizers[name];
  let params: Tensor[] = [...weights];
  let averages: Tensor[] = [...weights];
  const slots = weights.map((weight): Slots =>
    Object.fromEntries(rule.slots(hyper).map((slot) => [slot, tf.zerosLike(weight)])),
  );
  let steps = 0;
  return {
    step(grads: readonly (Tensor | null)[]) {
      steps++;
      const { norm, grads: clipped } = clipGradNorm(tf, grads.filter((grad) => grad !== null), options.clipGradNorm ?? 1e9); // prettier-ignore
      let next = 0;
      params = params.map((param, i) => {
        if (!grads[i]) return param;
        const updated = rule.update(tf, { param, grad: clipped[next++], slots: slots[i], hyper, step: steps, differentiable: true }); // prettier-ignore
        slots[i] = updated.slots;
        const { weightClip } = options;
        return weightClip ? tf.clipByValue(updated.param, -weightClip, weightClip) : updated.param;
      });
      const { ema } = options;
      if (ema) {
        const moves = steps > ema.start;
        averages = averages.map((average, i) =>
          moves ? tf.add(tf.mul(average, ema.decay), tf.mul(params[i], 1 - ema.decay)) : params[i],
        );
      }
      return norm;
    },
    params: () => params,
    slot: (slot: string) => slots.map((each) => each[slot]),
    averages: () => averages,
  };
}

describe.runIf(driver)("all weights in one dispatch", () => {
  beforeAll(openWebGPU);

  for (const { name, hyper, start, grads, params, state } of updates)
    it(`${name} ${JSON.stringify(hyper)} follows PyTorch over five steps`, async () => {
      const weights = allAtOnce(name, hyper, [tf.tensor(start)]);
      for (const [i, values] of grads.entries()) {
        weights.step([tf.tensor(values)]);
        await expectClose(weights.params()[0], params[i]);
      }
      for (const [slot, values] of Object.entries(state)) await expectClose(weights.slot(slot)[0], values);
    });

  const shapes = [[3, 4, 1, 1], [1], [1024], [1025], [7, 500], [24]];
  const everything: Options = { clipGradNorm: 0.5, weightClip: 1.5, ema: { decay: 0.9, start: 1 } };
  const cases: [string, OptimizerName, Hyperparameters, Options][] = [
    ["plain SGD, averaged", "SGD", { lr: 0.1 }, { ema: { decay: 0.5, start: 0 } }],
    ["SGD with all it has", "SGD", { lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.1 }, everything],
    ["SGD with dampening", "SGD", { lr: 0.1, momentum: 0.9, dampening: 0.5 }, {}],
    ["RMSprop, centered, with momentum", "RMSprop", { lr: 0.01, centered: true, momentum: 0.5 }, everything],
    ["Adam", "Adam", { lr: 0.01, betas: [0.5, 0.9], weight_decay: 0.1 }, everything],
    ["AdamW", "AdamW", { lr: 0.01 }, { clipGradNorm: 1000, weightClip: 2 }],
  ];
  it.each(cases)(
    "%s equals the composed rule at odd sizes, where one weight has no gradient",
    async (_, name, hyper, options) => {
      const weights = shapes.map((shape, i) => normalTensor(tf, `weight ${i}`, shape));
      const [all, each] = [allAtOnce, oneByOne].map((make) => make(name, hyper, weights, options));
      for (let step = 0; step < 3; step++) {
        const grads = shapes.map((shape, i) => (i === 3 ? null : normalTensor(tf, `gradient ${step} ${i}`, shape)));
        const [found, wanted] = [all.step(grads), each.step(grads)];
        await expectClose(found, await wanted.data<"float32">());
      }
      const compare = async (found: readonly Tensor[], wanted: readonly Tensor[]) => {
        for (const [i, tensor] of found.entries()) await expectClose(tensor, await wanted[i].data<"float32">());
      };
      await compare(all.params(), each.params());
      for (const slot of optimizers[name].slots(hyper)) await compare(all.slot(slot), each.slot(slot));
      if (options.ema) await compare(all.averages(), each.averages());
    },
  );

  it("is one dispatch, three with the gradient's length, however many weights there are", async () => {
    const weights = shapes.map((shape) => tf.ones(shape));
    const grads = shapes.map((shape) => tf.ones(shape));
    const layout = flatLayout(weights.map(({ size }) => size));
    const programs = async (measure: boolean) => {
      const told = await tf.time(
        () =>
          void stepFlat(tf, {
            form: flatForm("Adam", { lr: 1 }),
            layout,
            blocks: tf.tensor2d(layout.blocks, [layout.blocks.length / 2, 2], "int32"),
            state: tf.zeros([2 * layout.size]) as Tensor1D,
            averages: false,
            params: weights,
            grads,
            numbers: tf.zeros([weights.length, numbersPerWeight]) as Tensor2D,
            clipGradNorm: null,
            weightClip: null,
            measure,
          }),
      );
      return (told as unknown as { getExtraProfileInfo(): string }).getExtraProfileInfo().split(", ");
    };
    expect(await programs(false)).toHaveLength(1);
    expect(await programs(true)).toHaveLength(3);
  });
});

async function expectClose(tensor: Tensor, values: ArrayLike<number>): Promise<void> {
  const found = await tensor.data();
  expect(found.length).toBe(values.length);
  let worst = 0;
  found.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - values[i]) / (1 + Math.abs(values[i])))));
  expect(worst).toBeLessThan(2e-6);
}
