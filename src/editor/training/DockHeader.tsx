/** How far the run is and how fast it goes, and what can be done with it. */
import { useState } from "react";
import { useParts, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./DockHeader.module.css";
import { Iterations } from "./Iterations.tsx";
import { duration, grouped, timeLeft } from "./words.ts";

export function DockHeader() {
  return (
    <header className={styles.header}>
      <How />
      <Actions />
    </header>
  );
}

function How() {
  const now = useTraining((state) => state.now);
  const iteration = useTraining((state) => state.iteration);
  const iterations = useTraining((state) => state.iterations);
  const preparing = now.status === "preparing";
  const part = preparing ? now.part : iterations > 0 ? Math.min(1, iteration / iterations) : 0;
  return (
    <div className={styles.how}>
      <span className={styles.where}>
        <strong className="number">iteration {grouped(iteration)}</strong> of <Iterations />
      </span>
      <progress
        className={styles.progress}
        aria-label={preparing ? now.what : "Iterations done"}
        max={1}
        {...(part === null ? {} : { value: part })}
      />
      {preparing ? (
        <span className={styles.note}>
          {now.what}
          {part !== null && ` ${Math.round(part * 100)} %`}
        </span>
      ) : (
        <Rates />
      )}
    </div>
  );
}

function Rates() {
  const status = useTraining((state) => state.now.status);
  const imagesPerSecond = useTraining((state) => state.imagesPerSecond);
  const stepTime = useTraining((state) => state.stepTime);
  const left = useTraining((state) => timeLeft(state.iterations - state.iteration, state.stepTime));
  const saved = useTraining((state) => state.saved);
  return (
    <>
      {stepTime > 0 && (
        <>
          <span className={`number ${styles.rate}`}>{grouped(imagesPerSecond)} images/s</span>
          <span className={`number ${styles.rate}`}>{duration(stepTime)} a step</span>
        </>
      )}
      {status === "training" && <span className={styles.note}>{left}</span>}
      {status === "paused" && <span className={styles.note}>paused</span>}
      {status === "finished" && <span className={styles.note}>finished</span>}
      {saved !== null && saved > 0 && (
        <span className={`${styles.note} ${styles.saved}`}>saved at {grouped(saved)}</span>
      )}
    </>
  );
}

function Actions() {
  const { training } = useParts();
  const open = useTraining((state) => state.open);
  const kept = useTraining((state) => state.iteration > 0 || state.saved !== null);
  const preparing = useTraining((state) => state.now.status === "preparing");
  return (
    <div className={styles.actions}>
      <Button size="small" variant="quiet" disabled={preparing} onClick={() => void training.iterate()}>
        One iteration <kbd aria-hidden="true">.</kbd>
      </Button>
      <Button size="small" variant="quiet" disabled={preparing} onClick={() => void training.stepOptimizer()}>
        One optimizer step <kbd aria-hidden="true">,</kbd>
      </Button>
      <Reset disabled={preparing || !kept} />
      <Button size="small" variant="quiet" disabled={!open && !preparing} onClick={() => void training.stop()}>
        Stop
      </Button>
    </div>
  );
}

/** Asks in its own place, because what was trained is lost. */
function Reset({ disabled }: { readonly disabled: boolean }) {
  const { training } = useParts();
  const [asking, setAsking] = useState(false);
  if (!asking)
    return (
      <Button size="small" variant="quiet" disabled={disabled} onClick={() => setAsking(true)}>
        Reset
      </Button>
    );
  return (
    <span
      className={styles.asking}
      role="group"
      aria-label="Reset"
      onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
    >
      Forget all that was trained?
      <Button
        size="small"
        onClick={() => {
          setAsking(false);
          void training.reset();
        }}
      >
        Start over
      </Button>
      <Button size="small" variant="quiet" autoFocus onClick={() => setAsking(false)}>
        Keep
      </Button>
    </span>
  );
}
