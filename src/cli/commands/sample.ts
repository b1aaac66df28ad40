/** `sample DIR`: pictures from a trained run. */
import { Command } from "commander";
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import type { BackendChoice } from "../../runtime/backend.ts";
import { createSession } from "../../session/session.ts";
import { openBackend } from "../backend.ts";
import { chooseNetwork } from "../target.ts";
import { openDocument, programOf } from "../document.ts";
import { loadDataSets } from "../datasets.ts";
import { positiveNumber, rowCount, seedNumber } from "../options.ts";
import { json, result } from "../output.ts";
import type { Program } from "../../core/program/types.ts";
import { kindOf, sources } from "../../kinds/index.ts";
import { sortedByScore } from "../../session/showing.ts";
import { columnsOf, drawSamples } from "../pictures.ts";
import { runFolder } from "../run-folder.ts";

interface SampleCommandOptions {
  readonly network?: string;
  readonly count: number;
  readonly columns?: number;
  readonly seed?: number;
  readonly truncation?: number;
  readonly interpolate?: number;
  readonly sort?: "score";
  readonly output: string;
  readonly backend: BackendChoice;
  readonly json?: boolean;
}

export const sampleCommand = () =>
  new Command("sample")
    .description("draw samples from a trained run")
    .argument("<folder>", "the run's folder")
    .option("--network <name>", "the network that gives the samples (the marked one)")
    .option("--count <n>", "how many", rowCount, 50)
    .option("--columns <n>", "in how many columns (10 images wide if left out)", rowCount)
    .option("--seed <s>", "of the noise (the run's if left out)", seedNumber)
    .option(
      "--truncation <t>",
      "draw noise further than this from 0 again; with a TrackMean in the network, its ψ",
      positiveNumber,
    )
    .option("--interpolate <k>", "go from one point to the next in k steps", rowCount)
    .addOption(new Command().createOption("--sort <by>", "best first, by the discriminator's score").choices(["score"]))
    .requiredOption("-o, --output <file>", "the PNG to write")
    .addOption(
      new Command()
        .createOption("--backend <name>", "where to compute")
        .choices(["auto", "webgpu", "wasm"])
        .default("auto"),
    )
    .option("--json", "print JSON")
    .action(sample);

async function sample(folder: string, options: SampleCommandOptions): Promise<void> {
  const run = runFolder(folder);
  const { seed, batch } = run.settings();
  const opened = await openDocument(run.document);
  const program = programOf(opened);
  const sampled = program.training?.sampling?.network;
  const asked = options.network === undefined ? sampled : chooseNetwork(opened, options.network);
  if (sampled === undefined || asked !== sampled)
    throw new UserError(diagnose("nothing-to-sample", { graph: "training" }, {}));
  const checkpoint = run.checkpoint();
  if (!checkpoint) throw new UserError(diagnose("run-missing", {}, { folder }));
  const { tf, variant } = await openBackend(options.backend);
  const dataSets = needsData(program) ? await loadDataSets(program) : new Map<string, never>();
  const session = createSession({ tf, program, dataSets, seed, batch, variant, readEvery: 1 });
  session.restore(checkpoint);
  const { count, truncation, interpolate } = options;
  const drawn = await session.sample({
    count,
    seed: options.seed ?? seed,
    ...(truncation ? { truncation } : {}),
    ...(interpolate ? { interpolate } : {}),
  });
  const samples = options.sort === "score" ? sortedByScore(drawn) : drawn;
  await drawSamples(options.output, samples, { program, dataSets }, options.columns ?? columnsOf({ program }, 10));
  session.dispose();
  if (options.json)
    json({
      file: options.output,
      count,
      iteration: checkpoint.iteration,
      scores: samples.scores && [...samples.scores],
    });
  else result(`Wrote ${count} samples of ${sampled} after ${checkpoint.iteration} iterations to ${options.output}`);
}

/** Samples of vectors are shown among their data; others may be made of rows of data. */
function needsData({ training }: Program): boolean {
  const { sample, instructions } = training!.sampling!;
  const reads = (id: string) => {
    const { kind } = training!.sources.find((source) => source.id === id)!;
    return kindOf(sources, kind).dataSet !== undefined;
  };
  return sample.type.type === "vector" || instructions.some((each) => each.op === "draw" && reads(each.source));
}
