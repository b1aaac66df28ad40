/** The training dock: how far the run is and what to do with it, then losses, samples and health side by side. */
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTraining } from "../model/context.ts";
import { Bars } from "./Bars.tsx";
import styles from "./Dock.module.css";
import { DockHeader } from "./DockHeader.tsx";
import { Empty } from "./Empty.tsx";
import { Health } from "./Health.tsx";
import { Losses } from "./Losses.tsx";
import { Samples } from "./Samples.tsx";
import { Spoken } from "./Spoken.tsx";

const views: readonly { readonly title: string; readonly view: () => ReactNode }[] = [
  { title: "Losses", view: Losses },
  { title: "Samples", view: Samples },
  { title: "Health", view: Health },
];
/** Narrower than this, one view at a time. CSS pixels. */
const sideBySide = 860;

export function Dock() {
  const box = useRef<HTMLDivElement>(null);
  const [narrow, setNarrow] = useState(false);
  const begun = useTraining(
    ({ iteration, snapshots, open, saved }) => iteration > 0 || snapshots.length > 0 || open || saved !== null,
  );
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setNarrow(contentRect.width < sideBySide));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div className={styles.dock} ref={box}>
      <DockHeader />
      <Bars />
      {begun ? narrow ? <Tabbed /> : <Columns /> : <Empty />}
      <Spoken />
    </div>
  );
}

const Columns = () => (
  <div className={styles.columns}>
    {views.map(({ title, view: View }) => (
      <section key={title} aria-label={title} className={styles.column}>
        <View />
      </section>
    ))}
  </div>
);

function Tabbed() {
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = (chosen + by + views.length) % views.length;
    setChosen(next);
    (list.current?.children[next] as HTMLElement).focus();
  };
  const { title, view: View } = views[chosen];
  return (
    <>
      <div role="tablist" aria-label="What to see of training" className={styles.tabs} ref={list} onKeyDown={go}>
        {views.map((each, index) => (
          <button
            key={each.title}
            type="button"
            role="tab"
            id={`dock-tab-${index}`}
            aria-selected={index === chosen}
            aria-controls="dock-view"
            tabIndex={index === chosen ? 0 : -1}
            onClick={() => setChosen(index)}
          >
            {each.title}
          </button>
        ))}
      </div>
      <div
        key={title}
        role="tabpanel"
        id="dock-view"
        aria-labelledby={`dock-tab-${chosen}`}
        className={`${styles.column} ${styles.only}`}
      >
        <View />
      </div>
    </>
  );
}
