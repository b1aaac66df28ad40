/**
 * `export TARGET`: a trained network as an ONNX file that is proven equal, as safetensors, the document as JSON, or a figure
 * of the architecture as SVG.
 */
import { existsSync, statSync } from "node:fs";
import { Command } from "commander";
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import { encodeCheckpointWeights } from "../../session/checkpoint.ts";
import { drawFigure, embedDocument, themeNames, type ThemeName } from "../../targets/figure/figure.ts";
import { opsets, type Opset } from "../../targets/onnx/build.ts";
import { proveOnnx, tolerances, type Proof } from "../../targets/onnx/prove.ts";
import { originOf } from "../../targets/onnx/origin.ts";
import { metadataOf } from "../../targets/onnx/write-metadata.ts";
import { writeOnnx } from "../../targets/onnx/write.ts";
import { runNchw } from "../../targets/tfjs/nchw.ts";
import { openBackend } from "../backend.ts";
import { compileAlone } from "../../targets/tfjs/alone.ts";
import { openDocument, programOf } from "../document.ts";
import { writeAtomically } from "../files.ts";
import { seedNumber } from "../options.ts";
import { json, notice, result } from "../output.ts";
import { runFolder } from "../run-folder.ts";
import { chooseNetwork, openTarget, type Target } from "../target.ts";

const formats = ["onnx", "safetensors", "json", "svg"] as const;
const storages = ["float32", "float16", "int8"] as const;

interface ExportOptions {
  readonly network?: string;
  readonly sampler?: boolean;
  readonly format: (typeof formats)[number];
  readonly output: string;
  readonly opset: string;
  readonly weights: (typeof storages)[number];
  readonly raw?: boolean;
  readonly keepDropout?: boolean;
  readonly theme: ThemeName;
  readonly check: boolean;
  readonly run?: string;
  readonly seed: number;
  readonly json?: boolean;
}

export const exportCommand = (version: string) =>
  new Command("export")
    .description("write a network as ONNX or safetensors, the document, or a figure")
    .argument("<target>", "a run's folder, a .gan.json file, or a template's name")
    .option("--network <name>", "which network (the one that is sampled if left out; a figure then shows training)")
    .addOption(
      new Command()
        .createOption("--sampler", "the whole way from noise, labels and codes to the sample, as one network")
        .conflicts("network"),
    )
    .addOption(new Command().createOption("--format <format>", "what to write").choices(formats).makeOptionMandatory())
    .requiredOption("-o, --output <path>", "the file to write")
    .addOption(
      new Command().createOption("--opset <n>", "ONNX's operator set").choices(opsets.map(String)).default("17"),
    )
    .addOption(
      new Command().createOption("--weights <type>", "how ONNX stores weights").choices(storages).default("float32"),
    )
    .option("--raw", "the weights themselves where training averages them")
    .option("--keep-dropout", "keep dropout at work in the ONNX file")
    .addOption(
      new Command().createOption("--theme <theme>", "colours of a figure").choices(themeNames).default("light"),
    )
    .option("--no-check", "skip the proof in ONNX Runtime")
    .option("--run <folder>", "the run whose weights a document takes")
    .option("--seed <s>", "seeds the weights of a document without a run", seedNumber, 1)
    .option("--json", "print JSON")
    .action((target: string, options: ExportOptions) => exportTarget(target, options, version));

async function exportTarget(argument: string, options: ExportOptions, version: string): Promise<void> {
  if (options.format === "svg") return exportFigure(argument, options);
  const target = await openTarget(argument, options);
  const { network, weights } = target;
  const written = { network: network.name, format: options.format, file: options.output };
  if (options.format === "json") {
    writeAtomically(options.output, `${JSON.stringify(target.opened.document, null, 2)}\n`);
    return options.json ? json(written) : result(`Wrote ${options.output}`);
  }
  if (options.format === "safetensors") {
    const bytes = encodeCheckpointWeights(weights);
    writeAtomically(options.output, bytes);
    return options.json
      ? json({ ...written, bytes: bytes.length })
      : result(`Wrote ${network.name} to ${options.output}, ${size(bytes)}`);
  }
  const bytes = writeOnnx(network, weights, {
    opset: Number(options.opset) as Opset,
    producerVersion: version,
    keepDropout: options.keepDropout ?? false,
    weights: options.weights,
    metadata: metadataOf(await originOf(originIn(target))),
    docString: target.opened.document.description ?? target.opened.document.name,
  });
  const proof = options.check && !options.keepDropout ? await prove(target, bytes) : null;
  if (options.keepDropout && options.check)
    notice("Dropout draws anew in every run, so the file was not compared with tfjs.");
  const tolerance = tolerances[options.weights];
  if (proof && !(proof.largest <= tolerance)) {
    const output = Object.entries(proof.perOutput).sort((a, b) => b[1] - a[1])[0][0];
    throw new UserError(
      diagnose(
        "onnx-disagrees",
        { graph: `networks.${network.name}` },
        { difference: proof.largest, tolerance, output },
      ),
    );
  }
  writeAtomically(options.output, bytes);
  if (options.json) return json({ ...written, opset: Number(options.opset), bytes: bytes.length, proof });
  const proven = proof
    ? `largest difference between tfjs and ONNX Runtime ${proof.largest.toExponential(1)} over ${proof.samples} samples`
    : "not compared with ONNX Runtime";
  result(`Wrote ${network.name} to ${options.output}, ${size(bytes)}, opset ${options.opset}; ${proven}`);
}

/** A figure needs no weights: a run that has saved nothing yet has one too. */
async function exportFigure(argument: string, options: ExportOptions): Promise<void> {
  const { network, theme, format, output } = options;
  const isRun = existsSync(argument) && statSync(argument).isDirectory();
  const opened = await openDocument(isRun ? runFolder(argument).document : argument);
  const program = programOf(opened, network === undefined ? undefined : chooseNetwork(opened, network));
  const what = network ?? (program.training ? "training" : chooseNetwork(opened, undefined));
  const svg = drawFigure(program, { what, theme });
  writeAtomically(output, `${embedDocument(svg, JSON.stringify(opened.document))}\n`);
  if (options.json) return json({ figure: what, format, file: output });
  result(`Wrote a figure of ${what} to ${output}`);
}

async function prove({ network, weights, seed }: Target, bytes: Uint8Array): Promise<Proof> {
  const { tf } = await openBackend("wasm");
  const compiled = compileAlone(tf, network, weights, seed);
  const proof = await proveOnnx({ bytes, network, run: (feeds) => runNchw(tf, compiled.model, feeds), seed });
  compiled.dispose();
  return proof;
}

const originIn = ({ opened, network, program, seed, iterations }: Target) => ({
  document: JSON.stringify(opened.document),
  network: network.name,
  program,
  seed,
  iterations,
});

const size = (bytes: Uint8Array): string =>
  bytes.length < 2 ** 20 ? `${(bytes.length / 1024).toFixed(0)} kB` : `${(bytes.length / 2 ** 20).toFixed(1)} MB`;
