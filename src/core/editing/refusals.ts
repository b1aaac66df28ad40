/** Every sentence that editing says when it refuses: what is so, and what to do. A leaf, as the catalogue of messages is. */
import type { PortKind, PortType } from "../kind/ports.ts";

export interface Refused {
  readonly why: string;
}
export const isRefused = (result: object): result is Refused => "why" in result;

const several: Record<PortKind, string> = {
  image: "images",
  vector: "vectors",
  label: "labels",
  tokens: "tokens",
  embedded: "embedded tokens",
  loss: "a loss",
};
const single: Record<PortKind, string> = {
  image: "an image",
  vector: "a vector",
  label: "a label",
  tokens: "tokens",
  embedded: "embedded tokens",
  loss: "a loss",
};

const found = ({ type, shape }: PortType): string =>
  shape.length === 0 ? single[type] : `${single[type]} [${shape.join(", ")}]`;
const list = (names: readonly string[], last: string): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
const article = (noun: string): string => `${/^[AEIO]/.test(noun) ? "an" : "a"} ${noun}`;

/** @param between titles of kinds that convert the one into the other */
const takes = (title: string, wanted: readonly PortKind[], is: string, between: readonly string[]): string => {
  const remedy = between.length > 0 ? `Put ${list(between.map(article), "or")} between.` : "Connect something else.";
  return `${title} takes ${list(wanted.map((kind) => several[kind]), "or")}; this is ${is}. ${remedy}`; // prettier-ignore
};

export const refusals = {
  noGraph: (name: string) => `There is no graph ${name} any more. Open another tab.`,
  noNode: (id: string) => `There is no node ${id} any more. Choose another.`,
  noPort: (id: string, port: string) => `${id} has no port ${port}. Choose one that it has.`,
  sameNode: (id: string) => `${id} cannot feed itself. Connect another node.`,
  twoOutputs: "Both ends are outputs. A wire leads from an output to an input.",
  twoInputs: "Both ends are inputs. A wire leads from an output to an input.",
  backwards: "This wire runs backwards. Start at the output and end at the input.",
  portGap: (port: string) => `${port} comes first. Connect that one before the later ones.`,
  circle: (nodes: readonly string[]) =>
    `That would make a circle: ${nodes.join(" → ")}. Values cannot depend on themselves.`,
  mismatch: (title: string, wanted: readonly PortKind[], type: PortType, between: readonly string[]) =>
    takes(title, wanted, found(type), between),
  mismatchOfKinds: (title: string, wanted: readonly PortKind[], given: readonly PortKind[]) =>
    takes(title, wanted, list(given.map((kind) => single[kind]), "or"), []), // prettier-ignore

  trainingBlock: "Blocks are made of layers, and the training graph has none. Select layers in a network.",
  nothingToGroup: "Nothing here can become a block. Select some layers first; the network's own ports stay outside.",
  circleOfGroup: (between: string) =>
    `${between} lies between these layers, so the block would feed itself. Select it too, or leave some out.`,
  noBlockKind: "There is no kind of node that stands for a block here.",
  notABlock: "Only blocks can be taken apart. Select a block.",
  blockGone: (block: string) => `There is no block ${block || "of that name"}. Choose one that exists.`,
  blockBound: (id: string) => `${id} takes its settings from the block around it. Give it values of its own first.`,
  repeated: (id: string, repeat: number) => `${id} stands for ${repeat} copies in a row. Set repeat to 1 first.`,
  shared: (id: string, share: string) => `${id} shares its weights under the name ${share}. Remove share first.`,

  nothingToBypass: "Nothing is selected that data could go around. Select a layer.",
  noWayAround: (id: string) => `${id} has nothing before it or after it to go around. Select a layer with wires.`,

  nothingToPaste: "There is nothing to paste. Copy some nodes first.",
  elsewhere: (kind: string, belongs: string) => `${kind} belongs in ${belongs}. Paste it there.`,
  containsItself: (block: string) => `The block ${block} would contain itself. Paste this in another graph.`,

  nameTaken: (name: string) => `${name} is taken already. Choose another name.`,
  nodeName: (name: string) => `"${name}" is no name for a node: use letters, digits, "_", "-" and dots between them.`,
  graphName: (name: string) => `"${name}" is no name for a network or block: use letters, digits, "_" and "-".`,
  trainingName: "The training graph keeps its name. Rename the document instead.",
} as const;
