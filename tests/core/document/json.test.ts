import { describe, expect, it } from "vitest";
import { findSyntaxMistake } from "../../../src/core/document/json.ts";
import { templateText } from "../../helpers/documents.ts";
import { fc } from "../../helpers/properties.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("finding what is wrong with a text that is not JSON", () => {
  it.each([
    ["", 1, 1, "the file is empty"],
    ["\n\n", 3, 1, "the file is empty"],
    ['{"a": x}', 1, 7, "x stands where a value is expected"],
    ['{\n  "a": 1,\n}', 3, 1, "there is a comma before this }, and nothing follows it"],
    ["[1, ]", 1, 5, "there is a comma before this ], and nothing follows it"],
    ['{\n  "a" 1 }', 2, 7, "1 stands where a colon is expected"],
    ['{"a": 1 "b": 2}', 1, 9, '" stands where a comma or } is expected'],
    ["[1 2]", 1, 4, "2 stands where a comma or ] is expected"],
    ["[1}", 1, 3, "} stands where a comma or ] is expected"],
    ["{a: 1}", 1, 2, "a stands where a name in double quotes or } is expected"],
    ["{'a': 1}", 1, 2, "texts stand in double quotes, not in single ones"],
    ['{"a": 01}', 1, 8, "1 stands where a comma or } is expected"],
    ['{"a": .5}', 1, 7, ".5 stands where a value is expected"],
    ['{"a": NaN}', 1, 7, "NaN stands where a value is expected"],
    ['{"a": "b\nc"}', 1, 7, "this text has no closing quote on its line"],
    ['{"a": "b\tc"}', 1, 7, "this text holds a control character"],
    ['{"a": "C:\\data"}', 1, 7, "this text holds \\d, which is no escape of JSON (a backslash is written \\\\)"],
    ['["\\u12', 1, 2, "this text holds \\u, which is no escape of JSON (a backslash is written \\\\)"],
    ['["abc', 1, 2, "this text has no closing quote"],
    ["[[1, 2]", 1, 8, "the file ends where a comma or ] is expected; one closing bracket is missing"],
    ["{} {}", 1, 4, "{ stands where the end of the file is expected"],
    ["/* a */ {}", 1, 1, "JSON has no comments"],
  ])("%j: line %i, column %i: %s", (text, line, column, reason) => {
    expect(isJson(text)).toBe(false);
    expect(findSyntaxMistake(text)).toEqual({ line, column, reason });
  });

  it("finds a mistake exactly where JSON.parse does not read the text", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"a"',
      '"\\n"',
      '"',
      "1",
      "-0.5e+3",
      "-",
      "true",
      "null",
      " ",
      "\n",
      "\\",
      "x",
      "\u2028",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (written) => {
        const text = written.join("");
        expect(findSyntaxMistake(text) === null).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
    fc.assert(fc.property(fc.json(), (text) => findSyntaxMistake(text) === null));
  });

  it("agrees with JSON.parse on a template with one character changed", () => {
    const whole = templateText("toy-1d");
    fc.assert(
      fc.property(fc.nat(whole.length), fc.constantFrom("", ",", '"', "}", "]", "\\", "7"), (at, put) => {
        const text = whole.slice(0, at) + put + whole.slice(at + 1);
        expect(findSyntaxMistake(text) === null).toBe(isJson(text));
      }),
      { numRuns: 300 },
    );
  });

  it("reads a nest of a million brackets without recursion", () => {
    expect(findSyntaxMistake("[".repeat(1_000_000))?.column).toBe(1_000_001);
  });
});
