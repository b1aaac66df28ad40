/**
 * A network as PyTorch is to build it: the text that each kind gives for its layer, in the Program's order. bench/twin.py makes a
 * module of it, whose state_dict has the names that a network's weights have here.
 */
import type { Instruction, NetworkProgram, Operand } from "../../core/program/types.ts";
import { kindOf, layers } from "../../kinds/index.ts";

/** Plain data, to be sent as JSON. Values are variables of Python, "v0" and on. */
export interface Twin {
  readonly inputs: readonly { readonly name: string; readonly value: string; readonly shape: readonly number[] }[];
  readonly layers: readonly TwinLayer[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

interface TwinLayer {
  readonly id: string;
  /** Python that defines what `module` names, where torch has it not. */
  readonly definition?: string;
  /** Constructs the module; a layer without weights may be an expression alone. */
  readonly module?: string;
  /** Of `module` and the layer's inputs. */
  readonly forward: string;
  readonly outputs: readonly string[];
}

export function twinOf({ inputs, instructions, outputs }: NetworkProgram): Twin {
  const variables = new Map<string, string>();
  const flows = new Map<string, string>();
  const variable = (value: string, type: string): string => {
    variables.set(value, `v${variables.size}`);
    flows.set(value, type);
    return variables.get(value)!;
  };
  const taken = ({ value, type }: Operand): string => {
    const enters = type.type === "image" && flows.get(value) === "vector"; // [N, F] as [N, F, 1, 1]
    return enters ? `${variables.get(value)!}.reshape(-1, ${type.shape.join(", ")})` : variables.get(value)!;
  };
  return {
    inputs: inputs.map(({ name, type }) => ({ name, value: variable(name, type.type), shape: type.shape })),
    layers: instructions.map((instruction) => ({
      ...layerOf(instruction, instruction.inputs.map(taken)),
      outputs: instruction.outputs.map(({ value, type }) => variable(value, type.type)),
    })),
    outputs: outputs.map(({ name, value }) => ({ name, value: variables.get(value)! })),
  };
}

function layerOf({ id, kind, params, inputs, outputs }: Instruction, given: readonly string[]) {
  const { definition, module, forward } = kindOf(layers, kind).lowering.pytorch;
  const types = outputs.map(({ type }) => type);
  const defined = typeof definition === "object" ? definition.of(params) : definition;
  const made = module?.(params, inputs.map(({ type }) => type), types); // prettier-ignore
  return {
    id,
    ...(defined !== undefined && { definition: defined }),
    ...(made !== undefined && { module: made }),
    forward: forward("module", given, params, types),
  };
}
