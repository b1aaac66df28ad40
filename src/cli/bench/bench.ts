/** `bench`: measures and compares. What is measured is in suites/; here options are read, suites are run and results told. */
import { Command, InvalidArgumentError } from "commander";
import { iterationCount, positiveNumber } from "../options.ts";
import { json, notice, result } from "../output.ts";
import { machine } from "./machine.ts";
import { drawPlot } from "./plots.ts";
import { describeMachine, sectionText } from "./print.ts";
import { writeResult, type SuiteResult } from "./results.ts";
import {
  benchBackends,
  NothingToMeasure,
  suiteNames,
  type BenchBackend,
  type BenchContext,
  type Section,
  type Suite,
  type SuiteName,
} from "./suite.ts";

interface BenchCommandOptions {
  readonly suite: SuiteName;
  readonly case?: readonly string[];
  readonly batch?: readonly number[];
  readonly backend?: readonly BenchBackend[];
  readonly rounds?: number;
  readonly steps?: number;
  readonly limit?: number;
  readonly profile?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** Each is loaded when it is asked for: what one of them needs may be missing where another runs. */
const suites: Readonly<Partial<Record<SuiteName, () => Promise<Suite>>>> = {
  train: async () => (await import("./suites/train.ts")).train,
  growth: async () => (await import("./suites/growth.ts")).growth,
  infer: async () => (await import("./suites/infer.ts")).infer,
  editor: async () => (await import("./suites/editor.ts")).editor,
  analysis: async () => (await import("./suites/analysis.ts")).analysis,
  load: async () => (await import("./suites/load.ts")).load,
};

export const benchCommand = () =>
  new Command("bench")
    .description("measure training, inference, editor, analysis or loading, each beside what it is compared with")
    .addOption(
      new Command()
        .createOption("--suite <name>", "what to measure")
        .choices(suiteNames)
        .default("train" as const),
    )
    .option("--case <names>", "of the suite, separated by commas (a short selection if left out)", names)
    .option("--batch <sizes>", "rows of a batch, separated by commas", counts)
    .option("--backend <names>", `${benchBackends.join(" or ")}, separated by commas`, backends)
    .option("--rounds <n>", "how often contestants take turns", iterationCount)
    .option(
      "--steps <n>",
      "repetitions in each round (as many as half a second allows, or a few seconds on WebGPU)",
      iterationCount,
    )
    .option("--limit <seconds>", "leave out whom a figure can do without where a step takes longer", positiveNumber)
    .option("--profile", "list where the time goes, kernel by kernel")
    .option("--out <folder>", "write results there too: JSON, Markdown and plots")
    .option("--json", "print JSON")
    .action(bench);

async function bench(options: BenchCommandOptions): Promise<void> {
  const load = suites[options.suite];
  if (!load) throw new InvalidArgumentError(`There is no suite "${options.suite}".`);
  const suite = await load();
  const context: BenchContext = {
    machine: machine(),
    options: {
      cases: options.case ?? null,
      batches: options.batch ?? null,
      backends: options.backend ?? null,
      rounds: options.rounds ?? null,
      steps: options.steps ?? null,
      limit: options.limit ?? null,
      profile: options.profile ?? false,
    },
    note: notice,
  };
  notice(`${suite.title}. ${describeMachine(context.machine)}`);
  const sections = await sectionsOf(suite, context);
  if (!sections) return;
  const { name, title } = suite;
  const found: SuiteResult = {
    ...{ suite: name, title, at: new Date().toISOString() },
    ...{ machine: context.machine, options: context.options, sections },
  };
  if (options.json) json(found);
  else for (const section of sections) result(`\n${sectionText(section)}\n`);
  if (options.out !== undefined)
    for (const file of writeResult(options.out, found, ["npx ganvas", ...process.argv.slice(2)].join(" "), drawPlot))
      notice(`Wrote ${file}`);
  if (sections.some(({ failures = [] }) => failures.length > 0)) process.exitCode = 1;
}

/** Null where what was asked for is not there, which is wrong usage. */
async function sectionsOf(suite: Suite, context: BenchContext): Promise<readonly Section[] | null> {
  try {
    return await suite.run(context);
  } catch (error) {
    if (!(error instanceof NothingToMeasure)) throw error;
    notice(error.message);
    process.exitCode = 2;
    return null;
  }
}

const listed = (text: string): string[] => text.split(",").filter((part) => part !== "");

function names(text: string): string[] {
  const found = listed(text);
  if (found.length === 0) throw new InvalidArgumentError("It must be names separated by commas.");
  return found;
}

const counts = (text: string): number[] => names(text).map((part) => iterationCount(part));

function backends(text: string): BenchBackend[] {
  return names(text).map((part) => {
    const found = benchBackends.find((name) => name === part);
    if (!found) throw new InvalidArgumentError(`It must be ${benchBackends.join(" or ")}.`);
    return found;
  });
}
