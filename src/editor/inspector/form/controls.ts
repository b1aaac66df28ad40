/** What rows and controls of a form are given. */
import type { Field, Fields } from "../../../core/kind/fields.ts";
import type { Names } from "./names.ts";
import type { Writer } from "./writer.ts";

/** A parameter, what is written for it, and how to write. */
interface Parameter {
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
}

export interface ControlProps extends Parameter {
  /** The id that the label points to. */
  readonly id: string;
  readonly labelId: string;
  readonly helpId: string;
}

/** The parameters of the block around, with their values; null outside of blocks. */
export type References = Readonly<Record<string, unknown>> | null;

export interface FieldRowProps extends Parameter {
  /** Of a group: the fields in it, where the field itself does not say. */
  readonly members?: Fields;
  /** True where a problem is about this parameter. */
  readonly blamed?: boolean;
}
