/**
 * One parameter: its name, its control, a dot that resets it where it differs from its default, and its help on focus and
 * on pointing. What is drawn follows from the field alone.
 */
import { Fragment, useId, useRef, type PointerEvent, type ReactNode } from "react";
import type { Field, Widget } from "../../../core/kind/fields.ts";
import { Tooltip } from "../../ui/Tooltip.tsx";
import { ListBoxes, PairBoxes } from "./Boxes.tsx";
import { Choice, NameChoice, NameList, Switch } from "./Choices.tsx";
import type { ControlProps, FieldRowProps } from "./controls.ts";
import styles from "./Form.module.css";
import { Group } from "./Group.tsx";
import { BoundTo, ReferenceMenu } from "./Reference.tsx";
import { stepped } from "./text.ts";
import { absentText, TextBox } from "./TextBox.tsx";

export function FieldRow({ members, blamed, ...given }: FieldRowProps) {
  const { name, field, written, absent, mixed, references, writer } = given;
  const key = useId();
  const props: ControlProps = { ...given, id: key, labelId: `${key}-label`, helpId: `${key}-help` };
  const differs = mixed || (written !== undefined && JSON.stringify(written) !== JSON.stringify(absent));
  const bound = !mixed && references !== null && typeof written === "string" && written.startsWith("$");
  const help = helpOf(field, absent);
  const wide = field.widget === "group" && !bound;
  const body: ReactNode = bound ? <BoundTo {...props} /> : members ? <Group {...props} row={FieldRow} fields={members} /> : controls[field.widget](props); // prettier-ignore
  return (
    <Tooltip text={help} side="left">
      <div className={styles.row} data-wide={wide || undefined} data-blamed={blamed || undefined}>
        {!wide && <Label {...props} />}
        {differs && (
          <button
            type="button"
            className={styles.reset}
            aria-label={`Reset ${name}`}
            title={field.optional ? "Leave it out" : `Back to ${absentText(field, absent) || "nothing"}`}
            onClick={() => {
              writer.set(undefined);
              writer.seal();
            }}
          />
        )}
        <div className={styles.control}>
          {body}
          {references && Object.keys(references).length > 0 && !bound && !wide && <ReferenceMenu {...props} />}
        </div>
        <span className="unseen" id={props.helpId}>
          {help}
        </span>
      </div>
    </Tooltip>
  );
}

const controls: Readonly<Record<Widget, (props: ControlProps) => ReactNode>> = {
  integer: (props) => <TextBox {...props} />,
  number: (props) => <TextBox {...props} />,
  switch: (props) => <Switch {...props} />,
  choice: (props) => <Choice {...props} />,
  pair: (props) => <PairBoxes {...props} />,
  text: (props) => (props.field.of ? <NameChoice {...props} /> : <TextBox {...props} />),
  list(props) {
    const { member, schema } = props.field;
    if (member?.of) return <NameList {...props} />;
    const { minItems, maxItems } = schema;
    return typeof minItems === "number" && minItems === maxItems && minItems <= 4 ? (
      <ListBoxes {...props} length={minItems} />
    ) : (
      <TextBox {...props} />
    );
  },
  group: (props) => <Group {...props} row={FieldRow} />,
};

/** What the field is for, its default, and whether a run takes a change at once. */
export function helpOf(field: Field<unknown>, absent: unknown): string {
  const text = field.help || `This takes ${field.wanted}`;
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  const usual = absent === null || field.widget === "group" ? "" : absentText(field, absent);
  return [sentence, usual && `Default ${usual}.`, field.live && "May change while training."].filter(Boolean).join(" ");
}

/** Dragged sideways, the name of a number moves it: a step every few pixels. */
function Label({ name, field, written, absent, writer, id, labelId }: ControlProps) {
  const drag = useRef<{ from: number; value: number } | null>(null);
  const numeric = field.widget === "integer" || field.widget === "number";
  const now = typeof written === "number" ? written : absent;
  const scrub = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (typeof now !== "number" || event.button !== 0 || event.pointerType === "touch") return;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { from: event.clientX, value: now };
      writer.begin();
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const { current } = drag;
      if (!current || Math.abs(event.clientX - current.from) < pixelsAStep) return;
      const direction = event.clientX > current.from ? 1 : -1;
      const next = stepped(field, current.value, direction, event.shiftKey);
      current.from += direction * pixelsAStep;
      if (next === null) return;
      current.value = next;
      writer.set(next, true);
    },
    onLostPointerCapture() {
      if (drag.current) writer.seal();
      drag.current = null;
    },
  };
  if (field.member?.of)
    return (
      <span className={styles.label} id={labelId}>
        {breakable(name)}
      </span>
    ); // several buttons: none is the one
  return (
    <label
      className={styles.label}
      id={labelId}
      htmlFor={id}
      data-scrubs={numeric || undefined}
      {...(numeric && scrub)}
    >
      {breakable(name)}
    </label>
  );
}
const pixelsAStep = 6;

/** Long names go on in the next line between their words: a line may end after an underscore. */
const breakable = (name: string): ReactNode => (
  <span>
    {name.split("_").map((word, index) => (
      <Fragment key={index}>
        {index > 0 && "_"}
        {index > 0 && <wbr />}
        {word}
      </Fragment>
    ))}
  </span>
);
