/** The documents that are timed: bench/documents/*.gan.json, on generated data, at any batch and, some of them, any width. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { analyze } from "../../core/analysis/analyze.ts";
import { isError, printDiagnostic } from "../../core/analysis/diagnostics.ts";
import { applyEdits, type Edit } from "../../core/document/edits.ts";
import { parse } from "../../core/document/parse.ts";
import type { GanDocument } from "../../core/document/types.ts";
import { lower } from "../../core/program/lower.ts";
import type { Program } from "../../core/program/types.ts";
import type { DataSet } from "../../datasets/types.ts";
import { kindOf, sources, vocabulary } from "../../kinds/index.ts";
import { packageRoot } from "../files.ts";
import { generatedFacts, generatedSet } from "./generated.ts";

const folder = path.join(packageRoot, "bench/documents");
const extension = ".gan.json";

export const caseNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .sort();

export interface Case {
  readonly name: string;
  readonly program: Program;
  /** By the id of the source that reads it. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
}

/**
 * @param width channels of the first convolution, of a document that can be had at several (see `widen`); as it is written
 *   where left out
 * @throws Error where there is no such document or it does not compile: these are the project's own
 */
export function openCase(name: string, { width }: { readonly width?: number } = {}): Case {
  const { document: written } = parse(readFileSync(path.join(folder, name + extension), "utf8"));
  if (!written) throw new Error(`${name}${extension} holds no document.`);
  const program = compile(width === undefined ? written : widen(written, width));
  const dataSets = new Map(
    (program.training?.sources ?? []).flatMap(({ id, kind, params }) => {
      const set = generatedSet(kindOf(sources, kind).dataSet?.(params) ?? "");
      return set ? [[id, set] as const] : [];
    }),
  );
  return { name, program, dataSets };
}

/** The program of a document on generated data. */
export function compile(document: GanDocument): Program {
  const analysis = analyze(document, vocabulary, generatedFacts);
  const program = lower(document, analysis, {});
  if (program) return program;
  throw new Error(`${document.name}: ${analysis.diagnostics.filter(isError).map(printDiagnostic).join("; ")}`);
}

/** DCGAN on 28×28 images with so many channels beside the image and twice as many in the middle; 64 as it is written. */
export function widen(document: GanDocument, width: number): GanDocument {
  const set = (network: string, node: string, param: string, value: unknown): Edit => ({
    ...{ do: "set-param", graph: `networks.${network}` },
    ...{ node, param, value },
  });
  return applyEdits(document, [
    set("generator", "fc", "out_features", 2 * width * 49),
    set("generator", "view", "shape", [2 * width, 7, 7]),
    set("generator", "up1", "out_channels", width),
    set("discriminator", "conv1", "out_channels", width),
    set("discriminator", "conv2", "out_channels", 2 * width),
  ]);
}
