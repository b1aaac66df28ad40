import { line } from "../../core/kind/arithmetic.ts";
import { shapeText } from "../../core/kind/display.ts";
import { boolean, choice, text } from "../../core/kind/fields.ts";
import type { CallKind } from "../../core/kind/kind.ts";

const fields = {
  network: text({ default: "", help: "The network that is evaluated here", of: "networks", brief: "value" }),
  mode: choice(["auto", "train", "eval"], {
    default: "auto",
    help: "auto: in training mode if an optimizer trains the network, else in inference mode",
  }),
  sample: boolean({ default: false, help: "What this node gives is what sampling shows" }),
  sequential: boolean({
    default: false,
    help: "For an autoregressive network that gives a logit of each value (or a probability, after Sigmoid): the sample is drawn value by value, 0 or 1, and the network sees what is drawn so far",
  }),
};

const modes = {
  auto: ["train where an optimizer trains the network, else eval", "as the optimizers decide"],
  train: ["as it is set", "batch statistics, random layers at work"],
  eval: ["as it is set", "running statistics, random layers at rest"],
} as const;

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
  arithmetic({ mode }, inputs, outputs) {
    const shapes = (types: typeof inputs) => types.map((type) => (type ? shapeText(type) : "?")).join(", ");
    const known = inputs.length > 0 && outputs.length > 0;
    const [rule, result] = modes[mode];
    return [
      ...(known ? [line("y", "f_θ(x)", `x of ${shapes(inputs)}`, shapes(outputs))] : []),
      line("mode", rule, mode, result),
    ];
  },
  network: ({ network }) => network,
  mode: ({ mode }) => mode,
  sampled: ({ sample }) => sample,
  sequential: ({ sequential }) => sequential,
};
