import { axes, sizeLine } from "../../core/kind/arithmetic.ts";
import { choice, integer, list, optional } from "../../core/kind/fields.ts";
import type { BoundaryKind } from "../../core/kind/kind.ts";
import type { PortType } from "../../core/kind/ports.ts";
import type { Params } from "../../core/kind/fields.ts";

const fields = {
  type: optional(
    choice(["image", "vector", "label", "tokens", "embedded"], {
      default: "vector",
      brief: "value",
      help: "What enters; left out, it is what feeds the network in training",
    }),
  ),
  shape: optional(
    list(integer({ default: 1, min: 1, help: "" }), {
      default: [],
      most: 3,
      joint: "×",
      brief: "value",
      help: "[C, H, W] of an image, [F] of a vector, [classes] of a label, [T] of tokens, [T, E] of embedded ones",
    }),
  ),
};

export const Input: BoundaryKind<typeof fields> = {
  name: "Input",
  title: "Input",
  graph: "network",
  role: "input",
  shelf: "Ports",
  summary: "What enters the network",
  equation: "x",
  lesson:
    "A named port of the network. Its type comes from what feeds it in the training graph, so it need not be stated.",
  fields,
  inputs: [],
  outputs: [
    { name: "out", types: ["image", "vector", "label", "tokens", "embedded"], help: "What the network is given" },
  ],
  arithmetic: (params, _, [type]) => [sizeLine("values of a sample", statedType(params) ?? type ?? null)],
  stated: statedType,
};

/** Null unless type and shape are both there and fit each other. */
function statedType({ type, shape }: Params<typeof fields>): PortType | null {
  if (!type || !shape) return null;
  if (type === "label") return shape.length === 1 ? { type, shape: [], classes: shape[0] } : null;
  return shape.length === axes[type].length ? { type, shape } : null;
}
