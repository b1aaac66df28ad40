/** A small line without axes: how a number went. It reads its values when it is drawn. */
import { useEffect, useMemo } from "react";
import { useParts } from "../model/context.ts";
import styles from "./Health.module.css";
import { useCanvas, type Surface } from "./drawing.ts";
import type { Hue } from "./lines.ts";
import { thinned } from "./thinned.ts";

export function Sparkline({
  values,
  hue,
}: {
  readonly values: () => ArrayLike<number>;
  readonly hue: Hue | "--accent";
}) {
  const { training } = useParts();
  const draw = useMemo(() => (surface: Surface) => drawLine(surface, thinned(values()), hue), [values, hue]);
  const { ref, ask } = useCanvas(draw, 1000);
  useEffect(
    () => training.store.subscribe(({ version }, before) => version !== before.version && ask()),
    [training, ask],
  );
  return <canvas ref={ref} className={styles.spark} aria-hidden="true" />;
}

function drawLine({ context, width, height, colour }: Surface, values: readonly number[], hue: string): void {
  if (values.length < 2) return;
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  context.beginPath();
  values.forEach((value, index) => {
    const part = range > 0 ? (value - least) / range : 0.5;
    context.lineTo(1 + (index / (values.length - 1)) * (width - 2), height - 2 - part * (height - 4));
  });
  context.strokeStyle = colour(hue);
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.stroke();
}
