/**
 * Every sentence that GANvas says about a person's mistake, by code. A message tells what was found, what was wanted and
 * what to do; where it happened stands before it. It takes strings, numbers and shapes and imports sentences alone.
 */
import { lintSentences } from "./lints/sentences.ts";
import { error, warning, type Message, type Severity } from "./message.ts";

export type { Severity };

type Shape = readonly number[];
const by = (shape: Shape) => shape.join("×");
/** "image, vector or label" */
const either = (names: readonly string[]) =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" or ");
const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
const known = (names: readonly string[], noun: string) =>
  names.length === 0 ? `There are no ${noun}s yet; add one.` : `Known ${noun}s: ${names.join(", ")}.`;
const perhaps = (near: string | null) => (near ? ` Did you mean ${near}?` : "");

export const catalogue = {
  // The file
  "json-syntax": error(
    (f: { line: number; column: number; reason: string }) =>
      `The file is not JSON: line ${f.line}, column ${f.column}: ${f.reason}. Correct it there, or export the document again.`,
  ),
  "document-shape": error(
    (f: { path: string; found: string; wanted: string }) =>
      `${f.path === "the document" ? "The document" : f.path} is ${f.found}; ${f.wanted} is wanted. Correct it in the file.`,
  ),
  "document-format": error(
    (f: { found: string; wanted: string }) =>
      `The file's "format" is ${f.found === "nothing" ? "missing" : f.found}; a GANvas document says "format": "${f.wanted}". Correct it, or open another file.`,
  ),
  "document-version": error(
    (f: { found: string; wanted: string }) =>
      `The document's format is "${f.found}"; this version reads up to "${f.wanted}". Update GANvas, or save the document with an older format.`,
  ),
  "file-missing": error(
    (f: { path: string; near: string | null }) =>
      `There is no document or template "${f.path}".${perhaps(f.near)} \`ganvas templates\` lists the templates.`,
  ),

  // Nodes and parameters
  "unknown-kind": error(
    (f: { kind: string; near: string | null }) =>
      `No node kind is called "${f.kind}".${perhaps(f.near)} Replace the node by a kind that exists.`,
  ),
  "kind-elsewhere": error(
    (f: { kind: string; belongs: string }) => `${f.kind} belongs in ${f.belongs}. Move it there.`,
  ),
  "unknown-param": warning(
    (f: { kind: string; param: string; near: string | null }) =>
      `${f.kind} has no parameter "${f.param}".${perhaps(f.near)} It has no effect; remove it.`,
  ),
  "param-value": error(
    (f: { param: string; found: string; wanted: string }) =>
      `${f.param} is ${f.found}; it must be ${f.wanted}. Correct it, or leave it out.`,
  ),
  "param-needs": error(
    (f: { param: string; needs: string }) => `${f.param} needs ${f.needs}. Set that, or leave ${f.param} out.`,
  ),
  "param-unbound": error(
    (f: { param: string; name: string }) =>
      `${f.param} is "$${f.name}", but the block has no parameter "${f.name}". Add it to the block's params, or write a value.`,
  ),
  "node-name": error(
    (f: { found: string }) =>
      `"${f.found}" is no name for a node: use letters, digits, "_", "-" and dots between them. Rename it.`,
  ),
  "network-name": error(
    (f: { found: string }) =>
      `"${f.found}" is no name for a network or block: use letters, digits, "_" and "-". Rename it.`,
  ),

  "unknown-part": warning(
    (f: { part: string; of: string; near: string | null }) =>
      `"${f.part}" is no part of ${f.of}.${perhaps(f.near)} It has no effect; correct its name, or remove it.`,
  ),

  // Wires
  "edge-node": error(
    (f: { end: string; from: string; to: string }) =>
      `The wire ${f.from} → ${f.to} names "${f.end}", and there is no such node. Remove the wire, or add the node.`,
  ),
  "edge-port": error(
    (f: { end: string; from: string; to: string; ports: readonly string[] }) =>
      `The wire ${f.from} → ${f.to} names the port "${f.end}"; the node's ports there are ${f.ports.join(", ") || "none"}. Connect one of these.`,
  ),
  "two-producers": error(
    (f: { port: string; producers: readonly string[] }) =>
      `${f.port} has ${f.producers.length} producers (${f.producers.join(", ")}); an input takes one. Remove a wire, or join them with Add or Concat.`,
  ),
  "missing-wire": error(
    (f: { port: string; types: readonly string[] }) =>
      `${f.port} has no wire. Connect ${f.types.length > 3 ? "something" : either(f.types)} to it.`,
  ),
  "port-gap": error(
    (f: { port: string }) => `${f.port} has no wire although a later one has. Connect it, or move the later wires up.`,
  ),
  "too-few-inputs": error(
    (f: { found: number; wanted: number }) =>
      `It has ${count(f.found, "wire")}; at least ${f.wanted} are wanted. Connect more.`,
  ),
  cycle: error(
    (f: { nodes: readonly string[] }) =>
      `The wires run in a circle: ${f.nodes.join(" → ")}. Values cannot depend on themselves; remove one of these wires.`,
  ),
  "type-mismatch": error(
    (f: { port: string; found: string; wanted: readonly string[]; from: string }) =>
      `${f.port} takes ${either(f.wanted)}, and ${f.from} gives ${f.found}. Connect something else, or put a layer between that converts it.`,
  ),
  "output-absent": error(
    (f: { from: string }) =>
      `${f.from} gives nothing: the data set has no classes. Choose a data set with labels, or remove the wire.`,
  ),
  "unused-node": warning((f: { output: boolean }) =>
    f.output
      ? "Nothing uses this node's output. Connect it, or remove the node."
      : "This node has no effect. Connect it, or remove it.",
  ),

  // Shapes
  "image-too-small": error(
    (f: { found: Shape; kernel: Shape; padded: Shape }) =>
      `Its input is ${by(f.found)}${by(f.padded) === by(f.found) ? "" : ` (${by(f.padded)} with padding)`}, smaller than the ${by(f.kernel)} kernel. Use a smaller kernel, more padding, or fewer strided layers before it.`,
  ),
  "one-pixel": error(
    (f: { found: Shape }) =>
      `Its input is ${by(f.found)}: the mean of a single pixel is that pixel, so nothing would be left of it. Put it where the image is larger, or leave it out.`,
  ),
  "output-empty": error(
    (f: { found: Shape; output: Shape }) =>
      `From an input of ${by(f.found)} its output would be ${by(f.output)}. Reduce padding, or enlarge kernel or stride.`,
  ),
  "groups-divide": error(
    (f: { groups: number; channels: number; of: string }) =>
      `groups is ${f.groups}, which does not divide the ${f.channels} ${f.of} channels. Choose a divisor.`,
  ),
  "output-padding": error(
    (f: { found: Shape; stride: Shape; dilation: Shape }) =>
      `output_padding is ${by(f.found)}; it must be smaller than stride (${by(f.stride)}) or dilation (${by(f.dilation)}). Reduce it.`,
  ),
  "shapes-differ": error(
    (f: { shapes: readonly string[] }) =>
      `Its inputs have different shapes: ${f.shapes.join(" and ")}. Make them equal before they meet.`,
  ),
  "concat-shapes": error(
    (f: { shapes: readonly string[] }) =>
      `Its inputs are ${f.shapes.join(" and ")}: only the number of channels or features may differ. Bring height and width to the same size (padding, stride) before they meet.`,
  ),
  "reshape-size": error(
    (f: { found: string; size: number; wanted: Shape; wantedSize: number }) =>
      `${f.found} has ${count(f.size, "value")}, and ${by(f.wanted)} would have ${f.wantedSize.toLocaleString("en")}. Choose a shape of the same size.`,
  ),
  "reshape-shape": error(
    (f: { found: Shape }) =>
      `shape is [${f.found.join(", ")}]; one number gives a vector [F], three an image [C, H, W]. Only one of them may be -1 (what remains).`,
  ),
  "output-too-large": error(
    (f: { output: string; limit: number }) =>
      `One sample's output would be ${f.output}, more than ${count(f.limit, "value")}. Reduce stride, channels or features here or before it.`,
  ),

  // Networks and blocks
  "network-unknown": error((f: { network: string; networks: readonly string[] }) =>
    f.network === ""
      ? `It names no network. ${known(f.networks, "network")}`
      : `There is no network "${f.network}". ${known(f.networks, "network")}`,
  ),
  "network-empty": error(
    (_: Record<string, never>) => "The network has no Output. Add an Output node and wire the last layer to it.",
  ),
  "network-input-less": warning(
    (_: Record<string, never>) => "The network has no Input, so nothing can be fed to it. Add an Input node.",
  ),
  "input-untyped": error(
    (f: { port: string }) =>
      `The type of ${f.port} is not known: nothing feeds it. Wire the network into the training graph, or state type and shape on the Input node.`,
  ),
  "input-differs": error(
    (f: { port: string; found: string; wanted: string }) =>
      `${f.port} is fed ${f.found}, and ${f.wanted} is expected there. Change what feeds it, or the Input node's type.`,
  ),
  "calls-differ": error(
    (f: { port: string; found: string; wanted: string; other: string }) =>
      `${f.port} is fed ${f.found}, but at ${f.other} the same network is fed ${f.wanted}. A network has one input shape; make them equal.`,
  ),
  "block-unknown": error((f: { block: string; blocks: readonly string[] }) =>
    f.block === ""
      ? `It names no block. ${known(f.blocks, "block")}`
      : `There is no block "${f.block}". ${known(f.blocks, "block")}`,
  ),
  "block-recursive": error(
    (f: { blocks: readonly string[] }) =>
      `The block contains itself: ${f.blocks.join(" → ")}. Remove this node, or name another block.`,
  ),
  "block-repeat": error(
    (f: { inputs: number; outputs: number }) =>
      `A repeated block needs one input and one output; this one has ${f.inputs} and ${f.outputs}. Set repeat to 1, or change the block.`,
  ),
  "block-repeat-type": error(
    (f: { input: string; output: string }) =>
      `A repeated block's output must be like its input to be chained: it takes ${f.input} and gives ${f.output}. Set repeat to 1, or change the block.`,
  ),
  "block-argument": error(
    (f: { name: string; params: readonly string[] }) =>
      `The block has no parameter "${f.name}"; it has ${f.params.join(", ") || "none"}. Remove it, or add it to the block.`,
  ),
  "block-nesting": error(
    (f: { limit: number }) =>
      `Blocks stand within blocks more than ${f.limit} deep here. Put the layers of some of them directly where the block stands.`,
  ),
  "expansion-too-large": error(
    (f: { limit: number }) =>
      `With its blocks written out the network has more than ${count(f.limit, "node")}, which is the limit. Reduce repeat.`,
  ),
  "share-shapes": error(
    (f: { weight: string; found: Shape; wanted: Shape }) =>
      `The shared weight ${f.weight} is ${by(f.found)} here and ${by(f.wanted)} elsewhere. Shared blocks need inputs of the same shape.`,
  ),

  "path-clash": error(
    (f: { path: string }) =>
      `Two nodes have the path ${f.path}: a name with a dot collides with the inside of a block, or with a share. Rename one of them.`,
  ),

  // Training
  "no-optimizer": warning(
    (_: Record<string, never>) => "Nothing is trained: the training graph has no Optimizer. Add one for each network.",
  ),
  "trains-nothing": error(
    (f: { networks: readonly string[] }) => `It trains no network. Name one in trains. ${known(f.networks, "network")}`,
  ),
  "trains-unknown": error(
    (f: { network: string; networks: readonly string[] }) =>
      `It trains "${f.network}", and there is no such network. ${known(f.networks, "network")}`,
  ),
  "trains-unreached": error(
    (f: { network: string }) =>
      `It trains ${f.network}, but the loss does not depend on that network. Wire the network into the loss, or take it out of trains.`,
  ),
  "trains-weightless": error(
    (f: { networks: readonly string[] }) =>
      `It trains ${f.networks.join(", ")}, and there are no weights in it. Add a layer that has some, or take it out of trains.`,
  ),
  "unroll-unknown": error(
    (f: { optimizer: string; optimizers: readonly string[] }) =>
      `${f.optimizer === "" ? "unroll names no optimizer" : `unroll names "${f.optimizer}", and there is no such optimizer`}. ${known(f.optimizers, "other optimizer")}`,
  ),
  "unroll-own": error(
    (f: { optimizer: string; itself: boolean; networks: readonly string[] }) =>
      `${f.itself ? "unroll names this optimizer itself" : `unroll names ${f.optimizer}, which trains ${f.networks.join(" and ")} too`}. Name an optimizer of other networks, such as the critic's, or leave unroll out.`,
  ),
  "unroll-unreached": error(
    (f: { optimizer: string; networks: readonly string[] }) =>
      `The loss does not depend on ${f.networks.join(" or ")}, which ${f.optimizer} trains: its virtual steps would change nothing. Wire what it trains into the loss, or leave unroll out.`,
  ),
  "unroll-once": error(
    (f: { layer: string; optimizer: string }) =>
      `Where steps of ${f.optimizer} are unrolled, this layer is differentiated twice, and ${f.layer} can be differentiated once only. Take another layer in its place, or leave unroll out.`,
  ),
  "penalty-independent": error((f: { output: string; from: string; wrt: string }) =>
    f.from === f.wrt
      ? `${f.from} is wired to ${f.output} and is what that is differentiated by, too. Wire the network's score to ${f.output}.`
      : `${f.from} does not depend on ${f.wrt} (stale wires are constants), so there is no gradient. Wire what the network saw, and its score for it.`,
  ),
  "penalty-untrained": error(
    (f: { node: string; optimizer: string; trains: readonly string[]; wrt: string; output: string }) =>
      `Between ${f.wrt} and ${f.output} lies ${f.node}, which depends on nothing that ${f.optimizer} trains (${f.trains.join(", ")}): it is a constant there and has no gradient. Wire what comes after it to ${f.wrt}, or add this to the loss of another optimizer.`,
  ),
  "penalty-once": error(
    (f: { layer: string; penalty: string }) =>
      `${f.penalty} differentiates through this layer twice, and ${f.layer} can be differentiated once only. Take another layer in its place.`,
  ),
  "no-sample": warning(
    (_: Record<string, never>) =>
      "No network's output is marked as the sample, so no samples can be drawn. Set sample on the Network node of the generator.",
  ),
  "many-samples": error(
    (f: { nodes: readonly string[] }) =>
      `${f.nodes.join(" and ")} are marked as the sample; only one may be. Unset the others.`,
  ),
  "loss-batch": error(
    (f: { found: string }) => `It is fed ${f.found}; an Optimizer takes a loss (one number). Put a loss between them.`,
  ),
  "weights-count": error(
    (f: { found: number; wanted: number }) =>
      `weights has ${count(f.found, "number")} for ${count(f.wanted, "wire")}. Give one for each.`,
  ),

  // Data
  "dataset-unknown": error(
    (f: { name: string; near?: string | null }) =>
      `There is no data set "${f.name}".${perhaps(f.near ?? null)} Choose one that \`ganvas datasets\` lists, or the path of a file or folder of your own.`,
  ),
  "dataset-missing": error(
    (f: { name: string; path?: string }) =>
      `The data set "${f.name}" is not there${f.path ? ` (looked in ${f.path})` : ""}. Build it with \`npm run build\`, or give --data a path.`,
  ),
  "dataset-empty": error(
    (f: { name: string }) => `"${f.name}" holds no images. Choose a folder, zip, IDX or .npy file that has some.`,
  ),
  "data-malformed": error(
    (f: { name: string; reason: string }) =>
      `"${f.name}" cannot be read: ${f.reason}. Choose another file, or make it again.`,
  ),
  "idx-truncated": error(
    (f: { name: string; found: number; wanted: number }) =>
      `"${f.name}" is cut off: it has ${count(f.found, "byte")}, its header promises ${f.wanted.toLocaleString("en")}. Get the file again.`,
  ),
  "images-mixed-sizes": error(
    (f: { name: string; sizes: readonly string[] }) =>
      `The images in "${f.name}" have different sizes (${f.sizes.join(", ")}). Set resize on the Dataset node so that all become equal.`,
  ),
  "data-type": error(
    (f: { name: string; found: string; wanted: string }) =>
      `The data set "${f.name}" gives ${f.found}, and ${f.wanted} is wanted here. Choose another data set, or change the networks.`,
  ),
  "batch-too-large": error(
    (f: { batch: number; count: number; name: string }) =>
      `The batch is ${f.batch}, and "${f.name}" has only ${count(f.count, "row")}. Use a smaller batch, or set drop_last to false.`,
  ),

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

  // Lints
  ...lintSentences,
} satisfies Record<string, Message<never>>;

export type Code = keyof typeof catalogue;
export type FactsOf<C extends Code> = Parameters<(typeof catalogue)[C]["say"]>[0];
