/** The form of a kind's parameters: a row for each field, in the order in which the kind declares them. */
import type { Fields } from "../../../core/kind/fields.ts";
import type { References } from "./controls.ts";
import { FieldRow } from "./FieldRow.tsx";
import styles from "./Form.module.css";
import type { Names } from "./names.ts";
import type { Writer } from "./writer.ts";

export interface FormProps {
  readonly label: string;
  readonly fields: Fields;
  readonly written: Readonly<Record<string, unknown>>;
  /** Parameters that several nodes have, and not alike. */
  readonly mixed?: ReadonlySet<string>;
  /** What holds where a parameter is left out, if it is not the field's default. */
  readonly absent?: Readonly<Record<string, unknown>>;
  /** Fields of groups that do not say themselves what is in them. */
  readonly members?: Readonly<Record<string, Fields>>;
  readonly blamed?: ReadonlySet<string>;
  readonly references: References;
  readonly names: Names;
  writer(param: string): Writer;
}

export function Form({ label, fields, written, mixed, absent, members, blamed, references, names, writer }: FormProps) {
  return (
    <div className={styles.form} role="group" aria-label={label}>
      {Object.entries(fields).map(([name, field]) => (
        <FieldRow
          key={name}
          name={name}
          field={field}
          written={Object.hasOwn(written, name) ? written[name] : undefined}
          absent={field.default ?? absent?.[name] ?? null}
          mixed={mixed?.has(name) ?? false}
          writer={writer(name)}
          references={references}
          names={names}
          members={members?.[name]}
          blamed={blamed?.has(name)}
        />
      ))}
    </div>
  );
}
