/** A tensor drawn to scale, as papers draw architectures, with its shape in words beside it. */
import { memo } from "react";
import { shapeText } from "../../core/kind/display.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { tensorGeometry } from "../../targets/figure/tensor.ts";
import { colourOf } from "./Glyph.tsx";
import styles from "./Node.module.css";

export const TensorDrawing = memo(function TensorDrawing({
  type,
  largest,
}: {
  readonly type: PortType;
  /** The largest side of all that is drawn in this graph. */
  readonly largest: number;
}) {
  const { width, height, faces } = tensorGeometry(type, { largest });
  const points = (face: keyof typeof faces) => faces[face].map(({ x, y }) => `${x},${y}`).join(" ");
  return (
    <div className={styles.drawing} aria-hidden="true">
      <svg width={width + 2} height={height + 2} viewBox={`-1 -1 ${width + 2} ${height + 2}`}>
        <g fill={colourOf(type.type)} stroke="var(--background)" strokeWidth="0.75" strokeLinejoin="round">
          <polygon points={points("front")} opacity="0.95" />
          <polygon points={points("top")} opacity="0.5" />
          <polygon points={points("side")} opacity="0.7" />
        </g>
      </svg>
      <span>{shapeText(type)}</span>
    </div>
  );
});
