import { describe, expect, it } from "vitest";
import { parseProgram } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import { expectGolden } from "../../helpers/golden.ts";
import { analyzed, lowered, template, templateNames } from "../../helpers/documents.ts";

describe.each(templateNames)("the template %s", (name) => {
  it("has no diagnostics", () => {
    expect(analyzed(template(name)).diagnostics).toEqual([]);
  });

  it("means the Program that is kept in its golden file", () => {
    expectGolden(`${name}.program.txt`, printProgram(lowered(template(name))));
  });

  it("has a Program that parses back to itself", () => {
    const program = lowered(template(name));
    expect(parseProgram(printProgram(program))).toEqual(program);
  });
});
