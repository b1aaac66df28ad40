/** The strip that says that another tab has this document too. */
import { TriangleAlert } from "lucide-react";
import { useKeeping, useParts } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./Elsewhere.module.css";

export function Elsewhere() {
  const { keeping } = useParts();
  const elsewhere = useKeeping((state) => state.elsewhere);
  if (!elsewhere) return null;
  return (
    <div className={styles.strip} role="alert">
      <TriangleAlert size={16} aria-hidden className={styles.mark} />
      <p className={styles.words}>This document is open in another tab. What you change here is not saved.</p>
      <Button size="small" onClick={() => void keeping.copy()}>
        Make a copy
      </Button>
      <Button size="small" onClick={() => void keeping.takeOver()}>
        Work here instead
      </Button>
    </div>
  );
}
