import { describe, expect, it } from "vitest";
import { printDiagnostic } from "../../../src/core/analysis/diagnostics.ts";
import { parseProgram } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import { expectGolden } from "../../helpers/golden.ts";
import { analyzed, lowered, template, templateNames } from "../../helpers/documents.ts";

/** What a recipe does on purpose, or as its paper did, and a lint would have otherwise. */
const wanted: Readonly<Record<string, RegExp>> = {
  "vanilla-mnist": /lint-data-range/, // Tanh against data in 0 … 1, as the lab has it
  "cyclegan-paper": /lint-checkerboard/, // kernel 3, stride 2, as the reference has it
};

describe.each(templateNames)("the template %s", (name) => {
  it("has no diagnostics beyond what its source wants so", () => {
    expect(
      analyzed(template(name))
        .diagnostics.map(printDiagnostic)
        .filter((told) => !wanted[name]?.test(told)),
    ).toEqual([]);
  });

  it("means the Program that is kept in its golden file", () => {
    expectGolden(`${name}.program.txt`, printProgram(lowered(template(name))));
  });

  it("has a Program that parses back to itself", () => {
    const program = lowered(template(name));
    expect(parseProgram(printProgram(program))).toEqual(program);
  });
});
