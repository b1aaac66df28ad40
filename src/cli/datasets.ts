/** The data sets that a document names: what the analysis must know of them, and the rows themselves for training. */
import { existsSync } from "node:fs";
import { diagnose, UserError, type Diagnostic, type Place } from "../core/analysis/diagnostics.ts";
import type { FactsOf } from "../core/analysis/catalogue.ts";
import { readParams } from "../core/analysis/params.ts";
import { applyEdits, type Edit } from "../core/document/edits.ts";
import type { GanDocument } from "../core/document/types.ts";
import type { DataSetFacts, DataSetLookup } from "../core/kind/kind.ts";
import type { Program } from "../core/program/types.ts";
import { builtInFacts } from "../datasets/catalogue.ts";
import { DatasetProblem } from "../datasets/problems.ts";
import type { Pairs } from "../datasets/pairs.ts";
import { factsOf, splitOf, type DataSet, type Split } from "../datasets/types.ts";
import { kindOf, sources, vocabulary } from "../kinds/index.ts";
import { loadDataSet } from "./data.ts";

export interface DataOverride {
  /** "PATH" in place of the one data set that the document names, or "NODE=PATH" in place of a Dataset node's. */
  readonly data?: readonly string[];
}

export interface DataLookup {
  /** With the override in it. */
  readonly document: GanDocument;
  readonly lookup: DataSetLookup;
  readonly diagnostics: readonly Diagnostic[];
}

/** Learns the shapes of all data sets in a document; a person's own are read for it. */
export async function lookUpDataSets(document: GanDocument, { data = [] }: DataOverride): Promise<DataLookup> {
  const named = applyEdits(
    document,
    data.flatMap((given) => replacing(given, dataNodes(document))),
  );
  const known = new Map<string, DataSetFacts>();
  const diagnostics: Diagnostic[] = [];
  for (const { node, name, resize, pairs } of dataNodes(named)) {
    const facts = builtInFacts(name);
    if (facts) known.set(name, facts);
    else
      try {
        known.set(keyOf(name, pairs), factsOf(await loadDataSet(name, { resize, pairs })));
      } catch (error) {
        if (!(error instanceof DatasetProblem)) throw error;
        diagnostics.push(datasetDiagnostic(error, { graph: "training", node, param: "name" }));
      }
  }
  return {
    document: named,
    lookup: (name, pairs = "none") => known.get(name) ?? known.get(keyOf(name, pairs)) ?? null,
    diagnostics,
  };
}

/** The same files may be read as pairs and otherwise. */
const keyOf = (name: string, pairs: string): string => JSON.stringify([name, pairs]);

/** What one --data changes. Throws a UserError where it is not clear whose data it means. */
function replacing(given: string, readers: readonly DataNode[]): Edit[] {
  const nodes = readers.map(({ node }) => node);
  const refuse = (reason: string) =>
    new UserError(diagnose("data-node", { graph: "training" }, { given, reason, nodes }));
  const edit = (node: string, value: string): Edit => ({
    do: "set-param",
    graph: "training",
    node,
    param: "name",
    value,
  });
  const sign = given.indexOf("=");
  const named = nodes.find((node) => node === given.slice(0, Math.max(0, sign)));
  if (named !== undefined) return [edit(named, given.slice(sign + 1))];
  if (sign > 0 && !existsSync(given))
    throw refuse(`the training graph has no Dataset called "${given.slice(0, sign)}"`);
  if (readers.length === 0) throw refuse("the training graph has no Dataset");
  if (new Set(readers.map(({ name }) => name)).size > 1) throw refuse("the training graph reads several data sets");
  return nodes.map((node) => edit(node, given));
}

/** The rows that a program's sources read, at the size that each asks for. Throws a DatasetProblem. */
export async function loadDataSets({ training }: Program): Promise<ReadonlyMap<string, DataSet>> {
  const loaded = new Map<string, DataSet>();
  for (const { id, kind, params } of training?.sources ?? []) {
    const name = kindOf(sources, kind).dataSet?.(params);
    if (name === undefined) continue;
    const set = await loadDataSet(name, params as Pick<DataNode, "resize" | "pairs">);
    loaded.set(id, splitOf(set, params.split as Split));
  }
  return loaded;
}

/** A problem with data as a diagnostic at the node that names it, with the fix that there is. */
export function datasetDiagnostic({ code, facts }: DatasetProblem, at: Place): Diagnostic {
  const fix =
    code === "images-mixed-sizes" && at.node
      ? {
          title: "Set resize to 64",
          edits: [{ do: "set-param", graph: "training", node: at.node, param: "resize", value: 64 } as const],
        }
      : undefined;
  return diagnose(
    code,
    code === "images-mixed-sizes" && at.node ? { ...at, param: "resize" } : at,
    facts as FactsOf<typeof code>,
    fix,
  );
}

interface DataNode {
  readonly node: string;
  readonly name: string;
  readonly resize: [number, number] | null;
  readonly pairs: Pairs;
}

function dataNodes(document: GanDocument): DataNode[] {
  return Object.entries(document.training.nodes).flatMap(([node, declaration]) => {
    const kind = vocabulary.training.get(declaration.kind);
    if (kind?.role !== "source" || !kind.dataSet) return [];
    const params = readParams(kind, declaration, null, {}, () => {});
    const { resize = null, pairs = "none" } = params as Partial<Pick<DataNode, "resize" | "pairs">>;
    return [{ node, name: kind.dataSet(params), resize, pairs }];
  });
}
