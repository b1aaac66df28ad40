/** What the loop runs every function of the training graph on: derived from its ports and fields as for layers. */
import { isMisfit } from "../../src/core/kind/kind.ts";
import { loss, type PortSpec, type PortType } from "../../src/core/kind/ports.ts";
import type { Field, Fields, Json, Params } from "../../src/core/kind/fields.ts";
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
}
export interface LossInput {
  readonly port: string;
  readonly type: PortType;
  readonly domain: Domain;
}

/** Parameters that cannot be derived. */
const parameters: Readonly<Record<string, readonly Parameters[]>> = {
  WeightedSum: [{ weights: [0.5] }, { weights: [2, -0.25] }, { weights: [1, 10, 0] }],
};

/** Scores of a batch: one, several features, the image of one pixel that a convolutional critic ends with, patches. */
const scores = ["vector[1]", "vector[5]", "image[1,1,1]", "image[1,3,2]"].map(typeOf);

export function lossCasesOf(kind: Function): LossCase[] {
  const cases = new Map<string, LossCase>();
  for (const params of combinations(kind))
    for (const types of wirings(kind)) {
      const read = Object.fromEntries(Object.entries(kind.fields).map(([name, field]) => [name, name in params ? field.read(params[name]) : field.default])) as Params<Fields>; // prettier-ignore
      const given = types.map((input) => input?.type ?? null);
      if (isMisfit(kind.infer(read, given))) continue;
      const name = [JSON.stringify(params), types.map((input) => `${input?.port ?? "-"} ${input ? `${input.type.type}[${input.type.shape.join(",")}]` : ""}`.trim()).join(", ")].join(" of "); // prettier-ignore
      cases.set(name, { kind, name, params: read, inputs: types, batch: 3 });
    }
  return [...cases.values()];
}

/** Every choice with every other, and each number at its default and at another value. */
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
  return field.widget === "number" ? [undefined, ...[0, 0.3].filter((value) => value !== field.default)] : [undefined];
}

function wirings(kind: Function): (LossInput | null)[][] {
  const variadic = kind.inputs.find((port) => port.variadic);
  const base = kind.inputs.some((port) => port.types.includes("loss")) ? [loss] : scores;
  const counts = variadic
    ? [variadic.variadic!.least, variadic.variadic!.least + 1, variadic.variadic!.least + 2]
    : [1];
  const full = base.flatMap((type) =>
    counts.map((count) =>
      kind.inputs.flatMap((port) =>
        port.variadic
          ? Array.from({ length: count }, (_, index) => ({
              port: `${port.name}.${index}`,
              type,
              domain: domainOf(port),
            }))
          : [{ port: port.name, type, domain: domainOf(port) }],
      ),
    ),
  );
  const optional = new Set(kind.inputs.filter((port) => port.optional).map((port) => port.name));
  const bare =
    optional.size > 0 ? full.map((inputs) => inputs.map((input) => (optional.has(input.port) ? null : input))) : [];
  return [...full, ...bare];
}

const domainOf = (port: PortSpec): Domain => (port.probabilities ? "probability" : "normal");

export const lossLine = ({ kind, name, params, inputs, batch }: LossCase): string =>
  JSON.stringify({
    name,
    loss: kind.lowering.pytorch(
      params,
      inputs.map((input) => input && `x["${input.port}"]`),
    ),
    seeds: [0, 1, 2],
    passes: ["eval"],
    params,
    inputs: Object.fromEntries(
      inputs.flatMap((input) => (input ? [[input.port, { shape: input.type.type === "loss" ? [] : [batch, ...input.type.shape], ...(input.domain === "normal" ? {} : { domain: input.domain }) }]] : [])), // prettier-ignore
    ),
  });
