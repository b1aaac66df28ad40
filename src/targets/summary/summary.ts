/** Program → summary: layers with shapes, parameters and FLOPs, as data and as a table for a terminal. */
import { sizeOf } from "../../core/kind/ports.ts";
import type { NetworkProgram, Program, WeightDeclaration } from "../../core/program/types.ts";
import { elements, weightsOf } from "../../core/program/weights.ts";

export interface LayerSummary {
  readonly node: string;
  readonly kind: string;
  /** Of the first output, without the batch: [C, H, W] or [F]. */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** One sample's forward pass; a multiply-add counts as two. */
  readonly flops: number;
}
export interface NetworkSummary {
  readonly parameters: number;
  /** Parameters that some optimizer changes; all of them where the program trains nothing. */
  readonly trainable: number;
  readonly flops: number;
  /** Bytes of one batch's training step on this network, roughly: weights, gradients, two slots and activations. */
  readonly memory: number;
  readonly layers: readonly LayerSummary[];
}
export interface Summary {
  readonly networks: Readonly<Record<string, NetworkSummary>>;
}

export function summarize({ networks, training }: Program): Summary {
  const trained =
    training && training.optimizers.length > 0
      ? new Set(training.optimizers.flatMap((optimizer) => optimizer.trains))
      : null;
  const batch = training?.settings.batch ?? 1;
  return {
    networks: Object.fromEntries(
      networks.map((network) => [network.name, summarizeNetwork(network, batch, trained?.has(network.name) ?? true)]),
    ),
  };
}

function summarizeNetwork(network: NetworkProgram, batch: number, trains: boolean): NetworkSummary {
  const layers = network.instructions.map(({ id, kind, outputs, weights, flops }) => ({
    node: id,
    kind,
    shape: outputs[0].type.shape,
    parameters: count(weights),
    flops,
  }));
  const parameters = count(weightsOf(network));
  const activations = network.instructions.reduce(
    (sum, each) => sum + each.outputs.reduce((size, { type }) => size + sizeOf(type), 0),
    0,
  );
  return {
    parameters,
    trainable: trains ? parameters : 0,
    flops: layers.reduce((sum, layer) => sum + layer.flops, 0),
    memory: 4 * (parameters * (trains ? 4 : 1) + batch * activations * (trains ? 2 : 1)),
    layers,
  };
}

const count = (weights: readonly WeightDeclaration[]): number =>
  weights.reduce((sum, { shape, trainable }) => sum + (trainable ? elements(shape) : 0), 0);

/** The summary as aligned columns. */
export function printSummary({ networks }: Summary): string {
  return Object.entries(networks)
    .map(([name, network]) => {
      const rows = [
        ["layer", "kind", "output", "parameters", "FLOPs"],
        ...network.layers.map((layer) => [
          layer.node,
          layer.kind,
          layer.shape.join("×"),
          grouped(layer.parameters),
          grouped(layer.flops),
        ]),
        ["", "", "", grouped(network.parameters), grouped(network.flops)],
      ];
      const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
      const lines = rows.map((row) =>
        row
          .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
          .join("  ")
          .trimEnd(),
      );
      const trained = network.trainable === network.parameters ? "" : `, ${grouped(network.trainable)} of them trained`;
      return `${name}: ${grouped(network.parameters)} parameters${trained}, ${(network.memory / 2 ** 20).toFixed(0)} MB in training\n${lines.map((line) => `  ${line}`).join("\n")}`;
    })
    .join("\n\n");
}

const grouped = (value: number): string => value.toLocaleString("en");
