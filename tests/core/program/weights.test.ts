/** Weights from elsewhere for a network: by name and shape, and all that does not fit is told. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/core/analysis/diagnostics.ts";
import { fitWeights, weightsByNetwork, wholeWeights, type WeightStore } from "../../../src/core/program/weights.ts";
import { chain, lowered, networkDocument, node, vectorInput } from "../../helpers/documents.ts";

const [network] = lowered(
  networkDocument(chain([node("Linear", { out_features: 3 }), node("BatchNorm1d")], vectorInput(2))),
).networks;
const store = (shapes: Readonly<Record<string, readonly number[]>>, value = 1): WeightStore =>
  new Map(
    Object.entries(shapes).map(([path, shape]) => [
      path,
      { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) },
    ]),
  );
const declared = Object.fromEntries(
  network.instructions.flatMap(({ weights }) => weights.map(({ path, shape }) => [path, shape])),
);
const own = store(declared, 7);
const [weight, bias, ...others] = Object.keys(declared);

describe("weights that are given to a network", () => {
  it("are taken by name and shape, and the rest stays", () => {
    const given = store({ [weight]: declared[weight], [bias]: [4], elsewhere: [1] });
    const fit = fitWeights(network, given, own);
    expect(fit).toMatchObject({ taken: 1, unused: ["elsewhere"], missing: others });
    expect(fit.misfits).toEqual([{ path: bias, found: [4], wanted: [3] }]);
    expect([...fit.weights.keys()]).toEqual(Object.keys(declared));
    expect(fit.weights.get(weight)).toBe(given.get(weight));
    for (const path of [bias, ...others]) expect(fit.weights.get(path)).toBe(own.get(path));
  });

  it("of the same size in another shape do not fit, nor a scalar an empty shape's place", () => {
    const turned = store({ [weight]: [...declared[weight]].reverse(), [bias]: [] });
    expect(fitWeights(network, turned, own)).toMatchObject({ taken: 0, misfits: [{ path: weight }, { path: bias }] });
  });

  it("must all be there where they are the whole, and what is too much does no harm", () => {
    expect(wholeWeights(network, new Map([...own, ["num_batches_tracked", { shape: [], data: new Float32Array(1) }]])))
      .toEqual(own); // prettier-ignore
    const told = (given: WeightStore) => {
      try {
        wholeWeights(network, given);
      } catch (error) {
        return error instanceof UserError ? error.diagnostics.map(({ code, facts }) => `${code} ${facts.weight}`) : [];
      }
      return [];
    };
    expect(told(store({ [weight]: [3, 3] }))).toEqual([
      `weights-shape ${weight}`,
      ...[bias, ...others].map((path) => `weights-missing ${path}`),
    ]);
  });

  it("of several networks are told apart by their prefix", () => {
    const given = store({ "g.a.w": [1], "d/w": [1], "weights/d/b": [2], "slots/opt/d/w/exp_avg": [1], gw: [1] });
    const split = weightsByNetwork(given, ["g", "d", "h"]);
    expect([...split].map(([name, weights]) => [name, [...weights.keys()]])).toEqual([
      ["g", ["a.w"]],
      ["d", ["w", "b"]],
    ]);
  });
});
