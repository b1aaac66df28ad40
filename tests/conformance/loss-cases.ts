/** What the loop runs every loss of the training graph on: derived from its ports and fields as for layers. */
import { isMisfit } from "../../src/core/kind/kind.ts";
import { label, loss, vector, type PortSpec, type PortType } from "../../src/core/kind/ports.ts";
import type { Field, Fields, Json, Params } from "../../src/core/kind/fields.ts";
import { functions } from "../../src/kinds/index.ts";
import type { Function } from "../../src/kinds/lowering.ts";
import { typeOf, type Parameters } from "./cases.ts";
import type { Domain } from "./values.ts";

export interface LossCase {
  readonly kind: Function;
  readonly name: string;
  readonly params: Params<Fields>;
  /** In the order of the kind's ports; null where an optional one has no wire. */
  readonly inputs: readonly (LossInput | null)[];
  readonly batch: number;
  readonly seeds: readonly number[];
}
export interface LossInput {
  readonly port: string;
  readonly type: PortType;
  readonly domain: Domain;
  /** The input of a penalty that this one is a function of: ½ Σ x³ for each sample (`cubes`), whose gradient is 1½ x². */
  readonly cubesOf: string | null;
}

/** The functions that give losses and nothing else. */
export const losses = (): Function[] =>
  [...functions.values()].filter(({ outputs }) => outputs.every(({ types }) => String(types) === "loss"));

/** Parameters that cannot be derived. */
const parameters: Readonly<Record<string, readonly Parameters[]>> = {
  WeightedSum: [{ weights: [0.5] }, { weights: [2, -0.25] }, { weights: [1, 10, 0] }],
};

/** Scores and values of a batch: one, several, the image of one pixel that a convolutional critic ends with, an image. */
const shapes = ["vector[1]", "vector[5]", "image[1,1,1]", "image[2,3,5]"].map(typeOf);
/** One sample alone, where one pixel is all of it. */
const batchOf = (types: readonly (LossInput | null)[]): number =>
  types.some((input) => input && String(input.type.shape) === "1,1,1") ? 1 : 3;

/** Several for what is neither one value nor many: more would make the fixtures large. */
const seedsOf = (types: readonly (LossInput | null)[]): readonly number[] =>
  types.some((input) => input && ["", "5"].includes(String(input.type.shape))) ? [0, 1, 2] : [0];

export function lossCasesOf(kind: Function): LossCase[] {
  const cases = new Map<string, LossCase>();
  for (const params of combinations(kind)) {
    const read = Object.fromEntries(Object.entries(kind.fields).map(([name, field]) => [name, name in params ? field.read(params[name]) : field.default])) as Params<Fields>; // prettier-ignore
    for (const types of wirings(kind, read)) {
      const given = types.map((input) => input?.type ?? null);
      if (isMisfit(kind.infer(read, given))) continue;
      const name = [JSON.stringify(params), types.map((input) => `${input?.port ?? "-"} ${input ? `${input.type.type}[${input.type.shape.join(",")}]` : ""}`.trim()).join(", ")].join(" of "); // prettier-ignore
      cases.set(name, { kind, name, params: read, inputs: types, batch: batchOf(types), seeds: seedsOf(types) });
    }
  }
  const all = [...cases.values()];
  const several = all.find(({ inputs }) => inputs.some((input) => String(input?.type.shape) === "5"));
  if (!several || all.some(({ batch }) => batch === 1)) return all;
  return [...all, { ...several, name: `${several.name}, batch of 1`, batch: 1 }];
}

/** Every choice with every other, and each number at its default and at other values. */
function combinations(kind: Function): Parameters[] {
  const derived = Object.entries(kind.fields).reduce<Parameters[]>(
    (some, [name, field]) =>
      some.flatMap((params) =>
        options(field).map((value) => (value === undefined ? params : { ...params, [name]: value })),
      ),
    [{}],
  );
  return [...derived, ...(parameters[kind.name] ?? [])];
}

/** Undefined stands for the default. */
function options(field: Field<unknown>): (Json | undefined)[] {
  if (field.widget === "choice") return (field.schema.enum ?? []) as Json[];
  const others = { number: [0, 0.3], integer: [1, 2] }[field.widget as string] ?? [];
  return [undefined, ...others.filter((value) => value !== field.default && field.read(value) !== undefined)];
}

function wirings(kind: Function, params: Params<Fields>): (LossInput | null)[][] {
  const variadic = kind.inputs.find((port) => port.variadic);
  const counts = variadic ? [0, 1, 2].map((more) => variadic.variadic!.least + more) : [1];
  const base = kind.inputs.some((port) => port.types.includes("loss")) ? [loss] : shapes;
  const full = base.flatMap((type) =>
    counts.map((count) =>
      kind.inputs.flatMap((port) =>
        Array.from({ length: port.variadic ? count : 1 }, (_, index) => inputOf(kind, port, index, type, params)),
      ),
    ),
  );
  const fitting = full.filter((inputs) => !inputs.includes(null)) as LossInput[][];
  const optional = new Set(kind.inputs.filter((port) => port.optional).map((port) => port.name));
  const bare = fitting.map((inputs) => inputs.map((input) => (optional.has(input.port) ? null : input)));
  return optional.size > 0 ? [...fitting, ...bare] : fitting;
}

/** The input at a port; labels have as many classes as a vector has features. Null where the port takes no such type. */
function inputOf(
  kind: Function,
  port: PortSpec,
  index: number,
  type: PortType,
  params: Params<Fields>,
): LossInput | null {
  const penalized = kind.differentiates?.output === port.name;
  const given = penalized ? vector(1) : port.types.includes("label") ? label(type.shape[0]) : type;
  if (!port.types.includes(given.type)) return null;
  return {
    port: port.variadic ? `${port.name}.${index}` : port.name,
    type: given,
    domain: port.probabilities ? "probability" : port.positive?.(params) ? "positive" : "normal",
    cubesOf: penalized ? kind.differentiates!.wrt : null,
  };
}

export const lossLine = ({ kind, name, params, inputs, batch, seeds }: LossCase): string =>
  JSON.stringify({
    name,
    loss: kind.lowering.pytorch(
      params,
      inputs.map(
        (input) =>
          input && (input.cubesOf ? `0.5 * (x["${input.cubesOf}"] ** 3).flatten(1).sum(1)` : `x["${input.port}"]`),
      ),
      [loss],
    ),
    seeds,
    passes: ["eval"],
    params,
    inputs: Object.fromEntries(
      inputs.flatMap((input) => {
        if (!input || input.cubesOf) return [];
        const { port, type, domain } = input;
        const shape = type.type === "loss" ? [] : [batch, ...type.shape];
        return [[port, { shape, ...(domain === "normal" ? {} : { domain }), ...(type.classes && { classes: type.classes }) }]]; // prettier-ignore
      }),
    ),
  });
