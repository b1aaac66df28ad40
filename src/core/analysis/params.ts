/** Reads a node's parameters by its kind's fields: what is invalid becomes a diagnostic and takes its default. */
import type { NodeDeclaration } from "../document/types.ts";
import { parameterPattern, type Fields, type Params } from "../kind/fields.ts";
import { brief, diagnose, nearest, type Diagnostic, type Place } from "./diagnostics.ts";

/** Values of the enclosing block's parameters; null outside blocks, where "$name" has no meaning. */
export type Bindings = Readonly<Record<string, unknown>> | null;

export function readParams<F extends Fields>(
  kind: { readonly name: string; readonly fields: F },
  declaration: NodeDeclaration,
  bindings: Bindings,
  at: Place,
  report: (diagnostic: Diagnostic) => void,
): Params<F> {
  const given = declaration.params ?? {};
  for (const param of Object.keys(given))
    if (!Object.hasOwn(kind.fields, param)) {
      const near = nearest(param, Object.keys(kind.fields));
      report(diagnose("unknown-param", { ...at, param }, { kind: kind.name, param, near }, removal(at, param)));
    }
  const read = Object.entries(kind.fields).map(([param, field]) => {
    if (!Object.hasOwn(given, param)) return [param, field.default];
    const bound = bind(given[param], bindings);
    if (bound.unbound) {
      report(diagnose("param-unbound", { ...at, param }, { param, name: bound.unbound }));
      return [param, field.default];
    }
    const value = field.read(bound.value);
    if (value !== undefined) return [param, value];
    const facts = { param, found: brief(bound.value), wanted: field.wanted };
    report(diagnose("param-value", { ...at, param }, facts, removal(at, param)));
    return [param, field.default];
  });
  return Object.fromEntries(read) as Params<F>;
}

/** Puts the block's own parameters in the place of "$name", also inside lists and objects. */
export function bind(value: unknown, bindings: Bindings): { value: unknown; unbound?: string } {
  if (!bindings) return { value };
  if (typeof value === "string" && new RegExp(parameterPattern).test(value)) {
    const name = value.slice(1);
    return Object.hasOwn(bindings, name) ? { value: bindings[name] } : { value, unbound: name };
  }
  if (typeof value !== "object" || value === null) return { value };
  const entries = Object.entries(value).map(([key, member]) => [key, bind(member, bindings)] as const);
  const unbound = entries.find(([, member]) => member.unbound)?.[1].unbound;
  const members = entries.map(([key, member]) => [key, member.value] as const);
  return { value: Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members), unbound };
}

const removal = ({ graph, node }: Place, param: string) =>
  graph && node
    ? {
        title: `Remove ${param}, so that its default applies`,
        edits: [{ do: "set-param", graph, node, param, value: undefined } as const],
      }
    : undefined;
