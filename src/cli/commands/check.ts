/** `check DOCUMENT`: its diagnostics; exit 1 where one is an error. */
import { Command } from "commander";
import { isError, printDiagnostic, UserError } from "../../core/analysis/diagnostics.ts";
import { openDocument } from "../document.ts";
import { json, plain, result } from "../output.ts";

export const checkCommand = () =>
  new Command("check")
    .description("say what is wrong with a document")
    .argument("<document>", "a .gan.json file, or a template's name")
    .option("--json", "print JSON")
    .action(async (document: string, options: { json?: boolean }) => {
      const diagnostics = await openDocument(document).then(
        (opened) => opened.diagnostics,
        (error: unknown) => {
          if (error instanceof UserError) return error.diagnostics;
          throw error;
        },
      );
      if (options.json) json(diagnostics.map(plain));
      else result(diagnostics.length === 0 ? "No mistakes found." : diagnostics.map(printDiagnostic).join("\n"));
      if (diagnostics.some(isError)) process.exitCode = 1;
    });
