/** A number chosen by dragging or with the arrow keys: the browser's own range input, in the studio's look. */
import type { CSSProperties } from "react";
import styles from "./Slider.module.css";

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly disabled?: boolean;
  /** What a screen reader says for the value: "iteration 6,200". */
  readonly spoken?: string;
  onChange(value: number): void;
  readonly className?: string;
}

export function Slider({ label, value, min, max, step = 1, disabled, spoken, onChange, className }: SliderProps) {
  const part = max > min ? (value - min) / (max - min) : 0;
  return (
    <input
      type="range"
      className={[styles.slider, className].filter(Boolean).join(" ")}
      style={{ "--part": `${part * 100}%` } as CSSProperties}
      aria-label={label}
      aria-valuetext={spoken}
      {...{ value, min, max, step, disabled }}
      onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
    />
  );
}
