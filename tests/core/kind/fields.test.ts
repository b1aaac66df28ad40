import { describe, expect, it } from "vitest";
import { boolean, choice, describe as describeField, group, integer, list, number, optional, pair, text, type Field } from "../../../src/core/kind/fields.ts"; // prettier-ignore
import { kinds } from "../../../src/kinds/index.ts";
import { fc } from "../../helpers/properties.ts";

const help = "";
const table: readonly (readonly [string, Field<unknown>, accepted: readonly unknown[], refused: readonly unknown[]])[] =
  [
    ["integer", integer({ default: 1, min: 1, max: 9, help }), [1, 5, 9], [0, 10, 1.5, "1", null, NaN, [1], {}, true]],
    ["integer without bounds", integer({ default: 0, help }), [-5, 0, Number.MAX_SAFE_INTEGER], [2 ** 53, Infinity]],
    ["number", number({ default: 0.5, min: 0, max: 1, help }), [0, 0.25, 1], [-0.1, 1.1, Infinity, NaN, "0.5", null]],
    ["number with open bounds", number({ default: 0.5, min: 0, open: true, help }), [1e-300, 5], [0, -1]],
    ["boolean", boolean({ default: true, help }), [true, false], [0, 1, "true", null]],
    ["text", text({ default: "", help }), ["", "mnist"], [1, null, ["mnist"]]],
    ["choice", choice(["Adam", "SGD"], { default: "Adam", help }), ["SGD"], ["sgd", "", 0, null, ["SGD"]]],
    [
      "list",
      list(integer({ default: 1, min: 1, help }), { default: [], least: 1, most: 2, help }),
      [[1], [1, 2]],
      [[], [1, 2, 3], [0], ["1"], 1, { 0: 1 }, null],
    ],
    ["optional", optional(integer({ default: 1, min: 1, help })), [null, 3], [0, undefined, "x"]],
  ];

describe.each(table)("a field of %s", (_, field, accepted, refused) => {
  it("takes what fits, as it is", () => {
    for (const value of accepted) expect(field.read(value)).toEqual(value);
  });
  it("refuses what does not", () => {
    for (const value of refused) expect(field.read(value), JSON.stringify(value)).toBe(undefined);
  });
});

describe("a field of a pair", () => {
  const field = pair({ default: 4, min: 1, max: 9, help });
  it("is height and width, or one number for both", () => {
    expect(field.default).toEqual([4, 4]);
    expect(field.read(3)).toEqual([3, 3]);
    expect(field.read([2, 5])).toEqual([2, 5]);
  });
  it.each([[0], [[1, 0]], [[1]], [[1, 2, 3]], ["3"], [null], [[1.5, 1]]])("refuses %j", (value) => {
    expect(field.read(value)).toBe(undefined);
  });
});

describe("a field of a group", () => {
  const field = group(
    { decay: number({ default: 0.9, min: 0, max: 1, help }), start: integer({ default: 0, min: 0, help }) },
    { help },
  );
  it("fills in the members that are left out", () => {
    expect(field.read({})).toEqual({ decay: 0.9, start: 0 });
    expect(field.read({ start: 5 })).toEqual({ decay: 0.9, start: 5 });
  });
  it.each([[{ decay: 2 }], [{ speed: 1 }], [[]], [null], ["decay"]])("refuses %j", (value) => {
    expect(field.read(value)).toBe(undefined);
  });
});

describe("what fields say for people", () => {
  it.each([
    [integer({ default: 1, min: 1, help }), "an integer of at least 1"],
    [number({ default: 1, min: 0, open: true, help }), "a number above 0"],
    [number({ default: 0, max: 1, help }), "a number of at most 1"],
    [integer({ default: 1, min: 1, max: 3, help }), "an integer between 1 and 3"],
    [optional(text({ default: "", help })), "a text, or null"],
    [list(boolean({ default: true, help }), { default: [], help }), "a list, each member true or false"],
  ] satisfies [Field<unknown>, string][])("%# is what they want", (field, wanted) => {
    expect(field.wanted).toBe(wanted);
  });
});

