import { describe, expect, it } from "vitest";
import { whatChanged } from "../../../src/core/editing/difference.ts";
import { applyEdits, type Edit } from "../../../src/core/document/edits.ts";
import { integer, number, text, group } from "../../../src/core/kind/fields.ts";
import { vocabularyOf, type Vocabulary } from "../../../src/core/kind/kind.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { template } from "../../helpers/documents.ts";

/** The real kinds, and an Optimizer whose fields say what is live. */
const fields = {
  ...vocabulary.training.get("Optimizer")!.fields,
  lr: number({ default: 1, help: "", live: true }),
  steps: integer({ default: 1, help: "" }),
  rule: text({ default: "", help: "" }),
  schedule: group({ warmup: integer({ default: 0, help: "", live: true }), over: integer({ default: 1, help: "" }) }, { help: "" }), // prettier-ignore
};
const kinds: Vocabulary = vocabularyOf([
  ...vocabulary.network.values(),
  ...[...vocabulary.training.values()].map((kind) => (kind.name === "Optimizer" ? { ...kind, fields } : kind)),
] as Parameters<typeof vocabularyOf>[0]);

const before = template("dcgan-mnist");
const on = { graph: "training", node: "d_opt" } as const;
const param = (name: string, value: unknown): Edit => ({ do: "set-param", ...on, param: name, value });

describe("what changed", () => {
  it.each<[string, string, readonly Edit[]]>([
    ["nothing", "nothing at all", []],
    ["nothing", "what is set to what it is", [param("lr", 0.0002)]],
    ["places", "a place", [{ do: "move-node", ...on, to: { x: 1, y: 1 } }]],
    ["places", "a note", [{ do: "set-note", graph: "training", note: "n", value: { kind: "note", x: 0, y: 0, width: 1, height: 1, text: "" } }]], // prettier-ignore
    ["places", "the title", [{ do: "rename-document", name: "Other" }]],
    ["places", "a description", [{ do: "set-graph-part", graph: "networks.generator", part: "description", value: "x" }]], // prettier-ignore
    ["places", "the order of wires", [{ do: "connect", graph: "training", edge: { from: "z.out", to: "fake.z" } }]],
    ["live", "a live parameter", [param("lr", 0.1)]],
    ["live", "a live parameter taken out", [param("lr", undefined)]],
    ["live", "how long it goes on", [{ do: "set-graph-part", graph: "training", part: "iterations", value: 9 }]],
    ["live", "a live member of a group", [param("schedule", { warmup: 5 })]],
    ["live", "a live parameter and a place", [param("lr", 0.1), { do: "move-node", ...on, to: { x: 1, y: 1 } }]],
    ["meaning", "another member of a group", [param("schedule", { over: 5 })]],
    ["meaning", "another parameter", [param("steps", 5)]],
    ["meaning", "a live parameter and another", [param("lr", 0.1), param("steps", 5)]],
    ["meaning", "the batch", [{ do: "set-graph-part", graph: "training", part: "batch", value: 9 }]],
    ["meaning", "a node's name", [{ do: "rename-node", ...on, to: "other" }]],
    ["meaning", "a wire", [{ do: "disconnect", graph: "training", edge: { from: "z.out", to: "fake.z" } }]],
    ["meaning", "a layer", [{ do: "set-param", graph: "networks.generator", node: "fc", param: "bias", value: true }]],
    ["meaning", "a stale wire", [{ do: "set-edge", graph: "training", edge: { from: "z.out", to: "fake.z" }, set: { stale: true } }]], // prettier-ignore
  ])("is %s: %s", (difference, _, edits) => {
    expect(whatChanged(before, applyEdits(before, edits), kinds)).toBe(difference);
  });

  it("is asked of any two documents", () => {
    expect(whatChanged(before, template("toy-1d"), kinds)).toBe("meaning");
    expect(whatChanged(before, structuredClone(before), kinds)).toBe("nothing");
  });
});
