/**
 * The parts of a document that are not nodes' parameters: which there are, and what is said of one that is not known. It
 * survives every round trip, but a misspelt part silently has no effect otherwise.
 */
import type { GanDocument, Graph } from "../document/types.ts";
import { isWeightsFile } from "../document/weights-file.ts";
import { initSchemes } from "../kind/weights.ts";
import { brief, diagnose, nearest, type Diagnostic, type Place } from "./diagnostics.ts";

const graph = ["description", "nodes", "edges"];
/** By what holds them. Anything that begins with "$" is a note to other programs. */
export const documentParts = {
  "the document": ["format", "name", "description", "networks", "blocks", "training", "layout"],
  "a network": [...graph, "init", "weights"],
  "a network's weights": ["file", "sha256"],
  "a block": [...graph, "params"],
  "the training graph": [...graph, "batch", "iterations", "seed"],
  "a node": ["kind", "description", "params"],
  "a wire": ["from", "to", "stale"],
} as const satisfies Record<string, readonly string[]>;
/** Letters, digits, "_" and "-"; a node's name may have several such parts between dots. */
export const networkNamePattern = "^[A-Za-z0-9_-]+$";
export const nodeNamePattern = "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$";

const weightsWanted = '{"file": a path from the document\'s folder, "sha256": its 64 hexadecimal digits}';

type Holder = keyof typeof documentParts;

export function judgeParts(document: GanDocument, report: (diagnostic: Diagnostic) => void): void {
  judge(document, "the document", {});
  for (const [name, network] of Object.entries(document.networks)) {
    judgeGraph(network, "a network", `networks.${name}`);
    const { init, weights } = network;
    if (weights !== undefined) {
      const at = { graph: `networks.${name}`, param: "weights" };
      if (isWeightsFile(weights)) judge(weights, "a network's weights", at);
      else report(diagnose("param-value", at, { param: "weights", found: brief(weights), wanted: weightsWanted }));
    }
    if (init !== undefined && !initSchemes.includes(init)) {
      const facts = {
        param: "init",
        found: brief(init),
        wanted: `one of ${initSchemes.map((scheme) => `"${scheme}"`).join(", ")}`,
      };
      report(diagnose("param-value", { graph: `networks.${name}`, param: "init" }, facts));
    }
  }
  for (const [name, block] of Object.entries(document.blocks)) judgeGraph(block, "a block", `blocks.${name}`);
  judgeGraph(document.training, "the training graph", "training");

  function judgeGraph(held: Graph, holder: Holder, name: string): void {
    judge(held, holder, { graph: name });
    for (const [node, declaration] of Object.entries(held.nodes)) judge(declaration, "a node", { graph: name, node });
    for (const edge of held.edges) judge(edge, "a wire", { graph: name });
  }

  function judge(held: object, holder: Holder, at: Place): void {
    const parts: readonly string[] = documentParts[holder];
    for (const part of Object.keys(held))
      if (!parts.includes(part) && !part.startsWith("$"))
        report(diagnose("unknown-part", at, { part, of: holder, near: nearest(part, parts) }));
  }
}
