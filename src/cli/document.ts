/** A DOCUMENT argument: the path of a .gan.json, or a template's name; read, analyzed and lowered. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { analyze, type Analysis } from "../core/analysis/analyze.ts";
import {
  diagnose,
  isError,
  nearest,
  printDiagnostic,
  UserError,
  type Diagnostic,
} from "../core/analysis/diagnostics.ts";
import { parse } from "../core/document/parse.ts";
import type { GanDocument } from "../core/document/types.ts";
import { concerns, lower } from "../core/program/lower.ts";
import type { Program } from "../core/program/types.ts";
import { vocabulary } from "../kinds/index.ts";
import { lookUpDataSets, type DataOverride } from "./datasets.ts";
import { packageRoot } from "./files.ts";
import { notice } from "./output.ts";

const extension = ".gan.json";
const templatesFolder = path.join(packageRoot, "templates");

export interface Template {
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

export function listTemplates(): Template[] {
  const names = readdirSync(templatesFolder)
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length));
  return names.sort().map((name) => {
    const { document } = parse(readFileSync(path.join(templatesFolder, name + extension), "utf8"));
    return { name, title: document?.name ?? name, description: document?.description ?? "" };
  });
}

export interface OpenedDocument {
  /** Where it lies, and files that it names beside it. */
  readonly folder: string;
  /** As it was written. */
  readonly text: string;
  readonly document: GanDocument;
  readonly analysis: Analysis;
  /** Of reading and of analysis, errors first. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and analyzes. Throws a UserError where there is no document in the file. */
export async function openDocument(argument: string, override: DataOverride = {}): Promise<OpenedDocument> {
  const file = findDocument(argument);
  return analyzeText(readFileSync(file, "utf8"), path.dirname(file), override);
}

async function analyzeText(text: string, folder: string, override: DataOverride): Promise<OpenedDocument> {
  const parsed = parse(text);
  if (!parsed.document) throw new UserError(...parsed.diagnostics);
  const data = await lookUpDataSets(parsed.document, override);
  const analysis = analyze(data.document, vocabulary, data.lookup);
  const unknown = (diagnostic: Diagnostic) =>
    diagnostic.code === "dataset-unknown" && data.diagnostics.some(({ at }) => at.node === diagnostic.at.node);
  const diagnostics = [
    ...parsed.diagnostics,
    ...data.diagnostics,
    ...analysis.diagnostics.filter((diagnostic) => !unknown(diagnostic)),
  ];
  return {
    folder,
    text,
    document: data.document,
    analysis,
    diagnostics: diagnostics.sort((a, b) => Number(isError(b)) - Number(isError(a))),
  };
}

/** The Program of a document without errors; warnings go to stderr. Throws a UserError with all errors otherwise. */
export function programOf({ document, analysis, diagnostics }: OpenedDocument, network?: string): Program {
  const program = lower(document, analysis, network === undefined ? {} : { network });
  const concerning = diagnostics.filter(({ at }) => concerns(at, network));
  const errors = concerning.filter(isError);
  if (!program || errors.length > 0) throw new UserError(...errors);
  for (const diagnostic of concerning) notice(printDiagnostic(diagnostic));
  return program;
}

function findDocument(argument: string): string {
  if (existsSync(argument) && statSync(argument).isFile()) return argument;
  const template = path.join(templatesFolder, argument + extension);
  if (/^[\w-]+$/.test(argument) && existsSync(template)) return template;
  const near = nearest(
    argument,
    listTemplates().map(({ name }) => name),
  );
  throw new UserError(diagnose("file-missing", {}, { path: argument, near }));
}
