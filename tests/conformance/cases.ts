/**
 * What the conformance loop runs every layer kind on. A kind is picked up by being in the vocabulary: its default case and
 * most odd ones are derived from its ports and fields; `extras/` adds what cannot be derived.
 */
import type { Field, Json } from "../../src/core/kind/fields.ts";
import {
  parseType,
  printType,
  sizeOf,
  type PortKind,
  type PortSpec,
  type PortType,
} from "../../src/core/kind/ports.ts";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import { elements } from "../../src/core/program/weights.ts";
import { layers } from "../../src/kinds/index.ts";
import type { Layer } from "../../src/kinds/lowering.ts";
import { extras } from "./extras/index.ts";
import type { Extra } from "./extras/types.ts";
import { understand } from "./document.ts";
import type { Domain } from "./values.ts";

export interface Case {
  readonly kind: Layer;
  /** Unique within the kind. */
  readonly name: string;
  /** As a person writes them; what is left out takes its default. */
  readonly params: Parameters;
  readonly inputs: readonly CaseInput[];
  readonly batch: number;
  /** Those that PyTorch's results are kept for. */
  readonly seeds: readonly number[];
  /** With default parameters: these run in the long checks as well. */
  readonly leading: boolean;
}
export interface CaseInput {
  /** The Input node's name: "x", or "x0", "x1" where there are several. */
  readonly id: string;
  /** "in", or "in.0" where variadic. */
  readonly port: string;
  readonly type: PortType;
  readonly domain: Domain;
}
export type Parameters = Readonly<Record<string, Json>>;

export const allCases = (): Case[] => [...layers.values()].flatMap(casesOf);

export function casesOf(kind: Layer): Case[] {
  const cases = new Map<string, Case>();
  const add = (
    name: string,
    params: Parameters,
    types: readonly PortType[] | null,
    options: Partial<Case> = {},
  ): boolean => {
    if (!types || cases.has(name)) return false;
    const candidate: Case = {
      kind,
      name,
      params,
      inputs: wired(kind, types, params),
      batch: 3,
      seeds: [0],
      leading: false,
      ...options,
    };
    const { program, complaints } = understand(candidate);
    if (!program || complaints.length > 0) return false;
    cases.set(name, valuesIn(program, candidate.batch) <= cheap ? { ...candidate, seeds: [0, 1, 2] } : candidate);
    return true;
  };

  const choices = (kind.inputs[0]?.types ?? []).filter(statable);
  for (const type of choices) {
    const name = choices.length === 1 ? "default" : `default, ${type}`;
    rungs.some((size) => add(name, {}, typesOf(kind, type, size), { leading: true }));
  }
  if (kind.inputs.length === 0) add("default", {}, [], { leading: true });
  const [first] = cases.values();
  if (first) {
    const types = first.inputs.map((input) => input.type);
    const small = fits({ ...first, params: smaller(kind) }) ? smaller(kind) : {};
    add("batch of 1", small, types, { batch: 1 });
    add("odd sizes", small, typesOf(kind, choices[0], odd));
    add("one pixel", small, typesOf(kind, choices[0], onePixel));
    if (kind.inputs.every((port) => !port.types.includes("vector")))
      add("a vector as an image", small, typesOf(kind, "vector", rungs[0]));
    if (kind.inputs.some((port) => port.variadic)) add("one input more", small, typesOf(kind, choices[0], rungs[0], 1));
    for (const [name, field] of Object.entries(kind.fields))
      for (const attempts of trials(field))
        attempts.some((value) => add(`${name} ${JSON.stringify(value)}`, { ...small, [name]: value }, types));
  }
  for (const extra of extras[kind.name] ?? [])
    if (!add(extra.name, extra.params ?? {}, extra.inputs.map(typeOf), { batch: extra.batch ?? 3 }))
      throw new Error(
        `the case "${extra.name}" of ${kind.name} in extras/ is a second of its name, or does not analyze`,
      );
  if (![...cases.values()].some(({ leading }) => leading))
    throw new Error(`no default input fits the default parameters of ${kind.name}: add a size to rungs in cases.ts`);
  return [...cases.values()];
}

/** "image[3,5,4]" */
export function typeOf(written: string): PortType {
  const type = parseType(written);
  if (!type || printType(type) !== written) throw new Error(`${written} is no type`);
  return type;
}

