/** What figures say of themselves: a title, a line of numbers, and a description for those who hear it. */
import { grouped, shapeText } from "../../core/kind/display.ts";
import type { NetworkProgram, Program, TrainingProgram } from "../../core/program/types.ts";
import { elements, weightsOf } from "../../core/program/weights.ts";
import type { Heading } from "./frame.ts";
import { flopText } from "./labels.ts";

type Words = Omit<Heading, "shown">;

export function networkHeading({ name }: Program, network: NetworkProgram): Words {
  const count = `${grouped(parametersOf(network))} parameters`;
  const flops = flopText(network.instructions.reduce((sum, each) => sum + each.flops, 0));
  const ports = (some: NetworkProgram["inputs"]) =>
    listed(some.map((port) => `${port.name} (${shapeText(port.type)})`));
  return {
    title: network.name,
    subtitle: `${name} · ${count} · ${flops}`,
    description: `The network ${network.name} of ${name}: ${network.instructions.length} layers with ${count} turn ${ports(network.inputs)} into ${ports(network.outputs)}.`,
  };
}

export function trainingHeading({ name, networks }: Program, { settings, optimizers }: TrainingProgram): Words {
  const trained = listed([...new Set(optimizers.flatMap(({ trains }) => trains))]);
  return {
    title: name,
    subtitle: `batch ${grouped(settings.batch)} · ${grouped(settings.iterations)} iterations`,
    description:
      `The training graph of ${name}: ${listed(networks.map((network) => network.name))}` +
      (trained === "" ? ", none of which is trained." : `; one iteration trains ${trained}.`),
  };
}

/** Trainable weights, each once. */
export const parametersOf = (network: NetworkProgram): number =>
  weightsOf(network).reduce((sum, { shape, trainable }) => sum + (trainable ? elements(shape) : 0), 0);

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
