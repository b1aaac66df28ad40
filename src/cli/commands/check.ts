/** `check DOCUMENT`: its diagnostics; exit 1 where one is an error. */
import { Command } from "commander";
import { isError, printDiagnostic, UserError, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import { lower } from "../../core/program/lower.ts";
import { openDocument, type OpenedDocument } from "../document.ts";
import { json, plain, result } from "../output.ts";
import { namedWeights } from "../weights.ts";

export const checkCommand = () =>
  new Command("check")
    .description("say what is wrong with a document")
    .argument("<document>", "a .gan.json file, or a template's name")
    .option("--json", "print JSON")
    .action(async (document: string, options: { json?: boolean }) => {
      const diagnostics = await openDocument(document).then(
        async (opened) => [...(await filesOf(opened)), ...opened.diagnostics],
        (error: unknown) => {
          if (error instanceof UserError) return error.diagnostics;
          throw error;
        },
      );
      if (options.json) json(diagnostics.map(plain));
      else result(diagnostics.length === 0 ? "No mistakes found." : diagnostics.map(printDiagnostic).join("\n"));
      if (diagnostics.some(isError)) process.exitCode = 1;
    });

/** What is wrong with the files of weights that networks name; nothing where the networks themselves are not sound. */
async function filesOf({ document, analysis, folder }: OpenedDocument): Promise<readonly Diagnostic[]> {
  const networks = lower(document, analysis)?.networks ?? [];
  const told = networks.map((network) =>
    namedWeights(network, folder).then(
      () => [],
      (error: unknown) => {
        if (error instanceof UserError) return error.diagnostics;
        throw error;
      },
    ),
  );
  return (await Promise.all(told)).flat();
}
