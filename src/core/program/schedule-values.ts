/** What a schedule is made of: each value with the instruction that computes it. Shared by the iteration and by sampling. */
import type { TrainingInput, TrainingNode } from "../analysis/training.ts";
import type { Json } from "../kind/fields.ts";
import type { PortType } from "../kind/ports.ts";
import type { Compute, Draw, Evaluate, Operand, Virtual } from "./types.ts";

export type Producing = Draw | Evaluate | Compute;
export type Nodes = ReadonlyMap<string, TrainingNode>;
/** Of which draws something is computed, and over which weights; `virtual` is null for the real ones. */
export interface Moment {
  readonly step: number;
  readonly micro: number;
  readonly virtual: Virtual | null;
}
export type CallNode = Extract<TrainingNode, { role: "call" }>;
export type SinkNode = Extract<TrainingNode, { role: "sink" }>;

/**
 * The instruction that computes a node.
 * @param name of the instruction; its values are named after it
 * @param producers the instruction behind each input, null where none is wired
 */
export function instructionOf(
  node: TrainingNode,
  name: string,
  { step, micro, virtual }: Moment,
  mode: "train" | "eval",
  producers: readonly (Producing | null)[],
): Producing {
  const given = givenOutputs(node);
  const outputs = given.map(({ port, type }) => ({ value: given.length === 1 ? name : `${name}.${port}`, type }));
  const operand = (input: TrainingInput, index: number): Operand | null => {
    const producer = producers[index];
    return producer && { value: valueOf(producer, input.port!), type: input.type! };
  };
  switch (node.role) {
    case "source":
      return { op: "draw", id: name, source: node.id, step, micro, outputs };
    case "call": {
      const inputs = node.inputs.map((input, index) => ({ port: input.name, ...operand(input, index)! }));
      const { id, network } = node;
      return { op: "evaluate", id: name, node: id, network, mode, virtual, inputs, outputs, gradient: null };
    }
    case "function": {
      const params = node.params as Record<string, Json>;
      const inputs = node.inputs.map(operand);
      const kind = node.kind.name;
      return { op: "compute", id: name, node: node.id, kind, virtual, params, inputs, outputs, gradient: null };
    }
    case "sink":
      throw new Error("an optimizer produces no value");
  }
}

/** The name of one output's value. */
export function valueOf({ id, outputs }: Producing, port: string): string {
  return outputs.length === 1 ? id : (outputs.find(({ value }) => value === `${id}.${port}`)?.value ?? id);
}

/** The ports that give something: those of labels are bare where a data set has no classes. */
export const givenOutputs = (node: TrainingNode): { port: string; type: PortType }[] =>
  node.outputs.flatMap(({ port, type }) => (type ? [{ port, type }] : []));
