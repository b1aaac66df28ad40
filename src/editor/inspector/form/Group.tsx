/** Fields under one name. They fold away while they are at their defaults; a group that may be left out has a switch. */
import { ChevronRight } from "lucide-react";
import { useState, type ComponentType } from "react";
import type { Fields } from "../../../core/kind/fields.ts";
import { asRecord } from "../../../core/document/layout.ts";
import type { ControlProps, FieldRowProps } from "./controls.ts";
import styles from "./Form.module.css";
import { textOf } from "./text.ts";
import { memberWriter } from "./writer.ts";

export interface GroupProps extends ControlProps {
  /** In place of the field's own: what a block takes. */
  readonly fields?: Fields;
  /** Draws each member. */
  readonly row: ComponentType<FieldRowProps>;
}

export function Group({ fields, row: Row, ...props }: GroupProps) {
  const { field, name, written, writer, id, labelId, helpId, mixed } = props;
  const members = Object.entries(fields ?? field.fields ?? {});
  const given = asRecord(written);
  const changed = Object.keys(given).length > 0;
  const present = !field.optional || (written !== undefined && written !== null);
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = present && (opened ?? changed);
  return (
    <div className={styles.group} data-open={open || undefined}>
      <div className={styles.groupHead}>
        <button
          type="button"
          id={field.optional ? undefined : id}
          className={styles.fold}
          aria-expanded={open}
          aria-describedby={helpId}
          disabled={!present}
          onClick={() => setOpened(!open)}
        >
          <ChevronRight size={12} aria-hidden className={styles.chevron} />
          <span id={labelId}>{name}</span>
        </button>
        {field.optional ? (
          <button
            type="button"
            id={id}
            className={styles.switch}
            role="switch"
            aria-checked={present}
            aria-labelledby={labelId}
            aria-describedby={helpId}
            onClick={() => {
              setOpened(present ? null : true);
              writer.set(present ? undefined : {});
            }}
          >
            <span className={styles.track} />
            <span className={styles.switchWord}>{present ? "on" : "off"}</span>
          </button>
        ) : (
          <span className={styles.groupBrief}>{mixed ? "several" : briefOf(members, given)}</span>
        )}
      </div>
      {open && (
        <div className={styles.members} role="group" aria-labelledby={labelId}>
          {members.map(([member, each]) => (
            <Row
              key={member}
              name={member}
              field={each}
              written={Object.hasOwn(given, member) ? given[member] : undefined}
              absent={each.default}
              mixed={false}
              writer={memberWriter(writer, field, member, () => given)}
              references={props.references}
              names={props.names}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** What differs from the defaults, in a row: "linear, over 400". */
function briefOf(members: readonly (readonly [string, Fields[string]])[], given: Readonly<Record<string, unknown>>) {
  const said = members.filter(([name]) => Object.hasOwn(given, name));
  if (members.length === 0) return "none";
  if (said.length === 0) return members[0][1].widget === "choice" ? String(members[0][1].default) : "defaults";
  return said
    .map(([name, field]) =>
      field.widget === "choice" ? textOf(field, given[name]) : `${name} ${textOf(field, given[name])}`,
    ) // prettier-ignore
    .join(", ");
}
