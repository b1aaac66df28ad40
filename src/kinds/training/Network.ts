import { boolean, choice, text } from "../../core/kind/fields.ts";
import type { CallKind } from "../../core/kind/kind.ts";

const fields = {
  network: text({ default: "", help: "The network that is evaluated here" }),
  mode: choice(["auto", "train", "eval"], {
    default: "auto",
    help: "auto: in training mode if an optimizer trains the network, else in inference mode",
  }),
  sample: boolean({ default: false, help: "What this node gives is what sampling shows" }),
};

export const Network: CallKind<typeof fields> = {
  name: "Network",
  title: "Network",
  graph: "training",
  role: "call",
  shelf: "Models",
  summary: "Evaluates one of the networks",
  equation: "y = f_\\theta(x)",
  lesson:
    "Stands for one use of a network: its ports are the network's inputs and outputs. Several nodes that name one network share its weights, as a discriminator does that sees real images and fakes.",
  fields,
  inputs: [],
  outputs: [],
  network: ({ network }) => network,
  mode: ({ mode }) => mode,
  sampled: ({ sample }) => sample,
};
