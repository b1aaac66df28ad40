/** A box for a number, a text, or a list that is written in a row. */
import { useDraft } from "./useDraft.ts";
import { textOf } from "./text.ts";
import type { ControlProps } from "./controls.ts";
import { Fault } from "./Fault.tsx";
import styles from "./Form.module.css";

export function TextBox(props: ControlProps & { readonly label?: string; readonly bare?: boolean }) {
  const { field, written, absent, mixed, id, helpId, label, bare } = props;
  const references = props.references && Object.keys(props.references);
  const { text, fault, box } = useDraft({ ...props, written: mixed ? undefined : written, references });
  const faultId = `${id}-fault`;
  const numeric = field.widget === "integer" || field.widget === "number";
  const { min, max } = field.bounds ?? {};
  return (
    <>
      <input
        {...box}
        id={id}
        type="text"
        className={bare ? styles.bare : styles.box}
        inputMode={numeric ? (field.widget === "integer" && (min ?? -1) >= 0 ? "numeric" : "decimal") : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={mixed ? "several" : absentText(field, absent)}
        aria-label={label}
        aria-invalid={fault !== null || undefined}
        aria-describedby={fault === null ? helpId : `${faultId} ${helpId}`}
        {...(numeric && {
          role: "spinbutton",
          "aria-valuetext": text || absentText(field, absent),
          "aria-valuenow": valueNow(text === "" ? absent : Number(text)),
          "aria-valuemin": min,
          "aria-valuemax": max,
        })}
      />
      {fault !== null && <Fault id={faultId}>{fault}</Fault>}
    </>
  );
}

/** Only what the attribute may say: a plain decimal. The text says the rest. */
const valueNow = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && !String(value).includes("e") ? value : undefined;

/** What a box says where nothing is written. */
export const absentText = (field: ControlProps["field"], absent: unknown): string =>
  typeof absent === "boolean"
    ? absent
      ? "on"
      : "off"
    : absent === null || absent === undefined
      ? "not set"
      : textOf(field, absent);
