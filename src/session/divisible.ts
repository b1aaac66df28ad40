/** Whether a program's batches can be computed in parts and come to the same. */
import { diagnose, type Diagnostic } from "../core/analysis/diagnostics.ts";
import type { NetworkProgram, Program, TrainingProgram } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import { functions, kindOf, layers } from "../kinds/index.ts";

/** Null where they can; else what keeps them whole, at its place. */
export function undivided(
  { networks, training }: Program,
  dataSets: ReadonlyMap<string, DataSet>,
  batch: number,
): Diagnostic | null {
  if (!training) return null;
  return (
    undividedSource(training, dataSets, batch) ??
    undividedComputation(training) ??
    undividedLayer(training, new Map(networks.map((network) => [network.name, network])))
  );
}

const because = (node: string, reason: string, graph = "training"): Diagnostic =>
  diagnose("one-worker", { graph, node }, { node, reason });

function undividedSource(
  { sources }: TrainingProgram,
  dataSets: ReadonlyMap<string, DataSet>,
  batch: number,
): Diagnostic | null {
  for (const { id, params } of sources) {
    const set = dataSets.get(id);
    if (set && set.count % batch !== 0 && params.drop_last !== true)
      return because(id, "gives fewer samples in the last batch of an epoch (drop_last is off)");
  }
  return null;
}

function undividedComputation({ iteration }: TrainingProgram): Diagnostic | null {
  for (const { optimizer, instructions } of iteration)
    for (const instruction of instructions) {
      if (instruction.op === "virtual-update") return because(optimizer, "unrolls steps of another optimizer");
      if (instruction.op !== "compute") continue;
      const { node, kind, params } = instruction;
      if (kindOf(functions, kind).needsWholeBatch?.(params)) return because(node, needsAll);
    }
  return null;
}

function undividedLayer(
  { iteration }: TrainingProgram,
  networks: ReadonlyMap<string, NetworkProgram>,
): Diagnostic | null {
  for (const { instructions } of iteration)
    for (const instruction of instructions) {
      if (instruction.op !== "evaluate") continue;
      const { network, gradient, mode } = instruction;
      for (const { id, kind, params } of networks.get(network)!.instructions) {
        const { needsWholeBatch, mixesSamples } = kindOf(layers, kind);
        if (needsWholeBatch?.(params)) return because(id, needsAll, `networks.${network}`);
        if (mixesSamples && mode === "train" && gradient?.order === 2)
          return because(id, "mixes samples under a gradient penalty", `networks.${network}`);
      }
    }
  return null;
}

const needsAll = "needs all samples of a batch at once";
