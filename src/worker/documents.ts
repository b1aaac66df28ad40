/** A document's text on the straight line: parsed, analyzed with the data sets that it names, lowered. */
import { analyze } from "../core/analysis/analyze.ts";
import { diagnose, isError, UserError, type Diagnostic } from "../core/analysis/diagnostics.ts";
import { parse } from "../core/document/parse.ts";
import type { GanDocument } from "../core/document/types.ts";
import { lower } from "../core/program/lower.ts";
import type { Program } from "../core/program/types.ts";
import { vocabulary } from "../kinds/index.ts";
import type { Data } from "./data.ts";

export interface Lowered {
  readonly text: string;
  readonly document: GanDocument;
  readonly program: Program;
}

/** Throws a UserError with all errors of the document where it has some, and where it has no training graph. */
export async function lowered(text: string, data: Data): Promise<Lowered> {
  const { document, diagnostics: found } = parse(text);
  if (!document) throw new UserError(...found);
  const analysis = analyze(document, vocabulary, await data.lookup());
  const program = lower(document, analysis);
  const errors: Diagnostic[] = [...found, ...analysis.diagnostics].filter(isError);
  if (!program || errors.length > 0) throw new UserError(...errors);
  if (!program.training) throw new UserError(diagnose("nothing-to-train", { graph: "training" }, {}));
  return { text, document, program };
}
