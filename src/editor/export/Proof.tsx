/** An export's proof: how far tfjs and ONNX Runtime differ, and how the differences lie beside what is tolerated. */
import { CircleCheck } from "lucide-react";
import type { ExportProof } from "../../session/protocol.ts";
import { groupedNumber } from "../ui/NumberText.tsx";
import { barsOf, powerOfTen, smallNumber } from "./spread.ts";
import styles from "./Export.module.css";

export function Proof({ proof, keepDropout }: { readonly proof: ExportProof; readonly keepDropout: boolean }) {
  const { largest, relative, samples, tolerance, backend, spread } = proof;
  const total = spread.reduce((sum, { count }) => sum + count, 0);
  return (
    <section className={styles.proof} aria-label="Proof">
      <CircleCheck size={20} className={styles.good} aria-hidden />
      <div className={styles.proofWords}>
        <p>
          <strong>The file gives what this page gives.</strong> Largest difference{" "}
          <span className="number">{smallNumber(largest)}</span> over <span className="number">{samples}</span> samples,
          tolerance <span className="number">{smallNumber(tolerance)}</span>.
        </p>
        <p className={styles.faint}>
          {groupedNumber(total)} numbers compared with {backend}; {smallNumber(100 * relative)} % of the largest value.
          {keepDropout && " Compared without dropout, which draws anew in every run."}
        </p>
      </div>
      <Bars proof={proof} />
    </section>
  );
}

/** How many of the compared numbers differ by how much: a bar for each decade, and a line at the tolerance. */
function Bars({ proof: { spread, tolerance } }: { readonly proof: ExportProof }) {
  const { bars, limit } = barsOf(spread, tolerance);
  const [wide, high, step] = [bars.length * 16, 40, 16];
  return (
    <figure className={styles.bars}>
      <svg
        viewBox={`0 0 ${wide} ${high + 14}`}
        width={wide}
        height={high + 14}
        role="img"
        aria-label="How the differences lie, by powers of ten"
      >
        {bars.map(({ below, part }, index) => (
          <rect
            key={below}
            x={index * step + 2}
            y={high - Math.max(part > 0 ? 2 : 0, part * high)}
            width={step - 4}
            height={Math.max(part > 0 ? 2 : 0, part * high)}
            rx={2}
            className={styles.bar}
          />
        ))}
        <line x1={0} x2={wide} y1={high + 0.5} y2={high + 0.5} className={styles.axis} />
        <line x1={limit * step} x2={limit * step} y1={0} y2={high} className={styles.limit} />
        {bars.map(({ below }, index) =>
          index % 3 === 0 ? (
            <text key={below} x={index * step + step / 2} y={high + 12} className={styles.tick}>
              {index === 0 ? "0" : powerOfTen(below)}
            </text>
          ) : null,
        )}
      </svg>
      <figcaption className={styles.faint}>numbers by difference</figcaption>
    </figure>
  );
}
