/** Training graphs as deep and as knotted as anybody could make them are still lowered at once. */
import { describe, expect, it } from "vitest";
import type { EdgeDeclaration, NodeDeclaration } from "../../../src/core/document/types.ts";
import { chain, documentWith, lowered, node } from "../../helpers/documents.ts";

/** A chain of sums from one loss to an optimizer; each sum takes the one before it `wires` times. */
function sums(length: number, wires: number) {
  const network = "critic";
  const nodes: Record<string, NodeDeclaration> = {
    z: { kind: "Noise", params: { features: 2 } },
    call: { kind: "Network", params: { network } },
    s0: { kind: "BCEWithLogitsLoss" },
    opt: { kind: "Optimizer", params: { trains: [network] } },
  };
  const edges: EdgeDeclaration[] = [
    { from: "z.out", to: "call.x" },
    { from: "call.y", to: "s0.in" },
    { from: `s${length}.out`, to: "opt.loss" },
  ];
  for (let i = 1; i <= length; i++) {
    nodes[`s${i}`] = { kind: "WeightedSum" };
    for (let wire = 0; wire < wires; wire++) edges.push({ from: `s${i - 1}.out`, to: `s${i}.in.${wire}` });
  }
  return documentWith({ networks: { [network]: chain([node("Linear")]) }, training: { nodes, edges } });
}

describe("scheduling", () => {
  it("takes 10,000 losses in a row", () => {
    const { training } = lowered(sums(10_000, 1));
    expect(training!.iteration[0].instructions).toHaveLength(10_000 + 4);
  });

  it("evaluates a value once, however often it is wired", () => {
    const { training } = lowered(sums(60, 2));
    expect(training!.iteration[0].instructions).toHaveLength(60 + 4);
  });
});
