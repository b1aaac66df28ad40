/**
 * A graph in the making: nodes, constants and the shapes of what flows between them, under names that are unique. Like
 * PyTorch's exporter it names a node "/main/0/Conv" and what comes out of it "/main/0/Conv_output_0"; names without a
 * slash are left to inputs, outputs and weights.
 */
import type { PortType } from "../../core/kind/ports.ts";
import { node, tensor, valueInfo, type AttributeValue, type ModelParts } from "./build.ts";
import type { ElementType, TensorData } from "./tensor.ts";

/** The dimensions of a value; "N" is the batch, which inputs and outputs alone name. */
export type Dims = readonly (number | "N")[];

export interface GraphDraft {
  /** Adds a node and gives the name of its output, whose dimensions stay unsaid where they are null. */
  node(path: string, operator: string, inputs: readonly string[], attributes: Attributes, dims: Dims | null): string;
  /** Adds an initializer and gives its name, which is `wanted` where that is free. */
  constant(wanted: string, dims: readonly number[], data: TensorData, type?: ElementType): string;
  /** The parts of the model, its outputs under their own names. */
  finish(outputs: readonly GraphOutput[]): Pick<ModelParts, "nodes" | "initializers" | "values" | "outputs">;
}
export type Attributes = Readonly<Record<string, AttributeValue>>;
export interface GraphOutput {
  readonly name: string;
  /** The tensor that is to carry this name. */
  readonly tensor: string;
  readonly type: PortType;
}

/** @param reserved the names of the graph's inputs and outputs. */
export function draftGraph(reserved: Iterable<string>): GraphDraft {
  const names = new Set(reserved);
  const nodeNames = new Set<string>();
  const nodes: { operator: string; inputs: readonly string[]; output: string; attributes: Attributes; name: string }[] =
    [];
  const values = new Map<string, Dims | null>();
  const initializers: ReturnType<typeof tensor>[] = [];

  return {
    node(path, operator, inputs, attributes, dims) {
      const name = unique(nodeNames, `${path}/${operator}`);
      const output = unique(names, `${name}_output_0`);
      nodes.push({ operator, inputs, output, attributes, name });
      values.set(output, dims);
      return output;
    },
    constant(wanted, dims, data, type) {
      const name = unique(names, wanted);
      initializers.push(tensor(name, dims, data, type));
      return name;
    },
    finish(outputs) {
      const renamed = new Map<string, string>();
      for (const output of outputs) {
        // An input, a weight or another output keeps its own name, and is passed on by an Identity.
        if (values.has(output.tensor) && !renamed.has(output.tensor)) renamed.set(output.tensor, output.name);
        else {
          const name = unique(nodeNames, `${slashed(output.name)}/Identity`);
          nodes.push({ operator: "Identity", inputs: [output.tensor], output: output.name, attributes: {}, name });
        }
      }
      const called = (value: string) => renamed.get(value) ?? value;
      return {
        nodes: nodes.map(({ operator, inputs, output, attributes, name }) =>
          node(operator, inputs.map(called), [called(output)], attributes, name),
        ),
        initializers,
        values: [...values].flatMap(([name, dims]) =>
          renamed.has(name) || dims === null ? [] : [valueInfo(name, dims.map(unnamed))],
        ),
        outputs: outputs.map(({ name, type }) => valueInfo(name, dimsOf(type), elementOf(type))),
      };
    },
  };
}

/**
 * Within the graph the batch is a size that is not known: where ONNX Runtime 1.30 can follow the name "N" past a Reshape, it runs
 * such models 5 to 12 % slower than PyTorch's files, which do not name it there.
 */
const unnamed = (size: number | "N"): number | string => (size === "N" ? "" : size);

/** "main.0" → "/main/0": the path of an instruction as ONNX's tools group nodes. */
export const slashed = (id: string): string => `/${id.replaceAll(".", "/")}`;

export const dimsOf = ({ shape }: PortType): Dims => ["N", ...shape];

/** Class indices and tokens are integers, all else is real. */
export const elementOf = ({ type }: PortType): "int64" | "float32" =>
  type === "label" || type === "tokens" ? "int64" : "float32";

function unique(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let copy = 1; taken.has(name); copy++) name = `${wanted}_${copy}`;
  taken.add(name);
  return name;
}
