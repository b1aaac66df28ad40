/** The gallery finds a document for every kind, in which the kind stands without an error. */
import { expect, it } from "vitest";
import { specimenOf } from "../../../src/editor/gallery/specimens.ts";
import { kinds } from "../../../src/kinds/index.ts";
import { template, templateNames } from "../../helpers/documents.ts";

it("finds a place for every kind", () => {
  const templates = templateNames.map(template);
  expect(kinds.filter((kind) => !specimenOf(kind, templates)).map(({ name }) => name)).toEqual([]);
});
