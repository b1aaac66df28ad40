/** The edge between a panel and the canvas: dragged, or moved with the arrow keys, it sizes the panel; its tab opens and closes it. */
import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from "lucide-react";
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { useParts, useWorkbench } from "../model/context.ts";
import type { Panel } from "../model/workbench.ts";
import { Tooltip } from "../ui/Tooltip.tsx";
import { useKeyText } from "./useKeyboard.ts";
import styles from "./PanelEdge.module.css";

/** Pixels. */
const limits: Readonly<Record<Panel, readonly [number, number]>> = {
  palette: [180, 360],
  inspector: [260, 520],
  dock: [160, 560],
};
const step = 16;

export function PanelEdge({ panel, title }: { readonly panel: Panel; readonly title: string }) {
  const { workbench } = useParts();
  const open = useWorkbench((state) => state.panels[panel]);
  const size = useWorkbench((state) => state.sizes[panel]);
  const keys = useKeyText(panel);
  const drag = useRef<{ readonly from: number; readonly size: number } | null>(null);
  const [least, most] = limits[panel];
  const upright = panel !== "dock";
  const resize = (to: number) => {
    const { sizes } = workbench.store.getState();
    workbench.set({ sizes: { ...sizes, [panel]: Math.round(Math.min(most, Math.max(least, to))) } });
  };
  const along = (event: PointerEvent) => (upright ? event.clientX : event.clientY);
  const outwards = panel === "palette" ? 1 : -1;

  function press(event: KeyboardEvent): void {
    const [less, more] = upright ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const moved = event.key === more ? step : event.key === less ? -step : null;
    if (moved !== null) resize(size + outwards * moved);
    else if (event.key === "Home") resize(least);
    else if (event.key === "End") resize(most);
    else if (event.key === "Enter") workbench.toggle(panel);
    else return;
    event.preventDefault();
  }

  const word = open ? `Hide ${title}` : `Show ${title}`;
  return (
    <div className={styles.edge} data-panel={panel} data-open={open || undefined}>
      {open && (
        <div
          className={styles.line}
          role="separator"
          tabIndex={0}
          aria-label={`Size of ${title}`}
          aria-orientation={upright ? "vertical" : "horizontal"}
          aria-valuenow={size}
          aria-valuemin={least}
          aria-valuemax={most}
          onKeyDown={press}
          onDoubleClick={() => workbench.toggle(panel)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.current = { from: along(event), size };
          }}
          onPointerMove={(event) => {
            if (drag.current) resize(drag.current.size + outwards * (along(event) - drag.current.from));
          }}
          onLostPointerCapture={() => (drag.current = null)}
        />
      )}
      <Tooltip text={word} keys={keys} side={panel === "palette" ? "right" : panel === "dock" ? "top" : "left"}>
        <button
          type="button"
          className={styles.tab}
          aria-label={word}
          aria-expanded={open}
          onClick={() => workbench.toggle(panel)}
        >
          <Arrow panel={panel} open={open} />
        </button>
      </Tooltip>
    </div>
  );
}

function Arrow({ panel, open }: { readonly panel: Panel; readonly open: boolean }) {
  const [opens, closes] = {
    palette: [ChevronRight, ChevronLeft],
    inspector: [ChevronLeft, ChevronRight],
    dock: [ChevronUp, ChevronDown],
  }[panel];
  const Picture = open ? closes : opens;
  return <Picture size={12} aria-hidden />;
}
