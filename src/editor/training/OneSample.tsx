/** One sample, large, over the grid it came from. Esc or its button goes back. */
import { ChevronLeft, ChevronRight, Download, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { SampleSheet } from "../../session/protocol.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { useCanvas } from "./drawing.ts";
import styles from "./Samples.module.css";
import { drawTiles, extentOf, stripOf } from "./sheet.ts";
import { figures } from "./words.ts";

export interface OneSampleProps {
  readonly sheet: SampleSheet;
  readonly order: readonly number[];
  readonly index: number;
  onShow(index: number): void;
  onSave(index: number): void;
  onClose(): void;
}

export function OneSample({ sheet, order, index, onShow, onSave, onClose }: OneSampleProps) {
  const [bitmap, setBitmap] = useState<ImageBitmap | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    void stripOf(sheet)?.then((made) => (gone ? made.close() : setBitmap(made)));
    return () => {
      gone = true;
    };
  }, [sheet]);
  useEffect(() => box.current?.focus(), []);
  const draw = useMemo(
    () =>
      ({ context, width, height }: { context: CanvasRenderingContext2D; width: number; height: number }) => {
        if (!bitmap) return;
        const [wide, high] = extentOf(sheet);
        const scale = Math.min(width / wide, height / high);
        const size = { width: wide * scale, height: high * scale };
        context.translate((width - size.width) / 2, (height - size.height) / 2);
        drawTiles(context, bitmap, sheet, [index], { columns: 1, stepX: 0, stepY: 0, ...size });
      },
    [bitmap, sheet, index],
  );
  const { ref } = useCanvas(draw);
  const place = order.indexOf(index);
  const step = (by: number) => {
    const next = order[place + by];
    if (next !== undefined) onShow(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={styles.one}
      ref={box}
      tabIndex={-1}
      role="group"
      aria-label={`Sample ${index + 1}`}
      onKeyDown={onKey}
    >
      <canvas ref={ref} role="img" aria-label={`Sample ${index + 1}, enlarged`} />
      <div className={styles.about}>
        <strong>Sample {index + 1}</strong>
        {sheet.scores && (
          <span>
            D's score <span className="number">{figures(sheet.scores[index])}</span>
          </span>
        )}
        <span>
          {place + 1} of {order.length}
        </span>
        <div className={styles.row}>
          <IconButton label="Previous sample" size="small" disabled={place <= 0} onClick={() => step(-1)}>
            <ChevronLeft size={14} />
          </IconButton>
          <IconButton label="Next sample" size="small" disabled={place >= order.length - 1} onClick={() => step(1)}>
            <ChevronRight size={14} />
          </IconButton>
          <IconButton label="Save this sample as PNG" size="small" onClick={() => onSave(index)}>
            <Download size={14} />
          </IconButton>
          <IconButton label="Back to all samples" size="small" onClick={onClose}>
            <X size={14} />
          </IconButton>
        </div>
      </div>
    </div>
  );
}
