/** `train DOCUMENT`: trains, shows how it goes, and leaves a folder that samples, exports and resumes. */
import path from "node:path";
import { Command } from "commander";
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import type { BackendChoice } from "../../runtime/backend.ts";
import { storageIn, type Storage } from "../../runtime/half-storage.ts";
import { openBackend } from "../backend.ts";
import { withCrew } from "../crew-choice.ts";
import { openDocument, programOf } from "../document.ts";
import { loadDataSets } from "../datasets.ts";
import { json, notice, result } from "../output.ts";
import { iterationCount, rowCount, seedNumber, workerCount } from "../options.ts";
import { runFolder } from "../run-folder.ts";
import { trainRun, type Trained } from "../training.ts";
import { describeWarmStart, openStarts } from "../weights.ts";

interface TrainOptions {
  readonly out?: string;
  readonly steps?: number;
  readonly seed?: number;
  readonly batch?: number;
  readonly backend: BackendChoice;
  readonly workers: number | "auto";
  readonly storage?: Storage;
  readonly data?: readonly string[];
  readonly weights?: readonly string[];
  readonly sampleEvery?: number;
  readonly resume?: boolean;
  readonly seeds: number;
  readonly json?: boolean;
}

export const trainCommand = () =>
  new Command("train")
    .description("train a document's networks")
    .argument("<document>", "a .gan.json file, or a template's name")
    .option("--out <folder>", "where the run is kept (runs/NAME if left out)")
    .option("--steps <n>", "iterations in all (the document's if left out)", iterationCount)
    .option("--seed <s>", "one seed determines the run (the document's if left out)", seedNumber)
    .option("--batch <b>", "samples in a batch (the document's if left out)", rowCount)
    .addOption(
      new Command()
        .createOption("--backend <name>", "where to compute")
        .choices(["auto", "webgpu", "wasm"])
        .default("auto"),
    )
    .option(
      "--workers <n>",
      "threads that compute each batch, on WebAssembly; auto takes several where that pays",
      workerCount,
      "auto",
    )
    .addOption(
      new Command()
        .createOption(
          "--storage <type>",
          "how forward passes are kept for gradients: float16, on WebGPU alone, takes half of that memory (float32 if left out)",
        )
        .choices(["float32", "float16"]),
    )
    .option(
      "--data <name>",
      "a data set or a path in place of the document's; NODE=PATH for one Dataset of several (repeatable)",
      (given: string, before: readonly string[] = []) => [...before, given],
    )
    .addOption(
      new Command()
        .createOption(
          "--weights <file>",
          "start from a .safetensors file what fits by name and shape; NETWORK=FILE for one network of several (repeatable)",
        )
        .argParser((given: string, before: readonly string[] = []) => [...before, given])
        .conflicts("resume"),
    )
    .option("--sample-every <n>", "iterations between two pictures of samples", iterationCount)
    .option("--resume", "go on with the run in the folder")
    .option("--seeds <n>", "repeat with so many seeds, and report mean and spread", rowCount, 1)
    .option("--json", "print JSON")
    .action(train);

async function train(argument: string, options: TrainOptions): Promise<void> {
  const opened = await openDocument(argument, options.data ? { data: options.data } : {});
  const program = programOf(opened);
  if (!program.training || program.training.optimizers.length === 0)
    throw new UserError(diagnose("nothing-to-train", { graph: "training" }, {}));
  const { settings } = program.training;
  const folder = options.out ?? path.join("runs", path.basename(argument).replace(/\.gan\.json$/, ""));
  const seed = options.seed ?? settings.seed;
  const seeds = Array.from({ length: options.seeds }, (_, index) => seed + index);
  const folders = seeds.map((each) => runFolder(options.seeds === 1 ? folder : path.join(folder, `seed-${each}`)));
  for (const run of folders) {
    if (run.exists && !options.resume) throw new UserError(diagnose("run-exists", {}, { folder: run.folder }));
    if (!run.exists && options.resume && options.seeds === 1)
      throw new UserError(diagnose("run-missing", {}, { folder: run.folder }));
  }
  const isNew = folders.some((run) => !run.exists || run.checkpoint() === null);
  const starts = await openStarts(isNew ? program.networks : [], opened.folder, options.weights ?? []);
  for (const start of starts.warm) notice(describeWarmStart(start));
  const dataSets = await loadDataSets(program);
  let backend = await openBackend(options.backend);
  for (const text of backend.notices) notice(text);
  notice(`${program.name} on ${backend.device}`);

  const trained: Trained[] = [];
  for (const [index, run] of folders.entries()) {
    const kept = run.exists ? run.settings() : { seed: seeds[index], batch: options.batch ?? settings.batch };
    const batch = run.exists ? (options.batch ?? kept.batch) : kept.batch;
    const before = (run.exists && run.checkpoint()?.variant) || null;
    const usual = before === null || backend.backend !== "webgpu" ? "float32" : storageIn(before);
    const crewed = await withCrew(backend, options.workers, { program, dataSets, batch, before });
    trained.push(
      await trainRun(run, opened.document, program, crewed, dataSets, {
        seed: run.exists && options.seed === undefined ? kept.seed : seeds[index],
        batch,
        storage: options.storage ?? usual,
        steps: options.steps ?? settings.iterations,
        sampleEvery: options.sampleEvery,
        weights: starts.weights,
        replaced: (other) => (backend = other),
      }),
    );
    if (trained.at(-1)!.interrupted) break;
  }
  if (options.json) json(options.seeds === 1 ? trained[0] : trained);
  else result(trained.map(describeRun).join("\n\n") + (trained.length > 1 ? `\n\n${spread(trained)}` : ""));
  if (trained.some(({ interrupted }) => interrupted)) process.exitCode = 130;
}

function describeRun({ folder, iteration, seconds, imagesPerSecond, losses, interrupted, files }: Trained): string {
  const written = Object.entries(losses)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(", ");
  return [
    `${interrupted ? "Stopped" : "Trained"} ${iteration} iterations in ${seconds.toFixed(0)} s (${imagesPerSecond.toFixed(0)} images/s); ${written}`,
    ...files.map(({ what, file }) => `  ${what.padEnd(12)} ${file}`),
    `  ${"next".padEnd(12)} ${interrupted ? `train … --out ${folder} --resume` : `ganvas export ${folder} --format onnx -o ${path.join(folder, "generator.onnx")}`}`,
  ].join("\n");
}

/** Mean and sample standard deviation of the final losses over the seeds. */
function spread(trained: readonly Trained[]): string {
  const lines = Object.keys(trained[0].losses).map((name) => {
    const values = trained.map(({ losses }) => losses[name]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return `  ${name} ${mean.toFixed(4)} ± ${Math.sqrt(variance).toFixed(4)}`;
  });
  return [`Over ${trained.length} seeds`, ...lines].join("\n");
}
