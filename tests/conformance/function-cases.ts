/**
 * What the loop runs those functions of the training graph on that give no loss: what comes out has a row for each sample, and
 * some of it is random. A case may go on for several steps, for functions that keep a state.
 */
import { accept, type PortType } from "../../src/core/kind/ports.ts";
import { isMisfit, type Misfit } from "../../src/core/kind/kind.ts";
import type { Fields, Params } from "../../src/core/kind/fields.ts";
import { functions } from "../../src/kinds/index.ts";
import type { Function } from "../../src/kinds/lowering.ts";
import { typeOf, type Parameters } from "./cases.ts";
import { classesOf, isDiscrete } from "./values.ts";

export interface FunctionCase {
  readonly kind: Function;
  readonly name: string;
  readonly params: Params<Fields>;
  readonly inputs: readonly FunctionInput[];
  readonly outputs: readonly PortType[];
  readonly batch: number;
  readonly steps: number;
}
export interface FunctionInput {
  readonly port: string;
  readonly type: PortType;
}

/** Types in the order of the ports, what is over at the variadic one; a batch of 3 and one step where they are not said. */
interface Written {
  readonly params?: Parameters;
  readonly inputs: readonly string[];
  readonly batch?: number;
  readonly steps?: number;
}

const images = { inputs: ["image[3,6,4]"] };
const written: Readonly<Record<string, readonly Written[]>> = {
  Concat: [
    { inputs: ["vector[3]", "vector[5]"] },
    { inputs: ["vector[1]", "vector[1]", "vector[2]"], batch: 1 },
    { inputs: ["image[3,5,3]", "image[1,5,3]"] },
    { inputs: ["image[1,1,1]", "image[2,1,1]"], batch: 1 },
  ],
  OneHot: [
    { inputs: ["label[5]"], batch: 6 },
    { inputs: ["label[2]"], batch: 1 },
    { inputs: ["label[1]"], batch: 2 },
  ],
  Shuffle: [
    { inputs: ["vector[3]"], batch: 7 },
    { inputs: ["vector[3]"], batch: 1 },
    { inputs: ["image[3,3,5]"], batch: 4 },
    { inputs: ["label[4]"], batch: 9 },
    { inputs: ["embedded[2,3]"], batch: 5 },
    { inputs: ["image[2,1,1]"], batch: 3 },
  ],
  Interpolate: [
    { inputs: ["vector[3]", "vector[3]"] },
    { inputs: ["image[3,3,5]", "image[3,3,5]"], batch: 4 },
    { inputs: ["image[1,1,1]", "image[1,1,1]"], batch: 1 },
    { inputs: ["embedded[2,3]", "embedded[2,3]"] },
    ...[0, 0.3, 1].map((mix) => ({ params: { mix }, inputs: ["vector[3]", "vector[3]"] })),
  ],
  Downsample: [
    images,
    { inputs: ["image[2,2,6]"], batch: 1 },
    { params: { factor: 1 }, inputs: ["image[3,1,3]"] },
    { params: { factor: 3 }, inputs: ["image[2,9,3]"] },
    { params: { factor: 4 }, inputs: ["image[5,4,8]"] },
  ],
  ImagePool: [
    { params: { pool_size: 0 }, inputs: ["image[2,3,2]"], steps: 2 },
    ...[1, 2, 5].map((batch) => ({ params: { pool_size: 3 }, inputs: ["image[2,3,1]"], batch, steps: 9 })),
    { params: { pool_size: 1 }, inputs: ["vector[2]"], batch: 2, steps: 5 },
    { params: { pool_size: 7 }, inputs: ["vector[2]"], batch: 4, steps: 6 },
    { params: { pool_size: 2 }, inputs: ["image[2,1,1]"], batch: 1, steps: 4 },
  ],
  Augment: [
    images,
    { inputs: ["image[3,9,11]"] },
    { inputs: ["image[1,1,1]"], batch: 2 },
    { inputs: ["image[4,5,1]"], batch: 1 },
    { inputs: ["vector[2]"] },
    { params: { translation: false, cutout: false }, ...images },
    { params: { color: false, cutout: false }, inputs: ["image[1,12,20]"] },
    { params: { color: false, translation: false }, inputs: ["image[1,7,6]"], batch: 6 },
    { params: { color: false, translation: false, cutout: false }, ...images },
  ],
  Reparameterize: [
    { inputs: ["vector[5]", "vector[5]"] },
    { inputs: ["vector[1]", "vector[1]"], batch: 1 },
    { inputs: ["image[2,3,5]", "image[2,3,5]"] },
    { inputs: ["image[2,1,1]", "image[2,1,1]"] },
  ],
};

