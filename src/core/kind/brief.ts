/**
 * A node's parameters in one short line beside its title: the main ones always, the others where they differ from their
 * defaults. It is made of what a person wrote, so nothing in it need be valid.
 */
import { exact } from "./display.ts";
import { parameterPattern, type Field, type Fields, type Params } from "./fields.ts";
import type { NodeKind } from "./kind.ts";

/** "128, 4×4, stride 2"; empty where there is nothing to say. Never throws: what cannot be read is shown as it is. */
export function briefOf(kind: NodeKind, written: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(kind.fields).map(([name, field]) => parameter(name, field, written));
  if (kind.brief && given.every(({ value }) => value !== undefined))
    return kind.brief(Object.fromEntries(given.map(({ name, value }) => [name, value])) as Params<Fields>);
  return given
    .map((each) => words(each))
    .filter((some) => some !== "")
    .join(", ");
}

interface Parameter {
  readonly name: string;
  readonly field: Field<unknown>;
  readonly written: unknown;
  /** Undefined where it cannot be read, or is a parameter of a block. */
  readonly value: unknown;
}

function parameter(name: string, field: Field<unknown>, params: Readonly<Record<string, unknown>>): Parameter {
  if (!Object.hasOwn(params, name) || params[name] === undefined)
    return { name, field, written: field.default, value: field.default };
  const written = params[name];
  return { name, field, written, value: isReference(written) ? undefined : field.read(written) };
}

const isReference = (value: unknown): boolean => typeof value === "string" && new RegExp(parameterPattern).test(value);

function words({ name, field, written, value }: Parameter): string {
  const shown = value === undefined ? cut(valueText(written, field)) : valueText(value, field);
  if (field.brief === "value" || shown === "") return shown;
  if (field.brief !== "named" && value !== undefined && shown === valueText(field.default, field)) return "";
  if (typeof value === "boolean") return value ? name : `no ${name}`;
  const square = field.widget === "pair" && Array.isArray(value) && value[0] === value[1];
  return `${name} ${square ? valueText(value[0], {}) : shown}`;
}

/** A value as a node shows it: [4, 4] of a pair is "4×4", an object its members in a row, null nothing. */
function valueText(value: unknown, field: Partial<Field<unknown>>, depth = 0): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return exact(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "object" || value === null) return "";
  if (depth > 2) return "…";
  if (Array.isArray(value)) {
    const joint = field.widget === "pair" ? "×" : (field.joint ?? ", ");
    return value.map((member) => valueText(member, field.member ?? {}, depth + 1)).join(joint);
  }
  return Object.entries(value)
    .map(([name, member]) => `${name} ${valueText(member, field.fields?.[name] ?? {}, depth + 1)}`)
    .join(" ");
}

/** What cannot be read may be of any length. */
const longest = 24;
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
