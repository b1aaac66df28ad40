/** A small line without axes: how a number went. It reads its values when it is drawn. */
import { useEffect, useMemo } from "react";
import { useParts } from "../model/context.ts";
import styles from "./Health.module.css";
import { useCanvas, type Surface } from "./drawing.ts";
import type { Hue } from "./lines.ts";

/** Points of the line, at most. */
const points = 60;

export function Sparkline({
  values,
  hue,
}: {
  readonly values: () => ArrayLike<number>;
  readonly hue: Hue | "--accent";
}) {
  const { training } = useParts();
  const draw = useMemo(() => (surface: Surface) => drawLine(surface, thinned(values()), hue), [values, hue]);
  const { ref, ask } = useCanvas(draw);
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

/** Means of equal parts; what is not finite is left out. */
export function thinned(values: ArrayLike<number>): number[] {
  const parts = Math.min(points, values.length);
  const means: number[] = [];
  for (let part = 0; part < parts; part++) {
    let [sum, count] = [0, 0];
    const end = Math.floor(((part + 1) * values.length) / parts);
    for (let row = Math.floor((part * values.length) / parts); row < end; row++)
      if (Number.isFinite(values[row])) [sum, count] = [sum + values[row], count + 1];
    if (count > 0) means.push(sum / count);
  }
  return means;
}
