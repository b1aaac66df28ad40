/** A suite's results as files: NAME.json with everything, NAME.md to read, and its plots as SVG. */
import path from "node:path";
import { writeAtomically } from "../files.ts";
import type { Machine } from "./machine.ts";
import { describeMachine, sectionMarkdown } from "./print.ts";
import type { BenchOptions, Plot, Section, Suite } from "./suite.ts";

export interface SuiteResult {
  readonly suite: Suite["name"];
  readonly title: string;
  /** When it was measured, ISO 8601. */
  readonly at: string;
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly sections: readonly Section[];
}

/**
 * Writes into the folder, which need not exist, and gives the paths.
 * @param command what was typed, so that a reader can repeat it
 * @param draw a plot as SVG
 */
export function writeResult(
  folder: string,
  result: SuiteResult,
  command: string,
  draw: (plot: Plot) => string,
): string[] {
  const { suite, title, at, machine, sections } = result;
  const written: string[] = [];
  const write = (name: string, content: string) => {
    writeAtomically(path.join(folder, name), content);
    written.push(path.join(folder, name));
  };
  const drawn = sections.map(({ plots = [] }, section) =>
    plots.map((plot, number) => {
      const name = `${suite}-${section + 1}${plots.length > 1 ? `-${number + 1}` : ""}.svg`;
      write(name, draw(plot));
      return name;
    }),
  );
  const head = [`# ${title}`, `Measured on ${at.slice(0, 10)} by`, `    ${command}`, `on ${describeMachine(machine)}.`];
  write(
    `${suite}.md`,
    `${[...head, ...sections.map((each, number) => sectionMarkdown(each, drawn[number]))].join("\n\n")}\n`,
  );
  write(`${suite}.json`, `${JSON.stringify(result, null, 2)}\n`);
  return written;
}
