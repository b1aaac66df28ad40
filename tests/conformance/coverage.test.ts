// What the loop must meet of every kind: a case on three seeds, one of odd sizes, one of a batch of 1, and one of images of a
// single pixel, as a case or as a refusal. What no case of a kind can be is listed with its reason.

import { describe, expect, it } from "vitest";
import type { PortType } from "../../src/core/kind/ports.ts";
import { functions, layers } from "../../src/kinds/index.ts";
import { casesOf, typeOf } from "./cases.ts";
import { functionCasesOf, functionSeeds, otherFunctions, refusedFunctions } from "./function-cases.ts";
import { losses, lossCasesOf } from "./loss-cases.ts";
import { refusals } from "./extras/index.ts";

type Demand = "three seeds" | "odd sizes" | "batch of 1" | "one pixel";

/** By graph and name: what a kind has no case of, and why. */
const exceptions: Readonly<Record<string, Partial<Record<Demand, string>>>> = {
  "training WeightedSum": {
    "odd sizes": "losses are single numbers",
    "batch of 1": "losses have no batch",
  },
};

interface Met {
  readonly types: readonly PortType[];
  readonly batch: number;
  readonly seeds: readonly number[];
}

/** Sizes along which a kind could be wrong where they are odd: of images height and width, the number of features, of elements. */
const extents = ({ type, shape, classes }: PortType): readonly number[] =>
  type === "image" ? shape.slice(1) : classes !== undefined ? [classes] : shape;

const onePixel = (types: readonly PortType[]): boolean =>
  types.some(({ type, shape }) => type === "image" && shape[1] === 1 && shape[2] === 1);

const meets: Readonly<Record<Demand, (met: Met) => boolean>> = {
  "three seeds": ({ seeds }) => seeds.length >= 3,
  "odd sizes": ({ types }) => {
    const sizes = types.flatMap(extents);
    return sizes.every((size) => size % 2 === 1) && sizes.some((size) => size > 1);
  },
  "batch of 1": ({ batch }) => batch === 1,
  "one pixel": ({ types }) => onePixel(types),
};

function expectCovered(key: string, met: readonly Met[], refused: readonly (readonly PortType[])[]): void {
  const images = met.some(({ types }) => types.some(({ type }) => type === "image"));
  const demands = (Object.keys(meets) as Demand[]).filter((demand) => images || demand !== "one pixel");
  const missing = demands.filter(
    (demand) => !met.some(meets[demand]) && !(demand === "one pixel" && refused.some(onePixel)),
  );
  expect(missing).toEqual(Object.keys(exceptions[key] ?? {}));
}

describe("the loop meets in every kind what it must", () => {
  it.each([...layers.values()])("network $name", (kind) => {
    const met = casesOf(kind).map((c) => ({ ...c, types: c.inputs.map(({ type }) => type) }));
    const refused = (refusals[kind.name] ?? []).map(({ inputs }) => inputs.map(typeOf));
    expectCovered(`network ${kind.name}`, met, refused);
  });

  it.each(losses())("training $name", (kind) => {
    const met = lossCasesOf(kind).map((c) => ({
      ...c,
      types: c.inputs.flatMap((input) => (input ? [input.type] : [])),
    }));
    expectCovered(`training ${kind.name}`, met, []);
  });

  it.each(otherFunctions())("training $name", (kind) => {
    const met = functionCasesOf(kind).map((c) => ({
      ...c,
      types: c.inputs.map(({ type }) => type),
      seeds: functionSeeds,
    }));
    const refused = refusedFunctions.filter(([name]) => name === kind.name).map(([, , types]) => types.map(typeOf));
    expectCovered(`training ${kind.name}`, met, refused);
  });

  it("makes exceptions of kinds that exist", () => {
    const kinds = [...layers.values(), ...functions.values()].map(({ graph, name }) => `${graph} ${name}`);
    expect(kinds).toEqual(expect.arrayContaining(Object.keys(exceptions)));
  });
});
