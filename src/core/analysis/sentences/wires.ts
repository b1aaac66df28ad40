/** What is said of wires, and of the shapes that meet in a layer. A part of the catalogue. */
import { error, warning } from "../message.ts";
import { by, count, either, type Shape } from "./words.ts";

export const wireSentences = {
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
    (f: { from: string; port: string }) =>
      `${f.from} gives nothing: the data set has no ${f.port}s. Choose one that has, or remove the wire.`,
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
};
