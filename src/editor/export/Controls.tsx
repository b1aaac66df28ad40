/** Rows of options: a name and its control. */
import { useId, type ReactNode } from "react";
import styles from "./Export.module.css";

export interface Option<Value extends string> {
  readonly value: Value;
  readonly title: string;
  /** Set beside the title, fainter: a size. */
  readonly note?: string;
}

export interface ChoiceProps<Value extends string> {
  readonly title: string;
  readonly value: Value;
  readonly options: readonly Option<NoInfer<Value>>[];
  onChange(value: NoInfer<Value>): void;
}

/** One of a few, all in view. The arrow keys go from one to the next. */
export function Choice<Value extends string>({ title, value, options, onChange }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.row}>
      <legend className={styles.label}>{title}</legend>
      <div className={styles.segments}>
        {options.map((option) => (
          <label key={option.value} className={styles.segment}>
            <input
              type="radio"
              className="unseen"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.title}
            {option.note && <span className={styles.note}>{option.note}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One of many. */
export function Select<Value extends string>({ title, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <label className={styles.row}>
      <span className={styles.label}>{title}</span>
      <select
        className={styles.select}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
            {option.note && ` (${option.note})`}
          </option>
        ))}
      </select>
    </label>
  );
}

export interface CheckProps {
  readonly title: string;
  readonly checked: boolean;
  onChange(checked: boolean): void;
  /** What it does. */
  readonly children: ReactNode;
}

export const Check = ({ title, checked, onChange, children }: CheckProps) => (
  <div className={styles.row}>
    <span className={styles.label}>{title}</span>
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {children}
    </label>
  </div>
);

export interface CountProps {
  readonly title: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  onChange(value: number): void;
}

/** A whole number within bounds. */
export const Count = ({ title, value, min, max, onChange }: CountProps) => (
  <label className={styles.row}>
    <span className={styles.label}>{title}</span>
    <input
      type="number"
      className={styles.count}
      {...{ value, min, max, step: 1 }}
      onChange={(event) => {
        const given = event.currentTarget.valueAsNumber;
        if (Number.isInteger(given)) onChange(Math.min(max, Math.max(min, given)));
      }}
    />
  </label>
);
