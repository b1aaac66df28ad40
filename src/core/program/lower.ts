/**
 * (Document, Analysis) → Program: nothing is decided here that the analysis has not found. Gives null where a diagnostic
 * of severity error stands in the way.
 */
import { isError, type Place } from "../analysis/diagnostics.ts";
import type { Analysis } from "../analysis/analyze.ts";
import type { Layer, NetworkAnalysis } from "../analysis/network.ts";
import type { GanDocument, NetworkDeclaration } from "../document/types.ts";
import { weightsFileOf } from "../document/weights-file.ts";
import type { Json } from "../kind/fields.ts";
import { initSchemes, type InitScheme } from "../kind/weights.ts";
import { schedule } from "./schedule.ts";
import type { Instruction, NetworkProgram, Program } from "./types.ts";

export interface LowerOptions {
  /** Lower this network alone: mistakes elsewhere then do not matter. */
  readonly network?: string;
}

export function lower(document: GanDocument, analysis: Analysis, { network }: LowerOptions = {}): Program | null {
  if (analysis.diagnostics.some((diagnostic) => isError(diagnostic) && concerns(diagnostic.at, network))) return null;
  const analyses = [...analysis.networks.values()].filter(({ name }) => network === undefined || name === network);
  const networks = analyses.map((each) => lowerNetwork(each, document.networks[each.name]));
  return { name: document.name, networks, training: network === undefined ? schedule(analysis) : null };
}

/** Whether a mistake at this place is one of this network, its blocks or the whole; of anything, where none is named. */
export const concerns = ({ graph }: Place, network: string | undefined): boolean =>
  network === undefined || graph === undefined || graph === `networks.${network}` || graph.startsWith("blocks.");

function lowerNetwork(analysis: NetworkAnalysis, declaration: NetworkDeclaration): NetworkProgram {
  const init = initSchemes.find((scheme) => scheme === declaration.init) ?? "pytorch";
  const inputs = analysis.inputs.map(({ name, type }) => ({ name, type: type! }));
  const layers = analysis.layers.filter((layer) => layer.used);
  const names = new Map(inputs.map(({ name }) => [`${name}.out`, name]));
  for (const { path, kind } of layers)
    for (const port of kind.outputs)
      names.set(`${path}.${port.name}`, kind.outputs.length === 1 ? path : `${path}.${port.name}`);
  return {
    name: analysis.name,
    init,
    weights: weightsFileOf(declaration),
    inputs,
    instructions: layers.map((layer) => instruction(layer, init, names)),
    outputs: analysis.outputs.map(({ name, value, type }) => ({ name, value: names.get(value!)!, type: type! })),
  };
}

const instruction = (layer: Layer, init: InitScheme, names: ReadonlyMap<string, string>): Instruction => ({
  id: layer.path,
  kind: layer.kind.name,
  params: layer.params as Record<string, Json>,
  inputs: layer.inputs.map(({ value, type }) => ({ value: names.get(value)!, type })),
  outputs: layer.kind.outputs.map((port, index) => ({
    value: names.get(`${layer.path}.${port.name}`)!,
    type: layer.outputs[index],
  })),
  weights: layer.weights.map((weight) => ({
    name: weight.name,
    path: weight.path,
    shared: weight.shared,
    trainable: weight.trainable,
    shape: weight.shape,
    init: weight.init[init],
    tfjs: weight.tfjs ?? null,
  })),
  flops: layer.flops,
});