/** The inputs of a kind for types in the order of its ports; what is over goes to the variadic port. */
export function wired(kind: Layer, types: readonly PortType[], params: Parameters = {}): CaseInput[] {
  const fixed = kind.inputs.length - 1;
  const whole = Object.fromEntries(
    Object.entries(kind.fields).map(([name, field]) => [
      name,
      name in params ? field.read(params[name]) : field.default,
    ]),
  );
  return types.map((type, index) => {
    const port = kind.inputs[Math.min(index, fixed)];
    return {
      id: types.length === 1 ? "x" : `x${index}`,
      port: port.variadic ? `${port.name}.${index - fixed}` : port.name,
      type,
      domain: port.positive?.(whole) ? "positive" : "normal",
    };
  });
}

export const refusalCase = (kind: Layer, { name, params = {}, inputs, batch = 3 }: Extra): Case => ({
  kind,
  name,
  params,
  inputs: wired(kind, inputs.map(typeOf), params),
  batch,
  seeds: [0],
  leading: false,
});

const fits = (candidate: Case): boolean => {
  const { program, complaints } = understand(candidate);
  return program !== null && complaints.length === 0;
};

/** Cases of so few values run on three seeds; others would make the fixtures large. */
const cheap = 300;
const valuesIn = ({ inputs, instructions, outputs }: NetworkProgram, batch: number): number =>
  [...inputs, ...outputs].reduce((sum, { type }) => sum + batch * sizeOf(type), 0) +
  instructions.flatMap((each) => each.weights).reduce((sum, { shape }) => sum + elements(shape), 0);

/** Sizes in the order of trying: the first that a kind's defaults accept is its default case. */
type Size = Readonly<Partial<Record<PortKind, readonly number[]>>>;
const rungs: readonly Size[] = [
  { image: [4, 5, 4], vector: [6], label: [5], tokens: [4], embedded: [3, 4] },
  { image: [8, 8, 8], vector: [16], label: [5], tokens: [8], embedded: [4, 8] },
  { image: [32, 8, 8], vector: [64], label: [5], tokens: [16], embedded: [8, 32] },
  { image: [3, 32, 32], vector: [256], label: [5], tokens: [32], embedded: [16, 64] },
];
const odd: Size = { image: [3, 7, 5], vector: [7], label: [3], tokens: [5], embedded: [5, 7] };
const onePixel: Size = { image: [4, 1, 1], vector: [1], tokens: [1], embedded: [1, 1] };

/** The types that an Input node can state. */
const statable = (type: PortKind): boolean => rungs[0][type] !== undefined;

/** A type for every port, `type` wherever it is accepted; null where a port takes nothing of this size. */
function typesOf(kind: Layer, type: PortKind, size: Size, more = 0): PortType[] | null {
  const types = kind.inputs.flatMap((port) => {
    const chosen =
      port.types.includes(type) || (type === "vector" && port.types.includes("image"))
        ? type
        : port.types.find(statable);
    const shape = chosen && size[chosen];
    const one =
      chosen && shape
        ? chosen === "label"
          ? { type: chosen, shape: [], classes: shape[0] }
          : { type: chosen, shape }
        : null;
    return Array.from({ length: copies(port, more) }, () => one);
  });
  return types.every((each) => each !== null) ? types : null;
}
const copies = ({ variadic }: PortSpec, more: number): number => (variadic ? Math.max(1, variadic.least) + more : 1);

/** Integers whose defaults are meant for real networks, cut to what is quick to compute and small to store. */
const smaller = (kind: Layer): Parameters =>
  Object.fromEntries(
    Object.entries(kind.fields).flatMap(([name, field]) =>
      field.widget === "integer" && Number(field.default) > 8 ? [[name, 4]] : [],
    ),
  );

/** Lists of values that differ from a field's default; of each list the first that fits makes a case. */
function trials(field: Field<unknown>): Json[][] {
  const own = ((): Json[][] => {
    switch (field.widget) {
      case "switch":
        return [[field.default !== true]];
      case "choice":
        return ((field.schema.enum ?? []) as Json[]).map((option) => [option]);
      case "number":
        return [[0.3, 2]];
      case "integer":
        return [[2, 3, 1]];
      case "pair":
        return [[[2, 3], [1, 2], [1, 0], [0, 1]], [[1, 0], [2, 1]]]; // prettier-ignore
      default:
        return [];
    }
  })();
  const differs = (value: Json) =>
    field.read(value) !== undefined && JSON.stringify(field.read(value)) !== JSON.stringify(field.default);
  return own.map((values) => values.filter(differs));
}
