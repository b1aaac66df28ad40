/** How a form writes: each field has a writer, and what a person types in one field is one entry of the history. */
import type { Edit } from "../../../core/document/edits.ts";
import type { Field } from "../../../core/kind/fields.ts";
import type { Entry, Studio } from "../../model/studio.ts";

export interface Writer {
  /** Undefined leaves the parameter out. While typing, entries merge until `seal`. */
  set(value: unknown, typing?: boolean): void;
  /** Typing may begin. */
  begin(): void;
  seal(): void;
  /** Takes back what was typed since `begin`. */
  restore(): void;
}

export interface Written {
  /** "Set kernel_size": what undo says. */
  readonly label: string;
  /** Tells this field from all others. */
  readonly key: string;
  edits(value: unknown): readonly Edit[];
}

export function writerOf(studio: Studio, { label, key, edits }: Written): Writer {
  let first: Entry | undefined;
  const last = (): Entry | undefined => studio.store.getState().past.at(-1);
  return {
    set: (value, typing = false) => studio.edit(label, edits(value), typing ? { merge: key } : {}),
    begin() {
      studio.seal();
      first = last();
    },
    seal: () => studio.seal(),
    restore() {
      const { past } = studio.store.getState();
      if (past.at(-1) !== first && past.at(-2) === first && past.at(-1)?.label === label) studio.undo();
    },
  };
}

/** Writes a parameter of nodes, of all of them alike. */
export const paramWriter = (studio: Studio, graph: string, nodes: readonly string[], param: string): Writer =>
  writerOf(studio, {
    label: `Set ${param}`,
    key: `param:${graph}/${nodes.join(",")}/${param}`,
    edits: (value) => nodes.map((node) => ({ do: "set-param", graph, node, param, value })),
  });

/** Writes one member of a group; a group that is all defaults then is left out. */
export function memberWriter(
  group: Writer,
  field: Pick<Field<unknown>, "optional">,
  name: string,
  current: () => Readonly<Record<string, unknown>>,
): Writer {
  return {
    ...group,
    set(value, typing) {
      const { [name]: _, ...others } = current();
      const changed = value === undefined ? others : { ...others, [name]: value };
      group.set(Object.keys(changed).length === 0 && !field.optional ? undefined : changed, typing);
    },
  };
}