/** Where PyTorch raises, or adds what was not meant: kind, parameters, inputs and the code of the misfit. */
export const refusedFunctions = [
  ["Downsample", {}, ["image[3,7,8]"], "param-value"],
  ["Downsample", { factor: 4 }, ["image[3,8,6]"], "param-value"],
  ["Downsample", {}, ["image[3,1,1]"], "param-value"],
  ["Interpolate", {}, ["image[3,7,8]", "image[3,8,7]"], "shapes-differ"],
  ["Interpolate", {}, ["vector[3]", "image[3,1,1]"], "shapes-differ"],
  ["Reparameterize", {}, ["vector[3]", "vector[4]"], "shapes-differ"],
  ["Concat", {}, ["image[3,7,8]", "image[3,8,7]"], "concat-shapes"],
  ["Concat", {}, ["image[3,7,8]", "vector[3]"], "concat-shapes"],
] as const;

/** Those that PyTorch's results are kept for. */
export const functionSeeds = [0, 1, 2];

/** Those that give more than losses. */
export const otherFunctions = (): Function[] =>
  [...functions.values()].filter(({ outputs }) => outputs.some(({ types }) => String(types) !== "loss"));

/** Throws where a kind has no case, or a case does not analyze: a new kind writes its own above. */
export function functionCasesOf(kind: Function): FunctionCase[] {
  const cases = written[kind.name];
  if (!cases) throw new Error(`function-cases.ts has no case of ${kind.name}`);
  return cases.map(({ params: given = {}, inputs: types, batch = 3, steps = 1 }) => {
    const params = paramsOf(kind, given);
    const inputs = wired(kind, types);
    const outputs = inferred(kind, params, inputs);
    const name = `${JSON.stringify(given)} of ${batch} ${types.join(", ")}`;
    if (isMisfit(outputs)) throw new Error(`${kind.name}, ${name}: ${outputs.misfit}`);
    return { kind, name, params, inputs, outputs, batch, steps };
  });
}

/** What a kind says to inputs that it may refuse. */
export const judged = (kind: Function, given: Parameters, types: readonly string[]): readonly PortType[] | Misfit =>
  inferred(kind, paramsOf(kind, given), wired(kind, types));

const paramsOf = (kind: Function, given: Parameters): Params<Fields> =>
  Object.fromEntries(
    Object.entries(kind.fields).map(([name, field]) => [name, name in given ? field.read(given[name]) : field.default]),
  );

const specOf = (kind: Function, index: number) => kind.inputs[Math.min(index, kind.inputs.length - 1)];

const wired = (kind: Function, types: readonly string[]): FunctionInput[] =>
  types.map((type, index) => {
    const { name, variadic } = specOf(kind, index);
    return { port: variadic ? `${name}.${index - kind.inputs.length + 1}` : name, type: typeOf(type) };
  });

const inferred = (kind: Function, params: Params<Fields>, inputs: readonly FunctionInput[]) =>
  kind.infer(params, acceptedBy(kind, inputs));

/** The types as the kind's ports see them: a vector may enter as an image. */
export const acceptedBy = (kind: Function, inputs: readonly FunctionInput[]): readonly PortType[] =>
  inputs.map(({ type }, index) => accept(specOf(kind, index), type)!);

/** The line that the recipe reads: PyTorch's text of the case, and what it is computed on. */
export const functionLine = ({ kind, name, params, inputs, outputs, batch, steps }: FunctionCase): string => {
  const taken = acceptedBy(kind, inputs);
  return JSON.stringify({
    name,
    batch,
    seeds: functionSeeds,
    steps,
    inputs: Object.fromEntries(
      inputs.map(({ port, type }, index) => [
        port,
        {
          shape: type.shape,
          ...(isDiscrete(type) ? { classes: classesOf(type) } : {}),
          ...(taken[index].type === type.type ? {} : { as: taken[index].shape }),
        },
      ]),
    ),
    outputs: Object.fromEntries(kind.outputs.map((port, index) => [port.name, outputs[index].shape])),
    definition: kind.lowering.definition,
    module: kind.lowering.module?.(params),
    forward: kind.lowering.pytorch(
      params,
      inputs.map(({ port }) => `x["${port}"]`),
      outputs,
    ),
  });
};
