/** Pictures of samples, sharp, all in view; each is a button that shows it larger. The arrow keys go from one to the next. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { SampleSheet } from "../../session/protocol.ts";
import { faded, useCanvas } from "./drawing.ts";
import styles from "./Samples.module.css";
import { drawTiles, extentOf, stripOf } from "./sheet.ts";
import { partsOf, tile } from "./tiles.ts";
import { figures } from "./words.ts";

export interface SampleGridProps {
  readonly sheet: SampleSheet;
  readonly order: readonly number[];
  /** A bar under each for D's score of it. */
  readonly bars: boolean;
  readonly label: string;
  onPoint(index: number | null): void;
  onOpen(index: number): void;
}

export function SampleGrid({ sheet, order, bars, label, onPoint, onOpen }: SampleGridProps) {
  const box = useBox();
  const strip = useStrip(sheet);
  const [at, setAt] = useState(0);
  const buttons = useRef<HTMLDivElement>(null);
  const below = bars && sheet.scores ? 5 : 0;
  const [width, height] = extentOf(sheet);
  const gap = sheet.row ? 8 : 2; // more than lies between the images of a row
  const tiling = useMemo(
    () => tile(order.length, box.size, width / height, below, gap),
    [order.length, box.size, width, height, below, gap],
  );
  const draw = useMemo(
    () =>
      ({ context, colour }: Parameters<Parameters<typeof useCanvas>[0]>[0]) => {
        if (!strip || tiling.width < 1) return;
        drawTiles(context, strip.bitmap, strip.sheet, order, tiling);
        if (!below || !strip.sheet.scores) return;
        const parts = partsOf(strip.sheet.scores);
        order.forEach((index, place) => {
          const x = (place % tiling.columns) * tiling.stepX;
          const y = Math.floor(place / tiling.columns) * tiling.stepY + tiling.height + 2;
          context.fillStyle = faded(colour("--loss"), 0.2);
          context.fillRect(x, y, tiling.width, 2);
          context.fillStyle = colour("--loss");
          context.fillRect(x, y, Math.max(1, tiling.width * parts[index]), 2);
        });
      },
    [strip, order, tiling, below],
  );
  const { ref } = useCanvas(draw);

  const go = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -tiling.columns, ArrowDown: tiling.columns },
    };
    const to = at + (steps[event.key] ?? 0);
    if (to === at || to < 0 || to >= order.length) return;
    event.preventDefault();
    setAt(to);
    (buttons.current?.children[to] as HTMLElement | undefined)?.focus();
  };

  return (
    <div className={styles.grid} ref={box.ref}>
      <canvas ref={ref} className={styles.canvas} aria-hidden="true" />
      <div ref={buttons} role="group" aria-label={label} onKeyDown={go} onPointerLeave={() => onPoint(null)}>
        {order.map((index, place) => (
          <button
            key={place}
            type="button"
            className={styles.tile}
            tabIndex={place === Math.min(at, order.length - 1) ? 0 : -1}
            aria-label={`Sample ${index + 1}${sheet.scores ? `, D ${figures(sheet.scores[index], 3)}` : ""}`}
            style={{
              left: (place % tiling.columns) * tiling.stepX,
              top: Math.floor(place / tiling.columns) * tiling.stepY,
              width: tiling.width,
              height: tiling.height,
            }}
            onPointerEnter={() => onPoint(index)}
            onFocus={() => {
              setAt(place);
              onPoint(index);
            }}
            onBlur={() => onPoint(null)}
            onClick={() => onOpen(index)}
          />
        ))}
      </div>
    </div>
  );
}

/** The size of an element, as it changes. */
function useBox() {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) =>
      setSize({ width: contentRect.width, height: contentRect.height }),
    );
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, []);
  return { ref, size };
}

/** The sheet's pictures as a bitmap; the one before stays until the next is there. */
function useStrip(sheet: SampleSheet) {
  const [strip, setStrip] = useState<{ readonly sheet: SampleSheet; readonly bitmap: ImageBitmap } | null>(null);
  useEffect(() => {
    let gone = false;
    let made: ImageBitmap | null = null;
    void stripOf(sheet)?.then((bitmap) => {
      made = bitmap;
      if (gone) bitmap.close();
      else setStrip({ sheet, bitmap });
    });
    return () => {
      gone = true;
      // drawn for the last time before the next one takes its place
      setTimeout(() => made?.close(), 1000);
    };
  }, [sheet]);
  return strip;
}
