/** The data sets that a document names: what the analysis must know of them, and the rows themselves for training. */
import { diagnose, type Diagnostic, type Place } from "../core/analysis/diagnostics.ts";
import type { FactsOf } from "../core/analysis/catalogue.ts";
import { readParams } from "../core/analysis/params.ts";
import { applyEdits } from "../core/document/edits.ts";
import type { GanDocument } from "../core/document/types.ts";
import type { DataSetFacts, DataSetLookup } from "../core/kind/kind.ts";
import type { Program } from "../core/program/types.ts";
import { builtInFacts } from "../datasets/catalogue.ts";
import { DatasetProblem } from "../datasets/problems.ts";
import { factsOf, type DataSet } from "../datasets/types.ts";
import { kindOf, sources, vocabulary } from "../kinds/index.ts";
import { loadDataSet } from "./data.ts";

export interface DataOverride {
  /** Takes the place of every data set that the document names. */
  readonly data?: string;
}

export interface DataLookup {
  /** With the override in it. */
  readonly document: GanDocument;
  readonly lookup: DataSetLookup;
  readonly diagnostics: readonly Diagnostic[];
}

/** Learns the shapes of all data sets in a document; a person's own are read for it. */
export async function lookUpDataSets(document: GanDocument, { data }: DataOverride): Promise<DataLookup> {
  const readers = dataNodes(document);
  const named =
    data === undefined
      ? document
      : applyEdits(
          document,
          readers.map(({ node }) => ({ do: "set-param", graph: "training", node, param: "name", value: data })),
        );
  const known = new Map<string, DataSetFacts>();
  const diagnostics: Diagnostic[] = [];
  for (const { node, name, resize } of dataNodes(named)) {
    const facts = builtInFacts(name);
    if (facts) known.set(name, facts);
    else
      try {
        known.set(name, factsOf(await loadDataSet(name, resize ? { resize } : {})));
      } catch (error) {
        if (!(error instanceof DatasetProblem)) throw error;
        diagnostics.push(datasetDiagnostic(error, { graph: "training", node, param: "name" }));
      }
  }
  return { document: named, lookup: (name) => known.get(name) ?? null, diagnostics };
}

/** The rows that a program's sources read, at the size that each asks for. Throws a DatasetProblem. */
export async function loadDataSets({ training }: Program): Promise<ReadonlyMap<string, DataSet>> {
  const loaded = new Map<string, DataSet>();
  for (const { id, kind, params } of training?.sources ?? []) {
    const name = kindOf(sources, kind).dataSet?.(params);
    if (name === undefined) continue;
    const resize = params.resize as [number, number] | null;
    loaded.set(id, await loadDataSet(name, resize ? { resize } : {}));
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

function dataNodes(document: GanDocument): { node: string; name: string; resize: [number, number] | null }[] {
  return Object.entries(document.training.nodes).flatMap(([node, declaration]) => {
    const kind = vocabulary.training.get(declaration.kind);
    if (kind?.role !== "source" || !kind.dataSet) return [];
    const params = readParams(kind, declaration, null, {}, () => {});
    return [
      { node, name: kind.dataSet(params), resize: (params.resize as [number, number] | null | undefined) ?? null },
    ];
  });
}
