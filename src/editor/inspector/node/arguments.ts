/**
 * What a block takes, as fields: its parameters have names and defaults alone, so where a node inside takes one, that
 * node's own field tells what it may be and what it is for.
 */
import { graphOf, type GanDocument, type GraphName } from "../../../core/document/types.ts";
import { boolean, list, number, text, type Field, type Fields } from "../../../core/kind/fields.ts";
import type { Vocabulary } from "../../../core/kind/kind.ts";

export function blockFields(document: GanDocument, block: GraphName, vocabulary: Vocabulary): Fields {
  const graph = graphOf(document, block);
  const params = (graph as { readonly params?: Readonly<Record<string, unknown>> } | undefined)?.params ?? {};
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const uses = usesOf(name);
      const fitting = uses.find(({ field }) => field.read(value) !== undefined)?.field ?? plainField(value);
      const help = uses.length === 0 ? "Nothing in the block takes it" : `Taken as ${places(uses)}`;
      return [name, { ...fitting, default: value, help } satisfies Field<unknown>];
    }),
  );

  function usesOf(name: string): readonly Use[] {
    return Object.entries(graph?.nodes ?? {}).flatMap(([node, { kind, params: given }]) =>
      Object.entries(given ?? {}).flatMap(([param, value]): Use[] => {
        const field = (vocabulary.network.get(kind)?.fields as Fields | undefined)?.[param];
        return field && value === `$${name}` ? [{ node, param, field }] : [];
      }),
    );
  }
}

interface Use {
  readonly node: string;
  readonly param: string;
  readonly field: Field<unknown>;
}

const mentioned = 3;
function places(uses: readonly Use[]): string {
  const named = uses.slice(0, mentioned).map(({ node, param }) => `${node}.${param}`);
  return uses.length > mentioned ? `${named.join(", ")} and ${uses.length - mentioned} more` : named.join(", ");
}

/** A field for a value that nothing describes. */
function plainField(value: unknown): Field<unknown> {
  const help = "";
  if (typeof value === "number") return number({ default: value, help });
  if (typeof value === "boolean") return boolean({ default: value, help });
  if (Array.isArray(value) && value.every((member) => typeof member === "number"))
    return list(number({ default: 0, help }), { default: value as number[], help });
  return text({ default: typeof value === "string" ? value : JSON.stringify(value), help });
}
