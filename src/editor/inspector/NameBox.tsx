/** A name in the inspector's head: typed over in place, taken on Enter or on leaving, with the reason where it cannot be. */
import { useId, useState } from "react";
import styles from "./Inspector.module.css";

export interface NameBoxProps {
  readonly label: string;
  readonly name: string;
  readonly large?: boolean;
  /** Takes the name, or gives the sentence that says why not. */
  take(name: string): string | null;
}

/** Give it the name as its key, so that it begins anew with another one. */
export function NameBox({ label, name, large, take }: NameBoxProps) {
  const [text, setText] = useState(name);
  const [why, setWhy] = useState<string | null>(null);
  const id = useId();
  const finish = () => {
    const wanted = text.trim();
    if (wanted === name || wanted === "") {
      setText(name);
      return setWhy(null);
    }
    setWhy(take(wanted));
  };
  return (
    <span className={styles.nameBox}>
      <input
        type="text"
        className={large ? `${styles.name} ${styles.large}` : styles.name}
        style={{ width: `calc(${Math.max(3, text.length)}ch + 14px)` }}
        aria-label={label}
        aria-invalid={why !== null || undefined}
        aria-describedby={why === null ? undefined : id}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setWhy(null);
        }}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === "Enter") finish();
          if (event.key !== "Escape" || (text === name && why === null)) return;
          event.stopPropagation();
          setText(name);
          setWhy(null);
        }}
      />
      {why !== null && (
        <span className={styles.why} id={id} role="status">
          {why}
        </span>
      )}
    </span>
  );
}
