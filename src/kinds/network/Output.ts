import { sizeLine } from "../../core/kind/arithmetic.ts";
import type { BoundaryKind } from "../../core/kind/kind.ts";

export const Output: BoundaryKind = {
  name: "Output",
  title: "Output",
  graph: "network",
  role: "output",
  shelf: "Ports",
  summary: "What the network gives",
  equation: "y",
  lesson:
    "A named port of the network. A network may have several: InfoGAN's discriminator also gives its guess of the code.",
  fields: {},
  inputs: [{ name: "in", types: ["image", "vector", "label", "tokens", "embedded"], help: "What the network gives" }],
  outputs: [],
  arithmetic: (_, [type]) => [sizeLine("values of a sample", type ?? null)],
};