describe("what fields tell a form", () => {
  it.each([
    [integer({ default: 1, min: 1, max: 9, help }), { bounds: { min: 1, max: 9, step: 1 } }],
    [number({ default: 0.5, min: 0, open: true, help, live: true }), { bounds: { min: 0, open: true }, live: true }],
    [number({ default: 0.5, min: 0, below: 1, step: 0.1, help }), { bounds: { min: 0, below: 1, step: 0.1 } }],
    [pair({ default: 4, min: 1, help, brief: "value" }), { bounds: { min: 1, step: 1 }, brief: "value" }],
    [choice(["a", "b"], { default: "a", help }), { options: ["a", "b"] }],
    [text({ default: "", help, of: "networks" }), { of: "networks" }],
    [list(text({ default: "", help, of: "blocks" }), { default: [], help }), { member: { widget: "text", of: "blocks" } }],
    [optional(integer({ default: 3, min: 0, help, brief: "named" })), { optional: true, brief: "named", bounds: { min: 0 } }],
    [group({ a: boolean({ default: true, help }) }, { help, live: true }), { live: true, fields: { a: { widget: "switch" } } }],
  ] satisfies [Field<unknown>, object][])("%#", (field, told) => {
    expect(field).toMatchObject(told);
  }); // prettier-ignore

  it("says nothing that was not declared", () => {
    const plain = Object.keys(boolean({ default: true, help }));
    expect(plain).not.toContain("live");
    expect(plain).not.toContain("brief");
    expect(plain).not.toContain("optional");
  });

  const where = (told: (field: Field<unknown>) => boolean): string[] =>
    kinds.flatMap(({ name: kind, fields }) => {
      const inside = (path: string, some: Field<unknown>["fields"] = {}): string[] =>
        Object.entries(some).flatMap(([name, field]) => [
          ...(told(field) ? [`${path}${name}`] : []),
          ...inside(`${path}${name}.`, field.fields),
          ...(field.member && told(field.member) ? [`${path}${name}[]`] : []),
        ]);
      return inside(`${kind}.`, fields);
    });

  it("lets rates, averages and the shares of losses change while training goes on, and nothing that weights hang on", () => {
    const live = [
      "lr",
      "betas",
      "eps",
      "weight_decay",
      "alpha",
      "schedule",
      "clip_grad_norm",
      "weight_clip",
      "ema.decay",
    ];
    expect(where((field) => field.live === true)).toEqual([
      "BCELoss.target",
      "BCEWithLogitsLoss.target",
      "GANLoss.label_smoothing",
      "CrossEntropyLoss.label_smoothing",
      "WeightedSum.weights",
      ...live.map((name) => `Optimizer.${name}`),
    ]);
  });

  it("knows whose names a text takes", () => {
    const named = where((field) => field.of !== undefined);
    expect(named).toEqual([
      "Block.block",
      "Dataset.name",
      "Network.network",
      "Optimizer.trains[]",
      "Optimizer.unroll.optimizer",
    ]);
  });
});

describe.each(kinds.map((kind) => [`${kind.graph}/${kind.name}`, kind] as const))(
  "the fields of %s",
  (_, { fields }) => {
    it("read their own defaults, unchanged", () => {
      for (const [name, field] of Object.entries(fields))
        expect(field.read(field.default), name).toEqual(field.default);
    });

    it("have help, and a schema that carries it with the default", () => {
      for (const [name, field] of Object.entries(fields)) {
        expect(field.help, name).toMatch(/\S/);
        expect(describeField(field)).toMatchObject({ description: field.help, default: field.default });
      }
    });

    it("read what they read, and never throw", () => {
      for (const field of Object.values(fields))
        fc.assert(
          fc.property(fc.jsonValue(), (value) => {
            const once = field.read(value);
            if (once !== undefined) expect(field.read(once)).toEqual(once);
          }),
          { numRuns: 30 },
        );
    });
  },
);
