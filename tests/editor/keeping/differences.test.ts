/** How two states differ, in words; what only lies elsewhere on the canvas is no difference. */
import { expect, it } from "vitest";
import { applyEdits, type Edit } from "../../../src/core/document/edits.ts";
import { emptyDocument } from "../../../src/core/document/types.ts";
import { differences } from "../../../src/editor/keeping/differences.ts";

const graph = "networks.generator";
const document = applyEdits(emptyDocument("A"), [
  { do: "add-graph", graph },
  { do: "add-node", graph, node: "fc", declaration: { kind: "Linear", params: { out_features: 8 } } },
]);
const after = (...edits: Edit[]) => differences(document, applyEdits(document, edits));

it("says what was added, deleted and set", () => {
  expect(after({ do: "add-node", graph, node: "act", declaration: { kind: "ReLU" } })).toEqual([
    "generator: act was added",
  ]);
  expect(after({ do: "remove-node", graph, node: "fc" })).toEqual(["generator: fc was deleted"]);
  expect(after({ do: "set-param", graph, node: "fc", param: "out_features", value: 9 })).toEqual([
    "generator: fc.out_features was 8",
  ]);
  expect(after({ do: "remove-graph", graph })).toEqual(["generator was deleted"]);
  expect(after({ do: "rename-document", name: "B" })).toEqual(["The name was A"]);
});

it("finds nothing in a node that was moved", () => {
  expect(after({ do: "move-node", graph, node: "fc", to: { x: 1, y: 2 } })).toEqual([]);
});
