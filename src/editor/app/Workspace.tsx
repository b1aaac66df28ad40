/** Palette, canvas, inspector and dock. Panels open, close and take the size that a person gives them. */
import { useEffect, type CSSProperties } from "react";
import { Canvas } from "../canvas/Canvas.tsx";
import { Inspector } from "../inspector/Inspector.tsx";
import { useParts, useWorkbench } from "../model/context.ts";
import { Palette } from "../palette/Palette.tsx";
import { Dock } from "../training/Dock.tsx";
import { PanelEdge } from "./PanelEdge.tsx";
import { narrow, useMedia } from "./useMedia.ts";
import styles from "./Workspace.module.css";

export function Workspace() {
  const panels = useWorkbench((state) => state.panels);
  const sizes = useWorkbench((state) => state.sizes);
  const isNarrow = useMedia(narrow);
  useFoldingPalette(isNarrow);
  const width = (panel: "palette" | "inspector" | "dock") => (panels[panel] ? `${sizes[panel]}px` : "0px");
  const style = {
    "--palette": isNarrow ? "0px" : width("palette"),
    "--inspector": `min(${width("inspector")}, 36vw)`,
    "--dock": `min(${width("dock")}, 45dvh)`,
    "--palette-size": `${sizes.palette}px`,
  } as CSSProperties;
  return (
    <div className={styles.workspace} style={style} data-narrow={isNarrow || undefined}>
      {panels.palette && (
        <aside className={styles.palette} aria-label="Palette">
          <Palette />
        </aside>
      )}
      <main className={styles.canvas} aria-label="Canvas" data-canvas>
        <Canvas />
      </main>
      {panels.inspector && (
        <aside className={styles.inspector} aria-label="Inspector" data-inspector>
          <Inspector />
        </aside>
      )}
      {panels.dock && (
        <section className={styles.dock} aria-label="Training">
          <Dock />
        </section>
      )}
      <section aria-label="Edges of panels">
        <PanelEdge panel="palette" title="palette" />
        <PanelEdge panel="inspector" title="inspector" />
        <PanelEdge panel="dock" title="training" />
      </section>
    </div>
  );
}

/** Where there is little room the palette lies over the canvas and is out of the way until it is asked for. */
function useFoldingPalette(isNarrow: boolean): void {
  const { workbench } = useParts();
  useEffect(() => {
    if (!isNarrow || !workbench.store.getState().panels.palette) return;
    workbench.toggle("palette");
    return () => {
      if (!workbench.store.getState().panels.palette) workbench.toggle("palette");
    };
  }, [isNarrow, workbench]);
}
