/**
 * A Program written out in PyTorch: the same networks, losses and steps, in the kinds' own Python expressions, so that what is
 * timed beside a session is the same document. Gradients go where the Program says: a network that a step does not train is
 * frozen in it, and what an earlier step's loss has differentiated comes in detached.
 */
import type { Compute, Evaluate, NetworkProgram, Operand, Program, Slice } from "../../../core/program/types.ts";
import type { PortType } from "../../../core/kind/ports.ts";
import { functions, kindOf, layers, sinks } from "../../../kinds/index.ts";

export interface Twin {
  /** Python: `networks(nn)`, a dict of modules; `optimizers(networks)`, a dict; `iterate(…)`, one iteration's losses by node. */
  readonly source: string;
  /** For each network, where a weight of the document lies in the module: path → attribute. */
  readonly weights: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A network by itself, as a class that needs nothing to be constructed. */
export interface NetworkTwin {
  readonly source: string;
  /** Of the class. */
  readonly name: string;
  /** Where a weight of the document lies in the module: path → attribute. */
  readonly weights: Readonly<Record<string, string>>;
}

export function networkTwin(network: NetworkProgram): NetworkTwin {
  const definitions = new Set<string>();
  const text = networkClass(network, definitions);
  const source = [...imports, ...definitions, text].join("\n\n");
  return { source: `${source}\n`, name: className(network.name), weights: attributesOf(network) };
}

/** Throws an Error for a program that trains nothing or does what no twin is written for (unrolling, micro-batches, averages). */
export function twinOf(program: Program): Twin {
  const { training } = program;
  if (!training) throw new Error("A program without training has no twin.");
  const definitions = new Set<string>();
  const classes = program.networks.map((network) => networkClass(network, definitions));
  const modules: string[] = [];
  const names = new Names();
  const steps = training.iteration.flatMap((slice) => stepLines(program, slice, names, definitions, modules));
  const source = [
    ...imports,
    ...definitions,
    ...classes,
    `def networks():\n    return {${program.networks.map(({ name }) => `${quoted(name)}: ${className(name)}()`).join(", ")}}`,
    `def optimizers(networks):\n    return {\n${optimizerLines(program).join("\n")}\n    }`,
    `def states():\n    return {${modules.join(", ")}}`,
    `def iterate(networks, optimizers, states, draw, place):\n    losses = {}\n${steps.map((line) => `    ${line}`).join("\n")}\n    return losses`,
  ].join("\n\n");
  const weights = Object.fromEntries(program.networks.map((network) => [network.name, attributesOf(network)]));
  return { source: `${source}\n`, weights };
}

const imports = ["import torch", "import torch.nn.functional as F", "from torch import nn"];
const quoted = (text: string) => JSON.stringify(text);
const className = (network: string) => `Network_${network.replaceAll(/\W/g, "_")}`;

/** Python's names for a program's values. */
class Names {
  readonly #known = new Map<string, string>();
  of(value: string): string {
    if (!this.#known.has(value)) this.#known.set(value, `v${this.#known.size}`);
    return this.#known.get(value)!;
  }
}

function networkClass(network: NetworkProgram, definitions: Set<string>): string {
  const names = new Names();
  const types = new Map<string, PortType>(network.inputs.map(({ name, type }) => [name, type]));
  const [made, flow]: [string[], string[]] = [[], []];
  network.instructions.forEach(({ kind: name, params, inputs, outputs, weights }, at) => {
    const { definition, module, forward } = kindOf(layers, name).lowering.pytorch;
    const text = typeof definition === "string" ? definition : definition?.of(params);
    if (text) definitions.add(text.trimEnd());
    const given = inputs.map(({ type }) => type);
    const results = outputs.map(({ type }) => type);
    const constructed = module?.(params, given, results);
    if (constructed) made.push(`self.l${at} = ${constructed}`);
    else if (weights.length > 0) throw new Error(`${name} has weights and no module in PyTorch.`);
    const taken = inputs.map((operand) => operandText(operand, types, names));
    const to = outputs.map(({ value }) => names.of(value)).join(", ");
    flow.push(`${to} = ${forward(`self.l${at}`, taken, params, results)}`);
    for (const { value, type } of outputs) types.set(value, type);
  });
  const body = (lines: readonly string[]) => lines.map((line) => `        ${line}`).join("\n");
  return [
    `class ${className(network.name)}(nn.Module):`,
    `    def __init__(self):`,
    body(["super().__init__()", ...made]),
    `    def forward(self, ${network.inputs.map(({ name }) => names.of(name)).join(", ")}):`,
    body([...flow, `return ${network.outputs.map((output) => operandText(output, types, names)).join(", ")}`]),
  ].join("\n");
}

/** A vector may enter as an image of one pixel. */
function operandText({ value, type }: Operand, types: ReadonlyMap<string, PortType>, names: Names): string {
  const name = names.of(value);
  return type.type === "image" && types.get(value)?.type === "vector"
    ? `${name}.reshape(-1, ${type.shape.join(", ")})`
    : name;
}

const attributesOf = ({ instructions }: NetworkProgram): Record<string, string> =>
  Object.fromEntries(
    instructions.flatMap(({ weights }, at) => weights.map(({ path, name }) => [path, `l${at}.${name}`] as const)),
  );

function optimizerLines({ training }: Program): string[] {
  return training!.optimizers.map(({ id, kind, params, trains }) => {
    const { rule, hyper, clipGradNorm, weightClip, ema, learningRate } = kindOf(sinks, kind).lowering.plan(params);
    if (clipGradNorm !== null || weightClip !== null || ema)
      throw new Error(`${id} clips or averages, which no twin is written for.`);
    const options = Object.entries({ lr: learningRate({ iteration: 0, epoch: 0 }), ...hyper }).map(
      ([name, value]) => `${name}=${Array.isArray(value) ? `(${value.join(", ")})` : pythonOf(value)}`,
    );
    const weights = trains.map((name) => `*networks[${quoted(name)}].parameters()`).join(", ");
    return `        ${quoted(id)}: torch.optim.${rule}([${weights}], ${options.join(", ")}),`;
  });
}

const pythonOf = (value: unknown) => (typeof value === "boolean" ? (value ? "True" : "False") : String(value));

/** The lines of one step of one optimizer. `modules` gathers what functions keep their state in. */
function stepLines(
  { training, networks }: Program,
  slice: Slice,
  names: Names,
  definitions: Set<string>,
  modules: string[],
): string[] {
  const trains = new Map(training!.optimizers.map(({ id, trains }) => [id, trains]));
  const values = training!.iteration.flatMap(({ instructions }) =>
    instructions.flatMap((each) => ("outputs" in each ? each.outputs.map((output) => [output, each] as const) : [])),
  );
  const madeBy = new Map(values.map(([{ value }, instruction]) => [value, instruction]));
  const types = new Map(values.map(([{ value, type }]) => [value, type]));
  const gradientOf = (value: string) => {
    const maker = madeBy.get(value);
    return maker && "gradient" in maker ? (maker.gradient?.slice ?? null) : null;
  };
  const taken = (operand: Operand, slice: string | null): string => {
    const text = operandText(operand, types, names);
    const own = gradientOf(operand.value);
    return own !== null && own !== slice ? `${text}.detach()` : text;
  };
  const targets = (outputs: Evaluate["outputs"]) => outputs.map(({ value }) => names.of(value)).join(", ");

  const evaluate = ({ network, mode, inputs, outputs, gradient }: Evaluate): string[] => {
    const { inputs: ports } = networks.find(({ name }) => name === network)!;
    const trained = gradient !== null && trains.get(optimizerOf(gradient.slice))!.includes(network);
    const given = ports.map(({ name }) => inputs.find(({ port }) => port === name)!);
    const call = `${targets(outputs)} = network(${given.map((each) => taken(each, gradient?.slice ?? null)).join(", ")})`;
    return [
      `network = networks[${quoted(network)}].train(${pythonOf(mode === "train")})`,
      `network.requires_grad_(${pythonOf(trained)})`,
      ...withGradient(gradient !== null, [call]),
    ];
  };

  const compute = ({ id, node, kind, params, inputs, outputs, gradient }: Compute): string[] => {
    const { lowering } = kindOf(functions, kind);
    if (lowering.definition) definitions.add(lowering.definition.trimEnd());
    const text = lowering.pytorch(
      params,
      inputs.map((operand) => operand && taken(operand, gradient?.slice ?? null)),
      outputs.map(({ type }) => type),
    );
    const module = lowering.module?.(params);
    if (module) modules.push(`${quoted(node)}: ${module}`);
    const expression = module ? `(lambda module: ${text})(states[${quoted(node)}])` : text;
    const lines = [
      ...(/torch\.rand/.test(text + (lowering.definition ?? "")) ? [`place(${quoted(id)}, ${slice.step})`] : []),
    ];
    lines.push(...withGradient(gradient !== null, [`${targets(outputs)} = ${expression}`]));
    if (outputs[0].type.type === "loss") lines.push(`losses[${quoted(node)}] = ${names.of(outputs[0].value)}`);
    return lines;
  };

  return slice.instructions.flatMap((instruction): string[] => {
    switch (instruction.op) {
      case "reuse":
        return [];
      case "draw": {
        const { id, source, outputs } = instruction;
        const drawn = `draw(${quoted(source)}, ${quoted(id)})`;
        const differentiated = outputs.filter(({ value }) => isSlope(value));
        return [`${targets(outputs)}, = ${drawn}`, ...differentiated.map(({ value }) => leaf(names.of(value)))];
      }
      case "evaluate":
        return [...evaluate(instruction), ...slopes(instruction)];
      case "compute":
        return [...compute(instruction), ...slopes(instruction)];
      case "update":
        if (instruction.loss === null) throw new Error("Micro-batches have no twin.");
        return [
          `optimizers[${quoted(instruction.optimizer)}].zero_grad(set_to_none=True)`,
          `${names.of(instruction.loss)}.backward()`,
          `optimizers[${quoted(instruction.optimizer)}].step()`,
        ];
      case "accumulate":
      case "virtual-update":
        throw new Error(`"${instruction.op}" has no twin.`);
    }
  });

  /** What a penalty takes the slope at must be a leaf that asks for a gradient, where nothing before it does. */
  function slopes({ outputs }: Evaluate | Compute): string[] {
    return outputs.filter(({ value }) => isSlope(value)).map(({ value }) => leaf(names.of(value)));
  }

  function isSlope(value: string): boolean {
    return training!.iteration.some(({ instructions }) =>
      instructions.some((each) => {
        if (each.op !== "compute") return false;
        const { differentiates, inputs } = kindOf(functions, each.kind);
        const port = differentiates && inputs.findIndex(({ name }) => name === differentiates.wrt);
        return port !== undefined && each.inputs[port]?.value === value;
      }),
    );
  }
}

const leaf = (name: string) => `if not ${name}.requires_grad: ${name}.requires_grad_()`;
const withGradient = (wanted: boolean, lines: readonly string[]): string[] =>
  wanted ? [...lines] : ["with torch.no_grad():", ...lines.map((line) => `    ${line}`)];
/** "d_opt@0.1" → "d_opt" */
const optimizerOf = (slice: string) => slice.slice(0, slice.lastIndexOf("@"));
