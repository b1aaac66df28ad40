/** Time: goes through the snapshots of the run, or follows the newest. */
import type { CSSProperties } from "react";
import { useParts, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { Slider } from "../ui/Slider.tsx";
import styles from "./Samples.module.css";
import { grouped } from "./words.ts";

export function Scrubber() {
  const { training } = useParts();
  const snapshots = useTraining((state) => state.snapshots);
  const looking = useTraining((state) => state.looking);
  const last = snapshots.length - 1;
  const at = looking ?? last;
  const iteration = snapshots[at]?.iteration ?? 0;
  return (
    <div className={styles.scrubber}>
      <span className={`number ${styles.end}`}>{grouped(snapshots[0]?.iteration ?? 0)}</span>
      <div className={styles.track} style={{ "--gaps": Math.max(1, last) } as CSSProperties}>
        <Slider
          label="Snapshot"
          min={0}
          max={Math.max(1, last)}
          value={last > 0 ? at : 1}
          disabled={last < 1}
          spoken={`iteration ${grouped(iteration)}`}
          onChange={(index) => training.look(index === last ? null : index)}
        />
      </div>
      <span className={`number ${styles.at}`}>{grouped(iteration)}</span>
      <Button size="small" aria-pressed={looking === null} className={styles.live} onClick={() => training.look(null)}>
        Live
      </Button>
    </div>
  );
}
