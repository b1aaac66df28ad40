/** A name as it is typed: Enter or leaving the field takes it, Esc leaves it as it was. */
import { useEffect, useRef, useState } from "react";
import styles from "./NameField.module.css";

export interface NameFieldProps {
  readonly name: string;
  readonly label: string;
  /** Why this name cannot be taken; null where it can. */
  judge(name: string): string | null;
  /** Null: the name stays; `why`, where another was asked for and cannot be taken. */
  onDone(name: string | null, why?: string): void;
}

export function NameField({ name, label, judge, onDone }: NameFieldProps) {
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const fault = text.trim() === name ? null : judge(text.trim());
  const finish = (taken: boolean) => {
    if (done.current) return;
    done.current = true;
    if (taken && fault) onDone(null, fault);
    else onDone(taken && text.trim() !== name ? text.trim() : null);
  };
  return (
    <input
      ref={field}
      className={styles.field}
      style={{ width: `${Math.max(4, text.length + 2)}ch` }}
      aria-label={label}
      aria-invalid={fault !== null}
      title={fault ?? undefined}
      value={text}
      spellCheck={false}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(true);
        if (event.key === "Escape") finish(false);
      }}
    />
  );
}
