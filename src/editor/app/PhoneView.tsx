/** On a phone: the graph, or training, one at a time. It is read and run; editing waits for a larger screen. */
import { useState } from "react";
import { Canvas } from "../canvas/Canvas.tsx";
import { useTraining } from "../model/context.ts";
import { Dock } from "../training/Dock.tsx";
import { Tabs } from "./Tabs.tsx";
import styles from "./PhoneView.module.css";

const views = ["Graph", "Training"] as const;

export function PhoneView() {
  const [view, setView] = useState<(typeof views)[number]>("Graph");
  const iteration = useTraining((state) => state.iteration);
  const running = useTraining((state) => state.now.status === "training" || state.now.status === "preparing");
  return (
    <>
      <div className={styles.view}>
        {view === "Graph" ? (
          <>
            <div className={styles.graphs}>
              <Tabs readOnly />
            </div>
            <main className={styles.canvas} aria-label="Canvas" data-canvas>
              <Canvas />
            </main>
          </>
        ) : (
          <main className={styles.dock} aria-label="Training">
            <Dock />
          </main>
        )}
      </div>
      <nav className={styles.switch} aria-label="Views">
        {views.map((each) => (
          <button key={each} type="button" aria-pressed={each === view} onClick={() => setView(each)}>
            {each}
            {each === "Training" && (running || iteration > 0) && (
              <span className="number"> {iteration.toLocaleString("en")}</span>
            )}
          </button>
        ))}
      </nav>
    </>
  );
}
