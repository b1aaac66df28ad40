/** What goes on, and the button that calls it off. */
import { LoaderCircle } from "lucide-react";
import { Button } from "../ui/Button.tsx";
import styles from "./Export.module.css";

export const Waiting = ({ what, onCancel }: { readonly what: string; onCancel(): void }) => (
  <div className={styles.waiting}>
    <LoaderCircle size={16} className={styles.turning} aria-hidden />
    <span role="status">{what}…</span>
    <Button size="small" onClick={onCancel}>
      Cancel
    </Button>
  </div>
);
