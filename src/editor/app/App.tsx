/** The one screen: bar above, palette, canvas and inspector side by side, the training dock below. */
import { Canvas } from "../canvas/Canvas.tsx";
import { Inspector } from "../inspector/Inspector.tsx";
import { Palette } from "../palette/Palette.tsx";
import { Dock } from "../training/Dock.tsx";
import styles from "./App.module.css";

export function App() {
  return (
    <div className={styles.app}>
      <aside className={styles.palette}>
        <Palette />
      </aside>
      <main className={styles.canvas}>
        <Canvas />
      </main>
      <aside className={styles.inspector}>
        <Inspector />
      </aside>
      <section className={styles.dock}>
        <Dock />
      </section>
    </div>
  );
}
