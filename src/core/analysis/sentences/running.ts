/** What is said while something runs: training, runs on disk, weights, exports. A part of the catalogue. */
import { error, warning } from "../message.ts";
import { type Shape } from "./words.ts";

export const runningSentences = {
  // While it runs
  "not-finite": error(
    (f: { value: string; what: string; iteration: number }) =>
      `${f.value} appeared in iteration ${f.iteration}, first in ${f.what}. Lower the learning rate, clip the gradient (clip_grad_norm), or choose a loss that stays finite. A checkpoint, where there is one, is from before.`,
  ),
  "out-of-memory": error(
    (f: { tensor: string; bytes: number | null; batch: number }) =>
      `No memory is left for ${f.tensor}${f.bytes === null ? "" : ` (${(f.bytes / 2 ** 20).toFixed(0)} MB)`} with a batch of ${f.batch}. Use a smaller batch${f.batch > 1 ? ` (--batch ${Math.max(1, f.batch >> 1)})` : ""}, or a smaller network.`,
  ),
  "file-unusable": error(
    (f: { path: string; reason: string }) => `${f.path} cannot be used: ${f.reason}. Choose another place, or mend it.`,
  ),
  "run-exists": error(
    (f: { folder: string }) =>
      `${f.folder} holds a run already. Add --resume to go on with it, or choose another folder.`,
  ),
  "run-missing": error(
    (f: { folder: string }) =>
      `${f.folder} holds no run. Train one first: \`ganvas train DOCUMENT --out ${f.folder}\`.`,
  ),
  "run-damaged": error(
    (f: { file: string; reason: string }) => `${f.file} cannot be read: ${f.reason}. Restore it, or train again.`,
  ),
  "run-differs": error(
    (f: { what: string; found: string; wanted: string }) =>
      `The run was made with ${f.what} ${f.wanted}, and now it is ${f.found}. Use the same, or start a new run.`,
  ),
  "run-document": error(
    (_: Record<string, never>) =>
      "The run in this folder was made with another document. Resume with the document.gan.json in its folder (and the same --data), or start a new run.",
  ),
  "run-variant": warning(
    (f: { found: string; wanted: string }) =>
      `The run was made on ${f.wanted}, and goes on with ${f.found}: its numbers may differ in the last digits from a run that was never stopped.`,
  ),
  "storage-backend": error(
    (f: { backend: string }) =>
      `What gradients need can be kept as float16 on WebGPU alone, and ${f.backend === "wasm" ? "WebAssembly" : f.backend} computes here. Choose the storage float32${f.backend === "wasm" ? ", or the backend webgpu" : ""}.`,
  ),
  "one-worker": warning(
    (f: { node: string; reason: string }) =>
      `One worker trains, since ${f.node} ${f.reason}: batches cannot be divided.`,
  ),
  "weights-missing": error(
    (f: { weight: string }) => `The weight ${f.weight} is missing. Use weights that were made for this network.`,
  ),
  "weights-shape": error(
    (f: { weight: string; found: Shape; wanted: Shape }) =>
      `The weight ${f.weight} is [${f.found.join(", ")}], and [${f.wanted.join(", ")}] is wanted. Use weights that were made for this network.`,
  ),
  "weights-absent": error((f: { file: string; path: string | null }) =>
    f.path === null
      ? `Its weights are those of ${f.file}, which is not in this browser. Choose the file at the network, or let the network start fresh.`
      : `Its weights are those of ${f.file}, and there is no ${f.path}. Put the file there, or take weights out of the network.`,
  ),
  "weights-differ": error(
    (f: { file: string; found: string; wanted: string }) =>
      `${f.file} is another file than the one that is named: its SHA-256 is ${f.found}, and ${f.wanted} is wanted. Use the file that was named, or write the new SHA-256 into the document.`,
  ),
  "weights-unreadable": error(
    (f: { file: string; reason: string }) =>
      `The weights in ${f.file} cannot be read: ${f.reason}. Use a whole .safetensors file.`,
  ),
  "weights-none": error(
    (f: { file: string; count: number }) =>
      `${f.count === 1 ? "The one weight" : `None of the ${f.count} weights`} in ${f.file} ${f.count === 1 ? "does not fit" : "fits"} by name and shape. Use weights that were made for such a network.`,
  ),
  "weights-which": error(
    (f: { file: string; networks: readonly string[] }) =>
      `${f.file} does not say which network its weights are of: ${f.networks.join(", ")}. Say --weights NETWORK=${f.file}.`,
  ),
  "data-node": error(
    (f: { given: string; reason: string; nodes: readonly string[] }) =>
      `--data ${f.given} cannot be used: ${f.reason}. ${f.nodes.length === 0 ? "Leave it out." : `Say ${f.nodes.map((node) => `--data ${node}=PATH`).join(" ")}.`}`,
  ),
  "nothing-to-train": error(
    (_: Record<string, never>) =>
      "The training graph has no Optimizer, so there is nothing to train. Add one for each network.",
  ),
  "nothing-to-sample": error(
    (_: Record<string, never>) =>
      "No Network node is marked as the sample. Set sample on the generator's Network node.",
  ),
  "sampler-function": error(
    (f: { kind: string }) =>
      `${f.kind} stands between what is drawn and the sample, and no layer is the same, so the way cannot be written as one network. Export the network alone, or move ${f.kind} out of the way to the sample.`,
  ),
  "choose-network": error(
    (f: { networks: readonly string[] }) =>
      `There are several networks: ${f.networks.join(", ")}. Name one with --network.`,
  ),
  "no-backend": error((f: { reason: string }) => f.reason),
  "studio-missing": error(
    (f: { path: string }) => `The studio is not built: there is no page in ${f.path}. Run \`npm run build\` first.`,
  ),
  "port-taken": error(
    (f: { port: number; reason: string }) =>
      `Port ${f.port} cannot be had (${f.reason}). Choose another with --port, or end the program that holds it.`,
  ),
  "input-file": error((f: { input: string; reason: string }) => `The input ${f.input} cannot be used: ${f.reason}.`),

  // ONNX
  "onnx-malformed": error(
    (f: { file: string; reason: string }) =>
      `${f.file} is not an ONNX model that can be read: ${f.reason}. Export it again.`,
  ),
  "onnx-operator": error(
    (f: { node: string; operator: string; reason: string }) =>
      `${f.node} is ${f.operator}: ${f.reason}. Models made of operators that a layer reads can be run so far.`,
  ),
  "onnx-opset": error(
    (f: { found: number; least: number; most: number }) =>
      `Opset ${f.found} is not supported; choose one from ${f.least} to ${f.most}.`,
  ),
  "onnx-disagrees": error(
    (f: { difference: number; tolerance: number; output: string }) =>
      `ONNX Runtime and tfjs differ by ${f.difference.toExponential(1)} in ${f.output}; at most ${f.tolerance} is allowed. The file was not written; please report this document.`,
  ),
};
