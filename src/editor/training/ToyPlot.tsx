/** Samples that are points in one or two dimensions, beside the data and over what the discriminator says of each place. */
import { useMemo } from "react";
import type { Field, SampleSheet } from "../../session/protocol.ts";
import { useCanvas, type Surface } from "./drawing.ts";
import styles from "./Samples.module.css";
import { drawPoints } from "./toy.ts";

export interface ToyPlotProps {
  readonly sheet: SampleSheet;
  readonly field: Field;
  readonly label: string;
}

export function ToyPlot({ sheet, field, label }: ToyPlotProps) {
  const draw = useMemo(() => (surface: Surface) => drawPoints(surface, sheet, field), [sheet, field]);
  const { ref } = useCanvas(draw);
  const line = field.extent.length === 2;
  return (
    <div className={styles.toy}>
      <div className={styles.grid}>
        <canvas ref={ref} className={styles.canvas} role="img" aria-label={label} />
      </div>
      <p className={styles.key}>
        <span className={line ? styles.keyDataArea : styles.keyData}>data</span>
        <span className={line ? styles.keySampleArea : styles.keySample}>samples</span>
        {field.scores && <span className={line ? styles.keyCurve : styles.keyField}>{line ? "D" : "D high"}</span>}
      </p>
    </div>
  );
}
