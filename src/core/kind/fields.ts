/**
 * A field is one parameter of a node kind. A single declaration gives its TypeScript type, its default, its bounds,
 * its JSON Schema and what a form needs to draw it; `read` is the judge of a value that a person wrote.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonSchema = { readonly [key: string]: Json };

/** What a form draws for a field. */
export type Widget = "integer" | "number" | "switch" | "choice" | "pair" | "text" | "list" | "group";

/** What a kind says of a field besides its values. */
export interface Hints {
  /** A main parameter, which a node always shows: its bare value ("256"), or with its name ("stride 2"). */
  readonly brief?: "value" | "named";
  /** May change while training goes on, without a restart; said of a group, it holds for all its members. */
  readonly live?: true;
}

/** Where a number may lie; the judge is {@link Field.read}. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** True where the bounds themselves are not allowed. */
  readonly open?: boolean;
  /** An upper bound that is itself not allowed, where the lower one is. */
  readonly below?: number;
  /** What one press of an arrow key changes; 1 for integers. */
  readonly step?: number;
}

/** Whose names a text takes: a form offers those that there are. */
export type Namesake = "networks" | "dataSets" | "blocks" | "optimizers";

export interface Field<T> extends Hints {
  readonly widget: Widget;
  readonly default: T;
  readonly help: string;
  readonly schema: JsonSchema;
  /** What a valid value looks like, for people: "an integer of at least 1". */
  readonly wanted: string;
  /** The normalized value, or undefined where `value` is not valid. */
  read(value: unknown): T | undefined;
  /** The fields of a group. */
  readonly fields?: Fields;
  /** Of integers, numbers and both halves of a pair. */
  readonly bounds?: Bounds;
  /** Of a choice. */
  readonly options?: readonly string[];
  /** Of a list: what reads each member. */
  readonly member?: Field<unknown>;
  /** Of a list: what stands between its members where people read them. */
  readonly joint?: string;
  /** Of a text. */
  readonly of?: Namesake;
  /** True where null is a value too. */
  readonly optional?: true;
}

export type Fields = { readonly [name: string]: Field<unknown> };
export type Params<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
export type Pair = readonly [height: number, width: number];

type Declared<T> = { readonly default: T; readonly help: string } & Hints;

/** What every field takes over from its declaration, and nothing where it is not said. */
const said = <T>({ default: absent, help, brief, live }: Declared<T>) => ({
  default: absent,
  help,
  ...(brief && { brief }),
  ...(live && { live }),
});

const boundsOf = ({ min, max, open, below, step }: Bounds): Bounds => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
  ...(open !== undefined && { open }),
  ...(below !== undefined && { below }),
  ...(step !== undefined && { step }),
});

const bounded = (
  value: unknown,
  { min = -Infinity, max = Infinity, open = false, below = Infinity }: Bounds,
): value is number =>
  typeof value === "number" &&
  Number.isFinite(value) &&
  value < below &&
  (open ? value > min && value < max : value >= min && value <= max);

function range(noun: string, { min, max, open, below }: Bounds): string {
  if (below !== undefined) return `${noun} ${min === undefined ? "" : `of at least ${min} and `}below ${below}`;
  if (min !== undefined && max !== undefined) return `${noun} ${open ? "strictly " : ""}between ${min} and ${max}`;
  if (min !== undefined) return `${noun} ${open ? "above" : "of at least"} ${min}`;
  return max === undefined ? noun : `${noun} ${open ? "below" : "of at most"} ${max}`;
}

const limits = ({ min, max, open, below }: Bounds): JsonSchema => ({
  ...(min === undefined ? {} : { [open ? "exclusiveMinimum" : "minimum"]: min }),
  ...(max === undefined ? {} : { [open ? "exclusiveMaximum" : "maximum"]: max }),
  ...(below === undefined ? {} : { exclusiveMaximum: below }),
});

/** In a block any value may be the name of one of the block's parameters, as "$channels". */
export const parameterPattern = "^\\$[A-Za-z_][A-Za-z0-9_]*$";

export const integer = (declared: Declared<number> & Bounds): Field<number> => ({
  widget: "integer",
  ...said(declared),
  bounds: boundsOf({ step: 1, ...declared }),
  wanted: range("an integer", declared),
  schema: { type: "integer", ...limits(declared) },
  read: (value) => (Number.isSafeInteger(value) && bounded(value, declared) ? value : undefined),
});

