import { describe, expect, it } from "vitest";
import { boolean, choice, integer, list, number, optional, pair, text } from "../../../src/core/kind/fields.ts";
import { faultOf, readText, stepped, textOf } from "../../../src/editor/inspector/form/text.ts";

const help = "";
const channels = integer({ default: 64, min: 1, max: 512, help });
const rate = number({ default: 0.001, min: 0, open: true, help });
const kernel = pair({ default: 4, min: 1, help });
const shape = optional(list(integer({ default: 1, min: 1, help }), { default: [], most: 3, joint: "×", help }));
const betas = list(number({ default: 0.9, min: 0, below: 1, help }), {
  default: [0.9, 0.999],
  least: 2,
  most: 2,
  help,
});

describe("what is typed in a field", () => {
  it.each([
    [channels, "128", 128],
    [channels, " 12 ", 12],
    [integer({ default: 0, help }), "6,272", 6272],
    [number({ default: 0, help }), "−0.2", -0.2],
    [rate, "2e-4", 0.0002],
    [rate, ".5", 0.5],
    [kernel, "4", 4],
    [kernel, "4×5", [4, 5]],
    [kernel, "4x5", [4, 5]],
    [kernel, "4, 5", [4, 5]],
    [shape, "1×28×28", [1, 28, 28]],
    [shape, "[1, 28, 28]", [1, 28, 28]],
    [betas, "0.5, 0.999", [0.5, 0.999]],
    [choice(["a", "b"], { default: "a", help }), "b", "b"],
    [boolean({ default: false, help }), "on", true],
    [text({ default: "", help }), "two words", "two words"],
  ])("is read: %#", (field, typed, value) => expect(readText(field, typed)).toEqual({ value }));

  it("leaves the parameter out where nothing is typed", () =>
    expect(readText(channels, "  ")).toEqual({ value: undefined }));

  it.each([
    [channels, "0", "This takes an integer between 1 and 512."],
    [channels, "1.5", "This takes an integer between 1 and 512."],
    [channels, "abc", "This takes an integer between 1 and 512."],
    [channels, "1 2", "This takes an integer between 1 and 512."],
    [rate, "0", "This takes a number above 0."],
    [rate, "1e", "This takes a number above 0."],
    [optional(rate), "-1", "This takes a number above 0, or nothing."],
  ])("is refused with what is wanted: %#", (field, typed, fault) => expect(readText(field, typed)).toEqual({ fault }));

  it("may name a parameter of the block around, if there is one", () => {
    expect(readText(channels, "$width", ["width"])).toEqual({ value: "$width" });
    expect(readText(channels, "$depth", ["width"])).toEqual({ fault: "This block has no parameter $depth." });
    expect(readText(channels, "$width")).toEqual({ fault: "This takes an integer between 1 and 512." });
  });
});

it.each([
  [kernel, 4, "4"],
  [kernel, [4, 4], "4"],
  [kernel, [4, 5], "4×5"],
  [shape, [1, 28, 28], "1×28×28"],
  [betas, [0.5, 0.999], "0.5, 0.999"],
  [rate, 1e-8, "1e-8"],
  [shape, null, ""],
])("a value stands in its box so that it is read back: %#", (field, value, shown) => {
  expect(textOf(field, value)).toBe(shown);
  if (shown !== "") expect(field.read((readText(field, shown) as { value: unknown }).value)).toEqual(field.read(value));
});

it("a value that is there and cannot be read says what is wanted", () => {
  expect(faultOf(channels, "many")).toBe("This takes an integer between 1 and 512.");
  expect(faultOf(channels, 3)).toBeNull();
  expect(faultOf(channels, undefined)).toBeNull();
});

describe("arrow keys", () => {
  it.each([
    [channels, 64, 1, false, 65],
    [channels, 64, -1, true, 54],
    [channels, 512, 1, false, null],
    [channels, 505, 1, true, 512],
    [rate, 0.0002, 1, false, 0.0003],
    [rate, 0.0002, 1, true, 0.0012],
    [rate, 0.0001, -1, false, 0.00009],
    [number({ default: 0.5, min: 0, max: 1, help }), 1, 1, false, null],
    [number({ default: 0.9, min: 0, below: 1, help }), 0.999, 1, false, 0.9991],
    [number({ default: 0, help }), 0.2, 1, false, 0.3],
  ] as const)("move a number by a step, within its bounds: %#", (field, from, direction, large, to) =>
    expect(stepped(field, from, direction, large)).toBe(to),
  );
});
