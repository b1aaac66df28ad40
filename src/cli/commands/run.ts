/** `run TARGET`: feeds arrays to a network, or to any .onnx file made of our operators, through tfjs. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { analyze } from "../../core/analysis/analyze.ts";
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import { printType, type PortType } from "../../core/kind/ports.ts";
import { lower } from "../../core/program/lower.ts";
import type { NetworkProgram } from "../../core/program/types.ts";
import type { WeightStore } from "../../core/program/weights.ts";
import { readNpy, writeNpy } from "../../datasets/npy.ts";
import { vocabulary } from "../../kinds/index.ts";
import { readOnnx } from "../../targets/onnx/read.ts";
import { runNchw, type PlainTensor } from "../../targets/tfjs/nchw.ts";
import { rowsFor } from "../../kinds/rows.ts";
import type { BackendChoice } from "../../runtime/backend.ts";
import { openBackend } from "../backend.ts";
import { compileAlone } from "../../targets/tfjs/alone.ts";
import { writeAtomically } from "../files.ts";
import { named, seedNumber } from "../options.ts";
import { json, result } from "../output.ts";
import { openTarget } from "../target.ts";

interface RunOptions {
  readonly network?: string;
  readonly input?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly out: string;
  readonly backend: BackendChoice;
  readonly raw?: boolean;
  readonly seed: number;
  readonly json?: boolean;
}

export const runCommand = () =>
  new Command("run")
    .description("feed arrays to a network, or to an .onnx file")
    .argument("<target>", "a run's folder, a .gan.json or .onnx file, or a template's name")
    .option("--network <name>", "which network (the one that is sampled if left out)")
    .option("--input <name=file>", "an input as .npy, images N,C,H,W; once for each input", named)
    .option("--run <folder>", "the run whose weights a document takes")
    .requiredOption("--out <folder>", "where each output becomes NAME.npy")
    .addOption(
      new Command()
        .createOption("--backend <name>", "where to compute")
        .choices(["auto", "webgpu", "wasm"])
        .default("auto"),
    )
    .option("--raw", "the weights themselves where training averages them")
    .option("--seed <s>", "seeds the weights of a document without a run", seedNumber, 1)
    .option("--json", "print JSON")
    .action(run);

async function run(argument: string, options: RunOptions): Promise<void> {
  const { network, weights, seed } = argument.endsWith(".onnx")
    ? openOnnx(argument)
    : await openTarget(argument, options);
  const feeds = readInputs(network, options.input ?? {});
  const { tf } = await openBackend(options.backend);
  const { model, dispose } = compileAlone(tf, network, weights, seed);
  const outputs = await runNchw(tf, model, feeds);
  dispose();
  const written = Object.entries(outputs).map(([name, { dims, data }]) => {
    const file = path.join(options.out, `${name}.npy`);
    writeAtomically(file, writeNpy(data, dims));
    return { name, shape: dims, file };
  });
  if (options.json) json(written);
  else result(written.map(({ name, shape, file }) => `${name} ${shape.join("×")} → ${file}`).join("\n"));
}

/** The file's own graph, on the way of every document: its nodes become layers and are analyzed, lowered and compiled. */
function openOnnx(file: string): { network: NetworkProgram; weights: WeightStore; seed: number } {
  if (!existsSync(file))
    throw new UserError(diagnose("input-file", {}, { input: file, reason: "there is no such file" }));
  const { document, network, weights } = readOnnx(readFileSync(file), file);
  const analysis = analyze(document, vocabulary, () => null);
  const program = lower(document, analysis, { network });
  if (!program) throw new UserError(...analysis.diagnostics.filter(({ severity }) => severity === "error"));
  return { network: program.networks[0], weights, seed: 0 };
}

/** Every input of the network once, of one batch. Throws a UserError that names the input. */
function readInputs(network: NetworkProgram, files: Readonly<Record<string, string>>): Record<string, PlainTensor> {
  const wrong = (input: string, reason: string) =>
    new UserError(diagnose("input-file", { graph: `networks.${network.name}` }, { input, reason }));
  const names = network.inputs.map(({ name }) => name);
  for (const name of Object.keys(files))
    if (!names.includes(name)) throw wrong(name, `${network.name} has no such input, but ${names.join(", ")}`);
  let batch: number | null = null;
  return Object.fromEntries(
    network.inputs.map(({ name, type }) => {
      const file = files[name];
      if (!file) throw wrong(name, `it is missing; give --input ${name}=FILE.npy with ${wantedShape(type)}`);
      if (!existsSync(file)) throw wrong(name, `there is no file ${file}`);
      const { shape, data } = readNpy(readFileSync(file), file);
      if (String(shape.slice(1)) !== String(type.shape) || shape.length === 0)
        throw wrong(
          name,
          `${file} has the shape (${shape.join(", ")}), and ${wantedShape(type)} is wanted (${printType(type)})`,
        );
      if (batch !== null && shape[0] !== batch)
        throw wrong(name, `${file} has ${shape[0]} rows, and another input ${batch}`);
      batch = shape[0];
      const values = Float32Array.from(data as ArrayLike<number | bigint>, Number);
      if (type.type === "label" || type.type === "tokens") {
        const { classes = rowsFor(network, name) } = type;
        const odd = values.find((value) => !Number.isInteger(value) || value < 0 || value >= classes);
        if (odd !== undefined)
          throw wrong(name, `${file} holds ${odd}, and whole numbers from 0 ${classes < Infinity ? `to ${classes - 1} ` : ""}are wanted`); // prettier-ignore
      }
      return [name, { dims: shape, data: values }];
    }),
  );
}

const wantedShape = ({ shape }: PortType): string => `(N${shape.map((extent) => `, ${extent}`).join("")})`;
