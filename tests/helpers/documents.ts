/** Builders of documents, so that a test shows only what it is about. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { analyze, type Analysis } from "../../src/core/analysis/analyze.ts";
import { printDiagnostic } from "../../src/core/analysis/diagnostics.ts";
import { parse } from "../../src/core/document/parse.ts";
import { emptyDocument, type EdgeDeclaration, type GanDocument, type Graph, type GraphName, type NodeDeclaration } from "../../src/core/document/types.ts"; // prettier-ignore
import type { Vocabulary } from "../../src/core/kind/kind.ts";
import { lower } from "../../src/core/program/lower.ts";
import type { Program } from "../../src/core/program/types.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { dataSets } from "./data-sets.ts";

type Parameters = Readonly<Record<string, unknown>>;

export const node = (kind: string, params?: Parameters): NodeDeclaration => (params ? { kind, params } : { kind });

/** `wires("a.out > b.in", "b.out > c.in")` */
export const wires = (...written: readonly string[]): EdgeDeclaration[] =>
  written.map((wire) => {
    const [from, to] = wire.split(" > ");
    return { from, to };
  });

export const graph = (nodes: Readonly<Record<string, NodeDeclaration>>, ...written: readonly string[]): Graph => ({
  nodes,
  edges: wires(...written),
});

/**
 * An Input `x`, the layers in a row under the ids "0", "1", …, and an Output `y`. The Input states its type where one is
 * given: `chain([node("ReLU")], { type: "vector", shape: [3] })`.
 */
export function chain(layers: readonly NodeDeclaration[], stated?: Parameters): Graph {
  const ids = ["x", ...layers.map((_, index) => String(index)), "y"];
  const nodes = Object.fromEntries([
    ["x", node("Input", stated)],
    ...layers.map((layer, index) => [String(index), layer] as const),
    ["y", node("Output")],
  ]);
  const edges = ids.slice(1).map((id, index) => ({ from: `${ids[index]}.out`, to: `${id}.in` }));
  return { nodes, edges };
}

export const imageInput = (...shape: readonly number[]): Parameters => ({ type: "image", shape });
export const vectorInput = (features: number): Parameters => ({ type: "vector", shape: [features] });

/** An empty document with these parts in it. */
export const documentWith = (parts: Partial<GanDocument>): GanDocument => ({ ...emptyDocument("Test"), ...parts });

/** A document of one network called `net`. */
export const networkDocument = (net: Graph, blocks: GanDocument["blocks"] = {}): GanDocument =>
  documentWith({ networks: { net }, blocks });

export const analyzed = (document: GanDocument, kinds: Vocabulary = vocabulary): Analysis =>
  analyze(document, kinds, dataSets);

/** The Program of a document. Throws with the diagnostics where there is none. */
export function lowered(document: GanDocument, kinds: Vocabulary = vocabulary): Program {
  const analysis = analyzed(document, kinds);
  const program = lower(document, analysis);
  if (!program) throw new Error(analysis.diagnostics.map(printDiagnostic).join("\n"));
  return program;
}

/** The codes that analysis reports, in its order. */
export const codesOf = (document: GanDocument): string[] => analyzed(document).diagnostics.map(({ code }) => code);

const templates = path.resolve(import.meta.dirname, "../../templates");

/** "dcgan-mnist", … */
export const templateNames: readonly string[] = readdirSync(templates)
  .filter((file) => file.endsWith(".gan.json"))
  .map((file) => file.slice(0, -".gan.json".length))
  .sort();

export const templateText = (name: string): string => readFileSync(path.join(templates, `${name}.gan.json`), "utf8");

export function template(name: string): GanDocument {
  const { document } = parse(templateText(name));
  if (!document) throw new Error(`the template ${name} cannot be read`);
  return document;
}

/** Every graph of every template: its training graph and its networks. */
export const templateGraphs: readonly { readonly name: string; readonly where: GraphName }[] = templateNames.flatMap(
  (name) =>
    ["training" as const, ...Object.keys(template(name).networks).map((each) => `networks.${each}` as const)].map(
      (where) => ({ name, where }),
    ),
);
