/** What a document has to export: its networks as programs, the one that is sampled first, and what they want to be fed. */
import type { Analysis } from "../../core/analysis/analyze.ts";
import { UserError } from "../../core/analysis/diagnostics.ts";
import type { GanDocument } from "../../core/document/types.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { lower } from "../../core/program/lower.ts";
import { samplerName, samplerOf } from "../../core/program/sampler.ts";
import type { NetworkProgram, Program } from "../../core/program/types.ts";
import { elements, weightsOf } from "../../core/program/weights.ts";
import { vocabulary } from "../../kinds/index.ts";

export interface Facts {
  /** Null where the document has errors. */
  readonly program: Program | null;
  /** All networks without errors of their own; the sampled one is the first. */
  readonly networks: readonly NetworkProgram[];
  /** The whole way from what is drawn to the sample; null where it cannot be one network, or nothing is sampled. */
  readonly sampler: NetworkProgram | null;
}

export function factsOf(document: GanDocument, analysis: Analysis): Facts {
  const program = lower(document, analysis);
  const sampled = program?.training?.sampling?.network;
  const networks =
    program?.networks ??
    [...analysis.networks.keys()].flatMap((network) => lower(document, analysis, { network })?.networks ?? []);
  return {
    program,
    networks: [...networks].sort((a, b) => Number(b.name === sampled) - Number(a.name === sampled)),
    sampler: program && samplerIn(program),
  };
}

function samplerIn(program: Program): NetworkProgram | null {
  try {
    return samplerOf(program, vocabulary);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

export const parametersOf = (network: NetworkProgram): number =>
  weightsOf(network).reduce((sum, { shape, trainable }) => sum + (trainable ? elements(shape) : 0), 0);

/** A network's input as another program has to feed it. */
export interface FedInput {
  readonly name: string;
  /** Without the batch: [C, H, W], [F], or [] for a label. */
  readonly shape: readonly number[];
  readonly values:
    | { readonly from: "normal"; readonly mean: number; readonly std: number }
    | { readonly from: "uniform"; readonly low: number; readonly high: number }
    | { readonly from: "classes"; readonly count: number };
}

/** Inputs in their order, fed as sampling feeds them; where it does not, vectors are normal and images uniform from −1 … 1. */
export const fedInputs = (network: NetworkProgram, program: Program | null): readonly FedInput[] =>
  network.inputs.map(({ name, type }) => ({
    name,
    shape: type.shape,
    values: valuesOf(type, drawnFor(network.name, name, program)),
  }));

function valuesOf({ type, classes }: PortType, drawn: Readonly<Record<string, unknown>>): FedInput["values"] {
  if (type === "label" || type === "tokens") return { from: "classes", count: classes ?? 1 };
  const given = (param: string, otherwise: number) =>
    typeof drawn[param] === "number" ? (drawn[param] as number) : otherwise;
  if (drawn.distribution === "uniform" || (type === "image" && drawn.distribution === undefined))
    return { from: "uniform", low: given("low", -1), high: given("high", 1) };
  return { from: "normal", mean: given("mean", 0), std: given("std", 1) };
}

/** Parameters of the source that sampling draws this input from; none where it does not draw it. */
function drawnFor(network: string, input: string, program: Program | null): Readonly<Record<string, unknown>> {
  const sources = program?.training?.sources ?? [];
  if (network === samplerName)
    // its inputs are the sources themselves
    return sources.find(({ id }) => input === id || input.startsWith(`${id}.`))?.params ?? {};
  const instructions = program?.training?.sampling?.instructions ?? [];
  const fed = instructions
    .flatMap((each) => (each.op === "evaluate" && each.network === network ? each.inputs : []))
    .find(({ port }) => port === input)?.value;
  const draw = instructions.find((each) => each.op === "draw" && each.outputs.some(({ value }) => value === fed));
  const source = sources.find(({ id }) => draw?.op === "draw" && id === draw.source);
  return source?.params ?? {};
}
