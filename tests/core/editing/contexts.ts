/** Contexts for tests of editing, with the real kinds. */
import { contextOf, type EditingContext } from "../../../src/core/editing/context.ts";
import { applyEdits, type Edit } from "../../../src/core/document/edits.ts";
import type { EdgeDeclaration, GanDocument } from "../../../src/core/document/types.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { dataSets } from "../../helpers/data-sets.ts";
import { analyzed, documentWith, graph, imageInput, node } from "../../helpers/documents.ts";

export const editing = (document: GanDocument): EditingContext =>
  contextOf({ document, analysis: analyzed(document), vocabulary, dataSets });

/** Applies a command that must be possible. */
export function done(document: GanDocument, edits: readonly Edit[] | null): GanDocument {
  if (!edits) throw new Error("the command is not possible");
  return applyEdits(document, edits);
}

const byEnds = (a: EdgeDeclaration, b: EdgeDeclaration) => `${a.to} ${a.from}`.localeCompare(`${b.to} ${b.from}`);

/** A document in which the order of wires does not matter. */
export const unordered = (document: GanDocument): GanDocument => {
  const sorted = <G extends { readonly edges: readonly EdgeDeclaration[] }>(held: G): G => ({
    ...held,
    edges: [...held.edges].sort(byEnds),
  });
  const all = <G extends { readonly edges: readonly EdgeDeclaration[] }>(graphs: Readonly<Record<string, G>>) =>
    Object.fromEntries(Object.entries(graphs).map(([name, held]) => [name, sorted(held)]));
  return {
    ...document,
    networks: all(document.networks),
    blocks: all(document.blocks),
    training: sorted(document.training),
  };
};

/** x → conv → bn → relu → sum (+ x) → y, all placed, in blocks as well. */
export const residual = documentWith({
  networks: {
    net: graph(
      {
        x: node("Input", imageInput(8, 4, 4)),
        conv: node("Conv2d", { out_channels: 8, kernel_size: 3, padding: 1, stride: 1 }),
        bn: node("BatchNorm2d"),
        relu: node("ReLU"),
        sum: node("Add"),
        b: node("Block", { block: "twice", with: { width: 8 } }),
        y: node("Output"),
      },
      ...["x.out > conv.in", "conv.out > bn.in", "bn.out > relu.in", "relu.out > sum.in.0", "x.out > sum.in.1"],
      ...["sum.out > b.a", "b.c > y.in"],
    ),
  },
  blocks: {
    twice: {
      params: { width: 4 },
      ...graph(
        {
          a: node("Input"),
          one: node("Conv2d", { out_channels: "$width", kernel_size: 3, padding: 1, stride: 1 }),
          two: node("Conv2d", { out_channels: "$width", kernel_size: 1, padding: 0, stride: 1 }),
          c: node("Output"),
        },
        ...["a.out > one.in", "one.out > two.in", "two.out > c.in"],
      ),
    },
  },
  layout: {
    "networks.net": {
      x: { x: 0, y: 0 },
      conv: { x: 0, y: 96, collapsed: true },
      bn: { x: 0, y: 192 },
      relu: { x: 0, y: 288 },
      sum: { x: 96, y: 384 },
      b: { x: 0, y: 480 },
      y: { x: 0, y: 576 },
      $notes: { n1: { kind: "note", x: 10, y: 20, width: 100, height: 50, text: "a residual sum" } },
    },
  },
}); // prettier-ignore
