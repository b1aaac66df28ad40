/**
 * The whole way from what is drawn to the sample as one network: noise, labels and codes are its inputs, networks are written
 * out in it, and functions on the way are the layers that they are. Targets take it like any other network.
 */
import { diagnose, UserError } from "../analysis/diagnostics.ts";
import type { PortType } from "../kind/ports.ts";
import type { Vocabulary } from "../kind/kind.ts";
import type { Compute, Evaluate, Instruction, NetworkProgram, Operand, Program } from "./types.ts";
import type { Weight, WeightStore } from "./weights.ts";

export const samplerName = "sampler";

/** Throws a UserError where nothing is marked as the sample, and where a function on the way is no layer. */
export function samplerOf({ networks, training }: Program, { training: kinds }: Vocabulary): NetworkProgram {
  const sampling = training?.sampling;
  if (!sampling) throw new UserError(diagnose("nothing-to-sample", { graph: "training" }, {}));
  const { instructions: steps, sample, sequential } = sampling;
  if (sequential)
    throw new UserError(
      diagnose("sampler-function", { graph: "training", node: sequential }, { kind: "Drawing in sequence" }),
    );
  const named = new Map(networks.map((network) => [network.name, network]));
  const taken = new Set(steps.flatMap((step) => (step.op === "draw" ? [] : step.inputs)).flatMap((operand) => operand?.value ?? [])); // prettier-ignore
  const names = new Map<string, string>(); // of the program's values, in the sampler
  const inputs: { readonly name: string; readonly type: PortType }[] = [];
  const instructions: Instruction[] = [];
  const called = ({ value }: { readonly value: string }) => names.get(value)!;

  for (const step of steps) {
    if (step.op === "draw") {
      const used = step.outputs.filter(({ value }) => taken.has(value));
      for (const { value, type } of used) {
        const name = used.length === 1 ? step.source : value;
        names.set(value, name);
        inputs.push({ name, type });
      }
    } else if (step.op === "compute") instructions.push(asLayer(step));
    else writeOut(step);
  }
  const output = sample.value === called(sample) ? `${sample.value}.out` : sample.value;
  return {
    name: samplerName,
    init: "pytorch",
    weights: null,
    inputs,
    instructions,
    outputs: [{ name: output, value: called(sample), type: sample.type }],
  };

  function asLayer({ node, kind: name, params, inputs: given, outputs }: Compute): Instruction {
    const kind = kinds.get(name);
    const layer = kind?.role === "function" ? kind.layer : undefined;
    if (layer === undefined)
      throw new UserError(diagnose("sampler-function", { graph: "training", node }, { kind: name }));
    for (const { value } of outputs) names.set(value, value);
    const wired = given.flatMap((operand) => (operand ? [{ ...operand, value: called(operand) }] : []));
    return { id: node, kind: layer, params, inputs: wired, outputs, weights: [], flops: 0 };
  }

  /** A network's instructions under its name, or its node's where the network stands there already. */
  function writeOut({ node, network, inputs: given, outputs }: Evaluate): void {
    const program = named.get(network)!;
    const again = instructions.some(({ id }) => id.startsWith(`${network}.`));
    const prefix = again ? `${node}.` : `${network}.`;
    const inner = new Map(given.map((operand) => [operand.port, called(operand)]));
    for (const { value } of program.instructions.flatMap((each) => each.outputs)) inner.set(value, prefix + value);
    for (const each of program.instructions)
      instructions.push({
        ...each,
        id: prefix + each.id,
        inputs: each.inputs.map((operand): Operand => ({ ...operand, value: inner.get(operand.value)! })),
        outputs: each.outputs.map(({ value, type }) => ({ value: prefix + value, type })),
        weights: each.weights.map((weight) => ({ ...weight, path: `${network}.${weight.path}` })),
      });
    program.outputs.forEach(({ value }, port) => names.set(outputs[port].value, inner.get(value)!));
  }
}

/** The weights of a sampler, from those of the networks that are written out in it. */
export function samplerWeights(
  { networks }: Program,
  sampler: NetworkProgram,
  weightsOf: (network: string) => WeightStore,
): WeightStore {
  const wanted = new Set(sampler.instructions.flatMap((each) => each.weights.map(({ path }) => path)));
  const gathered = networks.flatMap(({ name }) =>
    [...weightsOf(name)].map(([path, weight]): [string, Weight] => [`${name}.${path}`, weight]),
  );
  return new Map(gathered.filter(([path]) => wanted.has(path)));
}
