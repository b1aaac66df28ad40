/** `summary DOCUMENT`: layers, shapes, parameters and FLOPs of every network. */
import { Command } from "commander";
import { printSummary, summarize } from "../../targets/summary/summary.ts";
import { openDocument, programOf } from "../document.ts";
import { json, result } from "../output.ts";

export const summaryCommand = () =>
  new Command("summary")
    .description("show layers, shapes, parameters and FLOPs")
    .argument("<document>", "a .gan.json file, or a template's name")
    .option("--json", "print JSON")
    .action(async (document: string, options: { json?: boolean }) => {
      const summary = summarize(programOf(await openDocument(document)));
      if (options.json) json(summary);
      else result(printSummary(summary));
    });
