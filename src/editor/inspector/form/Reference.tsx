/** In a block a parameter may take the value of one of the block's own: "$channels". */
import { DollarSign } from "lucide-react";
import { Menu, MenuItem } from "../../ui/Menu.tsx";
import type { ControlProps } from "./controls.ts";
import styles from "./Form.module.css";
import { textOf } from "./text.ts";

const valueText = (field: ControlProps["field"], value: unknown): string => textOf(field, value) || "not set";

/** Chooses a parameter of the block for this one. */
export const ReferenceMenu = ({ name, field, references, writer }: ControlProps) => (
  <Menu
    align="end"
    trigger={
      <button type="button" className={styles.refer} aria-label={`Take ${name} from the block`}>
        <DollarSign size={12} aria-hidden />
      </button>
    }
  >
    {Object.entries(references ?? {}).map(([reference, value]) => (
      <MenuItem
        key={reference}
        note={valueText(field, value)}
        disabled={field.read(value) === undefined}
        onSelect={() => writer.set(`$${reference}`)}
      >
        ${reference}
      </MenuItem>
    ))}
  </Menu>
);

/** What a parameter shows that is bound to one of the block's. */
export function BoundTo({ field, written, writer, references, id, helpId }: ControlProps) {
  const bound = String(written).slice(1);
  const known = references !== null && Object.hasOwn(references, bound);
  return (
    <select
      id={id}
      className={styles.select}
      aria-invalid={!known || undefined}
      aria-describedby={helpId}
      value={String(written)}
      onChange={({ currentTarget }) => {
        const { value } = currentTarget;
        writer.set(value === "" ? (known ? references[bound] : undefined) : value);
      }}
    >
      {!known && <option value={String(written)}>{String(written)} (not there)</option>}
      {Object.entries(references ?? {}).map(([reference, value]) => (
        <option key={reference} value={`$${reference}`}>
          ${reference} = {valueText(field, value)}
        </option>
      ))}
      <option value="">A value of its own</option>
    </select>
  );
}
