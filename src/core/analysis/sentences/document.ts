/** What is said of a file and of what its nodes, networks and blocks say. A part of the catalogue. */
import { error, warning } from "../message.ts";
import { by, count, known, perhaps, type Shape } from "./words.ts";

export const documentSentences = {
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
};
