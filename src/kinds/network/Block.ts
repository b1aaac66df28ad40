import { line } from "../../core/kind/arithmetic.ts";
import { grouped, shapeText } from "../../core/kind/display.ts";
import { group, integer, optional, text, type Field } from "../../core/kind/fields.ts";
import type { BlockKind } from "../../core/kind/kind.ts";

/** Any object: which names are allowed is the block's own affair. */
const blockArguments: Field<Readonly<Record<string, unknown>>> = {
  ...group({}, { help: "Values for the block's parameters" }),
  default: {},
  wanted: "an object of the block's parameters",
  schema: { type: "object" },
  read: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined,
};

const fields = {
  block: text({ default: "", help: "The block that stands here", of: "blocks", brief: "value" }),
  repeat: integer({ default: 1, min: 1, max: 100_000, help: "How many copies in a row, each with weights of its own" }),
  share: optional(text({ default: "", help: "Copies that share a name share their weights, also between networks" })),
  with: blockArguments,
};

export const Block: BlockKind<typeof fields> = {
  name: "Block",
  title: "Block",
  graph: "network",
  role: "block",
  shelf: "Structure",
  summary: "A named group of layers, perhaps repeated",
  equation: "y = (f_n \\circ \\dots \\circ f_1)(x)",
  lesson:
    "Stands for a subgraph of the document. Nine residual blocks are one node with repeat 9; the weights of each copy are its own unless they are shared by name.",
  fields,
  inputs: [],
  outputs: [],
  arithmetic({ block, repeat }, inputs, outputs) {
    const shapes = (types: typeof inputs) => types.map((type) => (type ? shapeText(type) : "?")).join(", ");
    const copies = `${grouped(repeat)} × ${block || "the block"}`;
    const known = inputs.length > 0 && outputs.length > 0;
    return [
      line("copies", "repeat", grouped(repeat), repeat === 1 ? "1, as it is" : `${copies}, one after the other`),
      ...(known ? [line("y", "f_n( … f_1(x))", `x of ${shapes(inputs)}`, shapes(outputs))] : []),
    ];
  },
  brief: ({ block, repeat, share }) =>
    [repeat === 1 ? block : `${block} × ${repeat}`, share && `share ${share}`].filter(Boolean).join(", "),
  reference: ({ block, repeat, share, with: given }) => ({ block, repeat, share, arguments: given }),
};
