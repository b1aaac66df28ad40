/** A part of the inspector under its heading; one that folds remembers nothing but whether it is open. */
import { ChevronRight } from "lucide-react";
import { useId, type ReactNode } from "react";
import styles from "./Inspector.module.css";

export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.heading}>
        <h3 id={id}>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

export interface FoldProps {
  readonly title: string;
  readonly open: boolean;
  onToggle(open: boolean): void;
  readonly children: ReactNode;
}

export function Fold({ title, open, onToggle, children }: FoldProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h3 className={styles.heading}>
        <button type="button" id={id} className={styles.fold} aria-expanded={open} onClick={() => onToggle(!open)}>
          <ChevronRight size={14} aria-hidden className={styles.chevron} />
          {title}
        </button>
      </h3>
      {open && children}
    </section>
  );
}
