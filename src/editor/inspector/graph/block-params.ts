/** A block's parameters changed, with all that speaks of them: "$name" inside, and arguments where the block stands. */
import type { Edit } from "../../../core/document/edits.ts";
import { asRecord, own } from "../../../core/document/layout.ts";
import { graphOf, type GanDocument, type GraphName } from "../../../core/document/types.ts";
import { kindIn } from "../../../core/editing/ports.ts";
import { standIns } from "../../../core/editing/rename.ts";
import { parameterPattern, type Fields } from "../../../core/kind/fields.ts";
import type { Vocabulary } from "../../../core/kind/kind.ts";

type Params = Readonly<Record<string, unknown>>;

const paramsOf = (document: GanDocument, block: GraphName): Params =>
  asRecord((graphOf(document, block) as { readonly params?: unknown } | undefined)?.params);

const part = (block: GraphName, value: Params): Edit => ({
  do: "set-graph-part",
  graph: block,
  part: "params",
  value: Object.keys(value).length === 0 ? undefined : value,
});

/** Why a parameter cannot be called so; null where it can. */
export function judgeParam(document: GanDocument, block: GraphName, name: string): string | null {
  if (!new RegExp(parameterPattern).test(`$${name}`))
    return `"${name}" is no name for a parameter: use letters, digits and "_", and no digit first.`;
  return own(paramsOf(document, block), name) === undefined ? null : `${name} is taken already. Choose another name.`;
}

/** A new one under a free name, worth what channels often are. */
export function addParam(document: GanDocument, block: GraphName): readonly Edit[] {
  const params = paramsOf(document, block);
  const taken = (name: string) => Object.hasOwn(params, name);
  let name = "channels";
  for (let count = 2; taken(name); count++) name = `channels${count}`;
  return [part(block, { ...params, [name]: 64 })];
}

export const setParam = (document: GanDocument, block: GraphName, name: string, value: unknown): readonly Edit[] => [
  part(block, { ...paramsOf(document, block), [name]: value }),
];

/** The name changes in its place, in the nodes inside, and in what is given wherever the block stands. */
export function renameParam(
  document: GanDocument,
  block: GraphName,
  name: string,
  to: string,
  vocabulary: Vocabulary,
): readonly Edit[] {
  const params = Object.fromEntries(
    Object.entries(paramsOf(document, block)).map(([key, value]) => [key === name ? to : key, value]),
  );
  return [
    part(block, params),
    ...inside(document, block, `$${name}`, `$${to}`),
    ...arguments_(document, block, vocabulary, (given) =>
      Object.fromEntries(Object.entries(given).map(([key, value]) => [key === name ? to : key, value])),
    ),
  ];
}

/** Nodes inside get the value that the parameter had by default; what is given elsewhere goes. */
export function removeParam(
  document: GanDocument,
  block: GraphName,
  name: string,
  vocabulary: Vocabulary,
): readonly Edit[] {
  const { [name]: value, ...params } = paramsOf(document, block);
  return [
    part(block, params),
    ...inside(document, block, `$${name}`, value),
    ...arguments_(document, block, vocabulary, ({ [name]: _, ...given }) => given),
  ];
}

/** Every parameter of a node inside that holds the reference, at any depth, with another value in its place. */
function inside(document: GanDocument, block: GraphName, reference: string, value: unknown): readonly Edit[] {
  return Object.entries(graphOf(document, block)?.nodes ?? {}).flatMap(([node, { params }]) =>
    Object.entries(params ?? {}).flatMap(([param, given]): Edit[] => {
      const next = swapped(given, reference, value);
      return next === given ? [] : [{ do: "set-param", graph: block, node, param, value: next }];
    }),
  );
}

function swapped(given: unknown, reference: string, value: unknown): unknown {
  if (given === reference) return value;
  if (typeof given !== "object" || given === null || !JSON.stringify(given).includes(JSON.stringify(reference))) return given; // prettier-ignore
  if (Array.isArray(given)) return given.map((member) => swapped(member, reference, value));
  return Object.fromEntries(Object.entries(given).map(([key, member]) => [key, swapped(member, reference, value)]));
}

function arguments_(
  document: GanDocument,
  block: GraphName,
  vocabulary: Vocabulary,
  change: (given: Params) => Params,
): readonly Edit[] {
  return standIns({ document, vocabulary }, block).flatMap(({ graph, node }) => {
    const declaration = own(graphOf(document, graph)?.nodes ?? {}, node);
    const fields = declaration && (kindIn(vocabulary, graph, declaration.kind)?.fields as Fields | undefined);
    return Object.entries(fields ?? {}).flatMap(([param, field]): Edit[] => {
      const given = own(declaration?.params ?? {}, param);
      if (field.widget !== "group" || Object.keys(field.fields ?? {}).length > 0 || given === undefined) return [];
      const next = change(asRecord(given));
      if (JSON.stringify(next) === JSON.stringify(given)) return [];
      return [{ do: "set-param", graph, node, param, value: Object.keys(next).length === 0 ? undefined : next }];
    });
  });
}
