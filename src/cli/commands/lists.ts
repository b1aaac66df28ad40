/** `templates`, `datasets`, `kinds`: what there is, a line each. */
import { Command } from "commander";
import { printType } from "../../core/kind/ports.ts";
import { builtIn } from "../../datasets/catalogue.ts";
import { kinds } from "../../kinds/index.ts";
import { listTemplates } from "../document.ts";
import { json, result } from "../output.ts";

type Row = readonly [name: string, ...columns: string[]];

const list = <T>(name: string, description: string, items: () => readonly T[], row: (item: T) => Row): Command =>
  new Command(name)
    .description(description)
    .option("--json", "print JSON")
    .action((options: { json?: boolean }) => {
      const all = items();
      if (options.json) return json(all);
      const rows = all.map(row);
      const widths = rows[0].map((_, column) => Math.max(...rows.map((each) => each[column].length)));
      result(
        rows
          .map((each) =>
            each
              .map((cell, column) => cell.padEnd(widths[column]))
              .join("  ")
              .trimEnd(),
          )
          .join("\n"),
      );
    });

export const templatesCommand = () =>
  list("templates", "list the templates", listTemplates, ({ name, title, description }) => [name, title, description]);

export const datasetsCommand = () =>
  list(
    "datasets",
    "list the built-in data sets",
    () => builtIn,
    ({ name, item, target, count, range, licence, summary }) => [
      name,
      printType(item) + (target ? ` → ${printType(target)}` : ""),
      `${count.toLocaleString("en")} rows`,
      range ? `${range[0]}..${range[1]}` : "unbounded",
      licence,
      summary,
    ],
  );

export const kindsCommand = () =>
  list(
    "kinds",
    "list the node kinds",
    () =>
      kinds.map(({ name, graph, shelf, title, summary, equation, lesson, fields, inputs, outputs }) => ({
        name,
        graph,
        shelf,
        title,
        summary,
        equation,
        lesson,
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, { help, wanted, schema, default: absent }]) => [
            field,
            { help, wanted, schema, default: absent },
          ]),
        ),
        inputs,
        outputs,
      })),
    ({ name, graph, shelf, summary }) => [name, graph, shelf, summary],
  );
