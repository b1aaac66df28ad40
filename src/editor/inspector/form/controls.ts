/** What every control of a form is given. */
import type { Field, Fields } from "../../../core/kind/fields.ts";
import type { Names } from "./names.ts";
import type { Writer } from "./writer.ts";

export interface ControlProps {
  readonly name: string;
  readonly field: Field<unknown>;
  /** As the document has it; undefined where it says nothing. */
  readonly written: unknown;
  /** What holds where nothing is written. */
  readonly absent: unknown;
  /** True where several nodes are shown that differ in this. */
  readonly mixed: boolean;
  readonly writer: Writer;
  readonly references: References;
  readonly names: Names;
  /** The id that the label points to. */
  readonly id: string;
  readonly labelId: string;
  readonly helpId: string;
}

/** The parameters of the block around, with their values; null outside of blocks. */
export type References = Readonly<Record<string, unknown>> | null;

export interface FieldRowProps {
  readonly name: string;
  readonly field: Field<unknown>;
  readonly written: unknown;
  readonly absent: unknown;
  readonly mixed: boolean;
  readonly writer: Writer;
  readonly references: References;
  readonly names: Names;
  /** Of a group: the fields in it, where the field itself does not say. */
  readonly members?: Fields;
  /** True where a problem is about this parameter. */
  readonly blamed?: boolean;
}
