// What a layer does in training beyond its values: the numbers that Dropout draws, and the one batch for which PyTorch's
// batch normalization raises an error. Running statistics are compared with PyTorch in the loop itself.

import { beforeAll, describe, expect, it } from "vitest";
import { layers } from "../../src/kinds/index.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { typeOf, wired, type Case, type Parameters } from "./cases.ts";
import { understand } from "./document.ts";
import { resultsOf, type Mode } from "./evaluation.ts";
import { inputValues, weightValues } from "./values.ts";

beforeAll(openTraining);

function caseOf(kindName: string, params: Parameters, type: string, batch: number): Case {
  const kind = layers.get(kindName)!;
  return { kind, name: kindName, params, inputs: wired(kind, [typeOf(type)]), batch, seeds: [0], leading: false };
}

const run = (c: Case, mode: Partial<Mode> = {}, seed = 0) =>
  resultsOf(tf, c, understand(c).program!, seed, { training: true, secondOrder: false, ...mode });

describe("Dropout", () => {
  const features = 20_000;
  const maskOf = async (c: Case, mode: Partial<Mode> = {}, seed = 0) => {
    const [{ id, type }] = c.inputs;
    const x = inputValues(0, id, type, c.batch).data;
    const y = (await run(c, mode, seed)).get("out")!.data;
    return y.map((value) => (value === 0 ? 0 : 1)).map((kept, index) => (kept ? y[index] / x[index] : 0));
  };

  for (const p of [0.1, 0.5, 0.9])
    it(`drops a part of ${p} and scales the rest by ${1 / (1 - p)}, so that the mean stays`, async () => {
      const c = caseOf("Dropout", { p }, `vector[${features}]`, 1);
      const mask = await maskOf(c);
      const dropped = mask.filter((factor) => factor === 0).length / features;
      // Four standard deviations of a mean of Bernoulli numbers.
      expect(Math.abs(dropped - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / features));
      for (const factor of mask) if (factor !== 0) expect(Math.abs(factor * (1 - p) - 1)).toBeLessThan(1e-6);
    });

  it("lets the gradient through the same mask", async () => {
    const c = caseOf("Dropout", {}, "image[3,8,8]", 2);
    const results = await run(c);
    const zeros = (name: string) => [...results.get(name)!.data].map((value) => value === 0);
    expect(zeros("grad x")).toEqual(zeros("out"));
    expect(zeros("out")).toContain(true);
  });

  it("draws the same for one seed and evaluation, and anew in every other", async () => {
    const c = caseOf("Dropout", {}, "vector[500]", 2);
    const mask = await maskOf(c);
    expect(await maskOf(c)).toEqual(mask);
    expect(await maskOf(c, { iteration: 1 })).not.toEqual(mask);
    const [{ id, type }] = c.inputs;
    const ofSeed = async (seed: number) => {
      const x = inputValues(seed, id, type, c.batch).data;
      return (await run(c, {}, seed))
        .get("out")!
        .data.map((value, index) => (value === 0 ? 0 : Math.round(value / x[index])));
    };
    expect(await ofSeed(1)).not.toEqual(await ofSeed(0));
  });

  it("does nothing in inference mode, and passes nothing on with p = 1", async () => {
    const c = caseOf("Dropout", { p: 1 }, "vector[6]", 2);
    const [{ id, type }] = c.inputs;
    expect((await run(c, { training: false })).get("out")!.data).toEqual(inputValues(0, id, type, c.batch).data);
    const dropped = await run(c);
    for (const name of ["out", "grad x"]) for (const value of dropped.get(name)!.data) expect(Math.abs(value)).toBe(0);
  });
});

describe("batch normalization of one value a channel", () => {
  for (const [kind, type] of [
    ["BatchNorm1d", "vector[5]"],
    ["BatchNorm2d", "image[5,1,1]"],
  ])
    // prettier-ignore
    for (const secondOrder of [false, true])
      it(`${kind} gives its bias and takes the value as the mean${secondOrder ? ", twice differentiable" : ""}`, async () => {
        const c = caseOf(kind, {}, type, 1);
        const results = await run(c, { secondOrder });
        const before = weightValues(0, understand(c).program!);
        const [{ id, type: taken }] = c.inputs;
        const x = inputValues(0, id, taken, 1).data;
        expect(results.get("out")!.data).toEqual(before.get("layer.bias")!.data);
        const close = (name: string, expected: (index: number) => number) =>
          results.get(name)!.data.forEach((value, index) => expect(value).toBeCloseTo(expected(index), 5));
        close("grad x", () => 0);
        close("after running_mean", (index) => 0.9 * before.get("layer.running_mean")!.data[index] + 0.1 * x[index]);
        close("after running_var", (index) => 0.9 * before.get("layer.running_var")!.data[index]);
      });
});
