/** How samples are drawn: all that lies upstream of the marked network's output, each once, in inference mode. */
import { depthFirst } from "../analysis/order.ts";
import { sequentialInput } from "../analysis/sequential.ts";
import type { PortType } from "../kind/ports.ts";
import { instructionOf, type Nodes, type Producing } from "./schedule-values.ts";
import type { Evaluate, Sampling } from "./types.ts";

export function scheduleSampling(nodes: Nodes, sample: string): Sampling {
  const own = sequentialInput(nodes.get(sample)!);
  const upstream = (id: string) =>
    nodes.get(id)!.inputs.flatMap((input) => (input.node === null || input === own ? [] : input.node));
  const produced = new Map<string, Producing>();
  for (const id of depthFirst([sample], upstream).order) {
    const node = nodes.get(id)!;
    const producers = node.inputs.map((input) =>
      input.node === null || input === own ? null : produced.get(input.node)!,
    );
    produced.set(id, instructionOf(node, id, drawnOnce, "eval", producers));
  }
  const call = produced.get(sample) as Evaluate;
  const [{ value, type }] = call.outputs;
  const drawn = { value: `${sample}.drawn`, type };
  if (own)
    produced.set(sample, {
      ...call,
      inputs: call.inputs.map((input) => (input.port === own.name ? { ...drawn, port: input.port } : input)),
    });
  return {
    instructions: [...produced.values()],
    sample: own ? drawn : { value, type },
    network: call.network,
    sequential: own && sample,
    score: own ? null : scorerOf(nodes, sample, call), // what is wired to the node sees logits, no sample
    beside: type.type === "image" ? besideOf(nodes, [...produced.values()]) : { before: [], after: [] },
  };
}

/** The images of data that is drawn for samples: before, those that something takes. */
function besideOf(nodes: Nodes, instructions: readonly Producing[]): Sampling["beside"] {
  const taken = new Set(
    instructions.flatMap((each) => (each.op === "draw" ? [] : each.inputs.flatMap((input) => input?.value ?? []))),
  );
  const images = instructions.flatMap((each) => {
    const node = each.op === "draw" ? nodes.get(each.source) : undefined;
    if (each.op !== "draw" || node?.role !== "source" || !node.kind.dataSet) return [];
    const own = each.outputs.filter(({ type }) => type.type === "image");
    return own.some(({ value }) => taken.has(value)) ? own : [];
  });
  return {
    before: images.filter(({ value }) => taken.has(value)),
    after: images.filter(({ value }) => !taken.has(value)),
  };
}

const drawnOnce = { step: 0, micro: 0, virtual: null };

/** The output of another network that takes the sample and nothing else, where a loss that judges scores takes it. */
function scorerOf(nodes: Nodes, sample: string, { network }: Evaluate): Sampling["score"] {
  for (const node of nodes.values()) {
    if (node.role !== "call" || node.network === network) continue;
    if (node.inputs.length !== 1 || node.inputs[0].node !== sample) continue;
    const score = node.outputs.find(({ port, type }) => type && isScore(type) && judgedAt(nodes, node.id, port));
    if (score) return { network: node.network, input: node.inputs[0].name, output: score.port };
  }
  return null;
}

/** One number, or one for each patch. */
const isScore = ({ type, shape }: PortType): boolean => (type === "vector" || type === "image") && shape[0] === 1;

const judgedAt = (nodes: Nodes, call: string, port: string): boolean =>
  [...nodes.values()].some(
    (node) =>
      node.role === "function" &&
      (node.kind.takesLogits !== undefined || node.kind.inputs.some(({ probabilities }) => probabilities)) &&
      node.inputs.some((input) => input.node === call && input.port === port),
  );
