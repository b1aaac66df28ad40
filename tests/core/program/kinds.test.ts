/**
 * What kinds of the training graph mean: documents in kinds/, each with its Program kept in golden/kinds, and for losses of
 * numbers a document that derives from their ports.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isError, printDiagnostic } from "../../../src/core/analysis/diagnostics.ts";
import { parse } from "../../../src/core/document/parse.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import { parseProgram } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { analyzed, lowered, template, templateNames } from "../../helpers/documents.ts";
import { expectGolden } from "../../helpers/golden.ts";
import { losses } from "../../conformance/loss-cases.ts";
import { documentOfLoss, isDerived } from "./derived.ts";

const folder = path.resolve(import.meta.dirname, "kinds");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".gan.json"))
  .map((file) => file.slice(0, -".gan.json".length))
  .sort();

function documentOf(name: string): GanDocument {
  const { document, diagnostics } = parse(readFileSync(path.join(folder, `${name}.gan.json`), "utf8"));
  expect(diagnostics).toEqual([]);
  return document!;
}

const told = new Set(
  [...names.map(documentOf), ...templateNames.map(template)].flatMap(({ training }) =>
    Object.values(training.nodes).map(({ kind }) => kind),
  ),
);

const derived = losses().filter(isDerived);

it("every kind of the training graph stands in one of them, in a template, or in a document derived from its ports", () => {
  for (const { name } of derived) told.add(name);
  expect([...vocabulary.training.keys()].filter((name) => !told.has(name))).toEqual([]);
});

describe.each(derived)("the loss $name", (kind) => {
  it("is computed of what a network gives, in a Program that parses back to itself", () => {
    const document = documentOfLoss(kind);
    expect(analyzed(document).diagnostics.filter(isError).map(printDiagnostic)).toEqual([]);
    const program = lowered(document);
    const [{ instructions }] = program.training!.iteration;
    expect(instructions).toContainEqual(expect.objectContaining({ op: "compute", kind: kind.name }));
    expect(parseProgram(printProgram(program))).toEqual(program);
  });
});

describe.each(names)("the document %s", (name) => {
  it("has no mistakes", () => {
    expect(analyzed(documentOf(name)).diagnostics.filter(isError).map(printDiagnostic)).toEqual([]);
  });

  it("means the Program that is kept in its golden file, and that parses back to itself", () => {
    const program = lowered(documentOf(name));
    expectGolden(`kinds/${name}.program.txt`, printProgram(program));
    expect(parseProgram(printProgram(program))).toEqual(program);
  });
});
