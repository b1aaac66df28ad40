/** Controls that choose among what there is: a switch, one of several, several of several. */
import { Check } from "lucide-react";
import type { ControlProps } from "./controls.ts";
import { Fault } from "./Fault.tsx";
import styles from "./Form.module.css";
import type { Named } from "./names.ts";
import { faultOf } from "./text.ts";

export function Switch({ written, absent, mixed, writer, id, helpId }: ControlProps) {
  const on = (written ?? absent) === true;
  return (
    <button
      type="button"
      id={id}
      className={styles.switch}
      role="switch"
      aria-checked={on}
      aria-describedby={helpId}
      onClick={() => writer.set(!on)}
    >
      <span className={styles.track} />
      <span className={styles.switchWord}>{mixed ? "several" : on ? "on" : "off"}</span>
    </button>
  );
}

export const Choice = (props: ControlProps) => (
  <Select {...props} options={(props.field.options ?? []).map((name) => ({ name, title: name }))} />
);

/** One of the names that there are; one that is not there any more stays visible. */
export const NameChoice = (props: ControlProps) => (
  <Select {...props} options={props.names[props.field.of!]} absentWord="none" />
);

interface SelectProps extends ControlProps {
  readonly options: readonly Named[];
  readonly absentWord?: string;
}

function Select({ field, written, absent, mixed, writer, id, helpId, options, absentWord = "not set" }: SelectProps) {
  const value = mixed ? undefined : (written ?? absent);
  const known = options.some(({ name }) => name === value);
  const fault = known ? null : faultOf(field, mixed ? undefined : written);
  const unset = value === null || value === undefined || value === "";
  const stray = !known && !unset;
  return (
    <>
      <select
        id={id}
        className={styles.select}
        data-unset={written === undefined || written === null || undefined}
        value={unset ? "" : String(value)}
        aria-invalid={fault !== null || stray || undefined}
        aria-describedby={fault === null ? helpId : `${id}-fault ${helpId}`}
        onChange={({ currentTarget }) => writer.set(currentTarget.value === "" ? undefined : currentTarget.value)}
      >
        {(unset || field.optional) && <option value="">{mixed ? "several" : absentWord}</option>}
        {stray && <option value={String(value)}>{String(value)} (not there)</option>}
        {options.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      {fault !== null && <Fault id={`${id}-fault`}>{fault}</Fault>}
    </>
  );
}

/** Several names, each switched on or off; in the order in which they were switched on. */
export function NameList({ field, written, absent, writer, names, labelId, helpId }: ControlProps) {
  const given = written ?? absent;
  const chosen = Array.isArray(given) ? (given as unknown[]).filter((name) => typeof name === "string") : [];
  const there = names[field.member!.of!];
  const gone = chosen.filter((name) => there.every((each) => each.name !== name));
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
    writer.set(next.length === 0 ? undefined : next);
  };
  return (
    <div className={styles.chips} role="group" aria-labelledby={labelId} aria-describedby={helpId}>
      {[...there, ...gone.map((name) => ({ name, title: name }))].map(({ name, title }) => (
        <button
          key={name}
          type="button"
          className={styles.chip}
          aria-pressed={chosen.includes(name)}
          data-gone={gone.includes(name) || undefined}
          title={gone.includes(name) ? "There is none of this name" : undefined}
          onClick={() => toggle(name)}
        >
          {chosen.includes(name) && <Check size={12} aria-hidden />}
          {title}
        </button>
      ))}
      {there.length + gone.length === 0 && <span className={styles.none}>There are none yet.</span>}
    </div>
  );
}
