/** Samples that are points in one or two dimensions, beside the data and over what the discriminator says of each place. */
import { useMemo } from "react";
import type { Field, SampleSheet } from "../../session/protocol.ts";
import { useCanvas, type Surface } from "./drawing.ts";
import styles from "./Samples.module.css";
import { drawPoints, rangeOf } from "./toy.ts";
import { figures } from "./words.ts";

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
      <ul className={styles.key}>
        <li className={line ? styles.keyDataArea : styles.keyData}>data</li>
        <li className={line ? styles.keySampleArea : styles.keySample}>samples</li>
        {field.scores && <ScoreKey scores={field.scores} line={line} />}
      </ul>
    </div>
  );
}

/** The colours and the curve fill D's whole range, however small it is: the numbers say how small. */
function ScoreKey({ scores, line }: { readonly scores: Float32Array; readonly line: boolean }) {
  const [least, most] = useMemo(() => rangeOf(scores), [scores]);
  return (
    <li className={line ? styles.keyCurve : styles.keyField}>
      D
      <span className="number">
        {figures(least, 2)} … {figures(most, 2)}
      </span>
    </li>
  );
}