export const number = (declared: Declared<number> & Bounds): Field<number> => ({
  widget: "number",
  ...said(declared),
  bounds: boundsOf(declared),
  wanted: range("a number", declared),
  schema: { type: "number", ...limits(declared) },
  read: (value) => (bounded(value, declared) ? value : undefined),
});

export const boolean = (declared: Declared<boolean>): Field<boolean> => ({
  widget: "switch",
  ...said(declared),
  wanted: "true or false",
  schema: { type: "boolean" },
  read: (value) => (typeof value === "boolean" ? value : undefined),
});

export const text = (declared: Declared<string> & { readonly of?: Namesake }): Field<string> => ({
  widget: "text",
  ...said(declared),
  ...(declared.of && { of: declared.of }),
  wanted: "a text",
  schema: { type: "string" },
  read: (value) => (typeof value === "string" ? value : undefined),
});

export const choice = <const T extends string>(options: readonly T[], declared: Declared<NoInfer<T>>): Field<T> => ({
  widget: "choice",
  ...said<T>(declared),
  options,
  wanted: `one of ${options.map((option) => `"${option}"`).join(", ")}`,
  schema: { enum: options },
  read: (value) => options.find((option) => option === value),
});

/** Height and width: one number serves both, as in PyTorch. Read as [height, width]. */
export const pair = (declared: Declared<number | Pair> & Bounds): Field<Pair> => {
  const extent = { type: "integer", ...limits(declared) };
  const valid = (value: unknown): value is number => Number.isSafeInteger(value) && bounded(value, declared);
  const read = (value: unknown): Pair | undefined => {
    if (valid(value)) return [value, value];
    return Array.isArray(value) && value.length === 2 && valid(value[0]) && valid(value[1])
      ? [value[0], value[1]]
      : undefined;
  };
  return {
    widget: "pair",
    ...said({ ...declared, default: read(declared.default)! }),
    bounds: boundsOf({ step: 1, ...declared }),
    wanted: `${range("an integer", declared)}, or [height, width]`,
    schema: { oneOf: [extent, { type: "array", items: extent, minItems: 2, maxItems: 2 }] },
    read,
  };
};

/** A list whose members are read by another field; people see them with `joint` between, a comma where it is left out. */
export const list = <T>(
  member: Field<T>,
  declared: Declared<readonly T[]> & { readonly least?: number; readonly most?: number; readonly joint?: string },
): Field<readonly T[]> => ({
  widget: "list",
  ...said(declared),
  member,
  ...(declared.joint && { joint: declared.joint }),
  wanted: `a list, each member ${member.wanted}`,
  schema: {
    type: "array",
    items: member.schema,
    ...(declared.least === undefined ? {} : { minItems: declared.least }),
    ...(declared.most === undefined ? {} : { maxItems: declared.most }),
  },
  read(value) {
    if (!Array.isArray(value) || value.length < (declared.least ?? 0) || value.length > (declared.most ?? Infinity))
      return undefined;
    const members = value.map((item) => member.read(item));
    return members.includes(undefined) ? undefined : (members as T[]);
  },
});

/** A field that may be null, meaning "left out". */
export const optional = <T>(field: Field<T>): Field<T | null> => ({
  ...field,
  optional: true,
  default: null,
  wanted: `${field.wanted}, or null`,
  schema: { anyOf: [field.schema, { type: "null" }] },
  read: (value) => (value === null ? null : field.read(value)),
});

/** Several fields under one name, such as `ema: {decay, start}`; members left out take their defaults. */
export const group = <F extends Fields>(fields: F, declared: Hints & { readonly help: string }): Field<Params<F>> => ({
  widget: "group",
  ...said({
    ...declared,
    default: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default])) as Params<F>,
  }),
  wanted: `an object with ${Object.entries(fields)
    .map(([name, field]) => `${name} (${field.wanted})`)
    .join(", ")}`,
  schema: {
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, describe(field)])),
    additionalProperties: false,
  },
  fields,
  read(value) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (Object.keys(value).some((name) => !Object.hasOwn(fields, name))) return undefined;
    const given = value as Record<string, unknown>;
    const members = Object.entries(fields).map(([name, field]) => [
      name,
      name in given ? field.read(given[name]) : field.default,
    ]);
    return members.some(([, member]) => member === undefined) ? undefined : (Object.fromEntries(members) as Params<F>);
  },
});

/** A field's schema with its help and default, as it stands in graph-schemas/. */
export const describe = (field: Field<unknown>): JsonSchema => ({
  ...field.schema,
  description: field.help,
  default: field.default as Json,
});
