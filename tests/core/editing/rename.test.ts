/** What follows the new name of an optimizer. (Ports, networks and blocks: commands.test.ts.) */
import { expect, it } from "vitest";
import { renameNode } from "../../../src/core/editing/commands.ts";
import { isRefused } from "../../../src/core/editing/refusals.ts";
import { applyEdits } from "../../../src/core/document/edits.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { analyzed, node, template } from "../../helpers/documents.ts";

it("an optimizer is renamed wherever one unrolls it, and nowhere else", () => {
  const plain = template("toy-ring");
  const { d_opt, g_opt, ...others } = plain.training.nodes;
  const unrolling = node("Optimizer", { ...g_opt.params, unroll: { optimizer: "d_opt", steps: 3 } });
  const document = { ...plain, training: { ...plain.training, nodes: { ...others, d_opt, g_opt: unrolling } } };
  expect(analyzed(document).diagnostics).toEqual([]);
  const edits = renameNode({ document, vocabulary }, "training", "d_opt", "critics");
  if (isRefused(edits)) throw new Error(edits.why);
  const renamed = applyEdits(document, edits);
  expect(renamed.training.nodes.g_opt.params).toEqual({
    ...g_opt.params,
    unroll: { optimizer: "critics", steps: 3 },
  });
  expect(renamed.training.nodes.critics).toEqual(d_opt);
  expect(analyzed(renamed).diagnostics).toEqual([]);
  const other = renameNode({ document, vocabulary }, "training", "g_opt", "painter");
  expect(other).toEqual([{ do: "rename-node", graph: "training", node: "g_opt", to: "painter" }]);
});
