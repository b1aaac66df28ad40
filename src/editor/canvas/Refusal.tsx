/** Why the wire that was just let go cannot be, said where it was. */
import { useEffect } from "react";
import { useLocal, useLocalStore } from "./local.ts";
import styles from "./Canvas.module.css";

/** Long enough to read two sentences. */
const shownFor = 6000;

export function Refusal() {
  const local = useLocalStore();
  const refusal = useLocal((state) => state.refusal);
  useEffect(() => {
    if (!refusal) return;
    const timer = setTimeout(() => local.setState({ refusal: null }), shownFor);
    return () => clearTimeout(timer);
  }, [refusal, local]);
  return (
    <div role="status">
      {refusal && (
        <p className={styles.refusal} style={{ left: refusal.at.x, top: refusal.at.y }}>
          {refusal.why}
        </p>
      )}
    </div>
  );
}
