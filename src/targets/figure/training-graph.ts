/**
 * The training graph as a Program tells it: each source, network, loss and optimizer once, however many slices evaluate it,
 * and the wires between them. What a figure of training shows, without places.
 */
import { briefOf } from "../../core/kind/brief.ts";
import { grouped } from "../../core/kind/display.ts";
import type { NodeKind } from "../../core/kind/kind.ts";
import type { PortType } from "../../core/kind/ports.ts";
import type { Compute, NetworkProgram, TrainingInstruction, TrainingProgram } from "../../core/program/types.ts";
import { functions, kindOf, sinks, sources } from "../../kinds/index.ts";
import { parametersOf } from "./headings.ts";

export interface GraphNode {
  readonly id: string;
  readonly role: "source" | "network" | "function" | "optimizer";
  readonly title: string;
  readonly lines: readonly string[];
  /** A network's trainable weights; "shared" where an earlier node has told them. */
  readonly count: string;
}
export interface GraphWire {
  readonly from: string;
  /** The value that flows, by the name that the producer gives it. */
  readonly port: string;
  readonly to: string;
  /** The name of the port that it enters. */
  readonly entry: string;
  readonly type: PortType;
}

type Making = Extract<TrainingInstruction, { op: "draw" | "evaluate" | "compute" }>;

export function trainingGraph(
  training: TrainingProgram,
  networks: readonly NetworkProgram[],
): { nodes: GraphNode[]; wires: GraphWire[] } {
  const nodes = new Map<string, GraphNode>();
  const wires = new Map<string, GraphWire>();
  /** Who gives a value, and through which port. */
  const givers = new Map<string, { node: string; port: string; type: PortType }>();
  const told = new Set<string>();
  const connect = (value: string, to: string, entry: string): void => {
    const { node: from, port, type } = givers.get(value)!;
    wires.set(JSON.stringify([from, port, to, entry]), { from, port, to, entry, type });
  };
  const instructions = training.iteration.flatMap((slice) =>
    slice.instructions.map((each) => ({ each, optimizer: slice.optimizer })),
  );
  for (const { each, optimizer } of instructions) {
    if (each.op === "reuse" || each.op === "virtual-update") continue;
    if (each.op === "update" || each.op === "accumulate") {
      nodes.set(optimizer, optimizerNode(training, optimizer));
      if (each.loss !== null) connect(each.loss, optimizer, "loss");
      continue;
    }
    const id = nodeOf(each);
    if (!nodes.has(id)) nodes.set(id, describe(each, training, networks, told));
    for (const { value, type } of each.outputs)
      givers.set(value, { node: id, port: value.slice(each.id.length), type });
    for (const [value, entry] of entriesOf(each)) connect(value, id, entry);
  }
  return { nodes: [...nodes.values()], wires: [...wires.values()] };
}

const nodeOf = (each: Making): string => (each.op === "draw" ? each.source : each.node);

/** What flows in, with the names of the ports. */
function entriesOf(each: Making): [value: string, entry: string][] {
  if (each.op === "draw") return [];
  if (each.op === "evaluate") return each.inputs.map(({ value, port }) => [value, port]);
  const ports = kindOf(functions, each.kind).inputs;
  return each.inputs.flatMap((input, index): [string, string][] => {
    const port = ports[Math.min(index, ports.length - 1)];
    return input ? [[input.value, port.variadic ? `${port.name}.${index - ports.length + 1}` : port.name]] : [];
  });
}

function describe(
  each: Making,
  training: TrainingProgram,
  networks: readonly NetworkProgram[],
  told: Set<string>,
): GraphNode {
  const id = nodeOf(each);
  if (each.op === "evaluate") {
    const network = networks.find(({ name }) => name === each.network);
    const count = told.has(each.network) ? "shared" : network ? grouped(parametersOf(network)) : "";
    told.add(each.network);
    const text = each.mode === "eval" ? `${id}, inference mode` : id;
    return { id, role: "network", title: each.network, lines: [text], count };
  }
  if (each.op === "compute") return plainNode(id, "function", kindOf(functions, each.kind), each.params);
  const { kind, params } = training.sources.find((source) => source.id === id)!;
  return plainNode(id, "source", kindOf(sources, kind), params);
}

function optimizerNode({ optimizers }: TrainingProgram, id: string): GraphNode {
  const { kind, params } = optimizers.find((optimizer) => optimizer.id === id)!;
  return plainNode(id, "optimizer", kindOf(sinks, kind), params);
}

/** Its parameters in a line; in several where the kind sets them apart. */
function plainNode(id: string, role: GraphNode["role"], kind: NodeKind, params: Compute["params"]): GraphNode {
  const lines = briefOf(kind, params).split(" · ");
  return { id, role, title: kind.title, lines: lines.filter((line) => line !== ""), count: "" };
}
