/**
 * A suite's results as files: NAME.json with everything, NAME.md to read, and its plots as SVG. A section that has a name has
 * files of its own ("train-wasm"), so that no other kind of run takes their place.
 */
import os from "node:os";
import path from "node:path";
import { packageRoot, writeAtomically } from "../files.ts";
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
 * Writes into the folder, which need not exist, and gives the paths. No file tells where on this machine anything lies.
 * @param command what was typed, so that a reader can repeat it
 * @param draw a plot as SVG
 */
export function writeResult(
  folder: string,
  result: SuiteResult,
  command: string,
  draw: (plot: Plot) => string,
): string[] {
  const written: string[] = [];
  const write = (name: string, content: string) => {
    writeAtomically(path.join(folder, name), content);
    written.push(path.join(folder, name));
  };
  for (const [name, sections] of byName(result)) {
    const { title, at, machine } = result;
    const drawn = sections.map(({ plots = [] }, section) =>
      plots.map((plot, number) => {
        const file = `${name}-${section + 1}${plots.length > 1 ? `-${number + 1}` : ""}.svg`;
        write(file, portable(draw(plot)));
        return file;
      }),
    );
    const head = [
      `# ${title}`,
      `Measured on ${at.slice(0, 10)} by`,
      `    ${command}`,
      `on ${describeMachine(machine)}.`,
    ];
    const body = sections.map((each, number) => sectionMarkdown(each, drawn[number]));
    write(`${name}.md`, portable(`${[...head, ...body].join("\n\n")}\n`));
    write(`${name}.json`, portable(`${JSON.stringify({ ...result, sections }, null, 2)}\n`));
  }
  return written;
}

/** Sections by the name of their files. */
function byName({ suite, sections }: SuiteResult): ReadonlyMap<string, readonly Section[]> {
  const found = new Map<string, Section[]>();
  for (const section of sections) {
    const name = section.name === undefined ? suite : `${suite}-${section.name}`;
    found.set(name, [...(found.get(name) ?? []), section]);
  }
  return found;
}

/** The text without the folders that the package, temporary files and a person's own lie in. */
export function portable(text: string): string {
  const folders = { [path.resolve(packageRoot)]: ".", [process.cwd()]: ".", [os.tmpdir()]: "TMP", [os.homedir()]: "~" };
  return Object.entries(folders).reduce((given, [folder, name]) => {
    if (folder === path.parse(folder).root) return given;
    const whole = new RegExp(`(file://)?${folder.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g");
    return given.replaceAll(whole, name);
  }, text);
}
